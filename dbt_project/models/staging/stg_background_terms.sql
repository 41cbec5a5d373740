with source as (
    select * from {{ source('extracted', 'background_terms') }}
),

renamed as (
    select
        term_key,
        paper_share,
        title_share,
        occurrence_rate,
        alone_share
    from source
)

select * from renamed
