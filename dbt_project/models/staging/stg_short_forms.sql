with source as (
    select * from {{ source('extracted', 'short_forms') }}
),

listed as (
    select
        text_id,
        {{ unnested('short_keys') }} as short_key
    from source
)

select * from listed
