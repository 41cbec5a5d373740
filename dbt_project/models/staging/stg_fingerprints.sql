with source as (
    select * from {{ source('extracted', 'fingerprints') }}
),

renamed as (
    select
        text_id,
        title_core,
        title_marks,
        title_notice,
        coalesce(title_bits, 0) as title_bits,
        title_prefix,
        title_blocks,
        abstract_blocks,
        abstract_hash,
        abstract_head
    from source
)

select * from renamed
