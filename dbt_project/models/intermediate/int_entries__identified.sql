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
        texts.title_key,
        -- The list a dump is of says it best; the entry's own time stands in.
        coalesce(dumps.listed_on, cast(entries.listed_at as date)) as listed_on,
        -- Where a dump holds several days, the entry's section says when it was saved.
        case
            when
                entries.section_on_text is null
                or entries.section_on_text = dumps.captured_on_text
                then dumps.captured_on
            else entries.section_on
        end as captured_on
    from entries
    inner join records on entries.record_id = records.record_id
)

select * from identified
