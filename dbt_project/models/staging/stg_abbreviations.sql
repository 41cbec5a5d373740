with source as (
    select * from {{ source('extracted', 'abbreviations') }}
),

renamed as (
    select
        text_id,
        field,
        short_form,
        long_form,
        short_start,
        short_key,
        long_key
    from source
)

select * from renamed
