with entries as (
    select * from {{ ref('int_entries__keyed') }}
),

records as (
    select * from {{ ref('int_records__clustered') }}
),

identified as (
    select
        entries.entry_id,
        entries.dump_id,
        entries.text_id,
        entries.arxiv_id,
        entries.title_key,
        entries.listed_on,
        entries.captured_on,
        records.paper_id
    from entries
    inner join records on entries.record_id = records.record_id
)

select * from identified
