with source as (
    select * from {{ source('extracted', 'phrases') }}
),

renamed as (
    select
        text_id,
        field,
        phrase,
        phrase_key,
        occurrence_count,
        alone_count,
        first_word,
        starts
    from source
)

select * from renamed
