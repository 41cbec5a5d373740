with source as (
    select * from {{ source('extracted', 'texts') }}
),

renamed as (
    select
        text_id,
        title,
        abstract,
        -- A title of symbols alone folds to nothing; it must not match the others.
        coalesce(nullif(title_key, ''), 'text ' || text_id) as title_key,
        language,
        text_version
    from source
)

select * from renamed
