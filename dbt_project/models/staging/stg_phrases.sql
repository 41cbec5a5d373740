with source as (
    select * from {{ source('extracted', 'phrases') }}
),

renamed as (
    select
        text_id,
        phrase,
        phrase_key,
        occurrence_count,
        title_count,
        alone_count,
        first_word,
        place
    from source
)

select * from renamed
