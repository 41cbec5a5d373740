with source as (
    select * from {{ source('extracted', 'search_terms') }}
),

renamed as (
    select
        text_id,
        term_ids,
        frequencies,
        term_count
    from source
)

select * from renamed
