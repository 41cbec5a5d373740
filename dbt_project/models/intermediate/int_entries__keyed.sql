with entries as (
    select * from {{ ref('stg_entries') }}
),

dumps as (
    select * from {{ ref('stg_dumps') }}
),

texts as (
    select * from {{ ref('stg_texts') }}
),

keyed as (
    select
        entries.entry_id,
        entries.dump_id,
        entries.text_id,
        entries.arxiv_id,
        -- The DOIs that arXiv gives say no more than its ids.
        case when entries.doi not like '10.48550/%' then entries.doi end as doi,
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
        end as captured_on,
        {{ joined_items('entries.authors') }} as authors_text,
        entries.published_year
    from entries
    inner join dumps on entries.dump_id = dumps.dump_id
    inner join texts on entries.text_id = texts.text_id
),

recorded as (
    select
        entry_id,
        dump_id,
        text_id,
        arxiv_id,
        doi,
        title_key,
        listed_on,
        captured_on,
        authors_text,
        published_year,
        {{ content_id(
            'r',
            "concat_ws('|', text_id, arxiv_id, authors_text, published_year, doi)"
        ) }} as record_id
    from keyed
)

select * from recorded
