with source as (
    select * from {{ source('extracted', 'results') }}
),

renamed as (
    select
        text_id,
        field,
        start as start_offset,
        source.end as end_offset,
        sentence_start,
        sentence_end,
        surface,
        value,
        unit,
        direction,
        metric
    from source
)

select * from renamed
