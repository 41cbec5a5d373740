with records as (
    select * from {{ ref('int_records__described') }}
),

fingerprints as (
    select * from {{ ref('stg_fingerprints') }}
),

blocks as (
    select
        records.record_number,
        {{ unnested('fingerprints.title_blocks') }} as block,
        true as is_of_title
    from records
    inner join fingerprints on records.text_id = fingerprints.text_id
    union all
    select
        records.record_number,
        {{ unnested('fingerprints.abstract_blocks') }} as block,
        false as is_of_title
    from records
    inner join fingerprints on records.text_id = fingerprints.text_id
    union all
    select
        record_number,
        {{ signed_number(text_number("'arXiv ' || arxiv_id")) }} as block,
        false as is_of_title
    from records
    where arxiv_id is not null
    union all
    select
        record_number,
        {{ signed_number(text_number("'DOI ' || doi")) }} as block,
        false as is_of_title
    from records
    where doi is not null
),

shared as (
    select
        block,
        count(*) as record_count
    from blocks
    group by block
    having count(*) > 1
),

blocked as (
    select
        blocks.block,
        blocks.record_number,
        blocks.is_of_title,
        cast(shared.record_count as integer) as record_count
    from blocks
    inner join shared on blocks.block = shared.block
)

select * from blocked
