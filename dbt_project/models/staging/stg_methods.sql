with source as (
    select * from {{ source('extracted', 'methods') }}
),

renamed as (
    select
        text_id,
        method_name
    from source
)

select * from renamed
