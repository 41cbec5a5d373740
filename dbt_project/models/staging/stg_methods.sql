with source as (
    select * from {{ source('text', 'methods') }}
),

renamed as (
    select
        text_id,
        method_name
    from source
)

select * from renamed
