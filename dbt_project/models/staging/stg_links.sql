with source as (
    select * from {{ source('extracted', 'links') }}
),

renamed as (
    select
        text_id,
        field,
        start as start_offset,
        url,
        kind,
        host,
        owner,
        name
    from source
)

select * from renamed
