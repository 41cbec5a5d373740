with source as (
    select * from {{ source('extracted', 'results') }}
),

renamed as (
    select
        source.text_id,
        source.field,
        source.start as start_offset,
        source.end as end_offset,
        source.sentence_start,
        source.sentence_end,
        source.surface,
        source.value,
        source.unit,
        source.direction,
        source.metric
    from source
)

select * from renamed
