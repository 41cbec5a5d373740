with stg_dumps as (
    select * from {{ ref('stg_dumps') }}
),

entries as (
    select * from {{ ref('int_entries__identified') }}
),

superseded as (
    select * from {{ ref('int_dumps__superseded') }}
),

paper_counts as (
    select
        dump_id,
        count(distinct paper_id) as paper_count
    from entries
    group by dump_id
),

dumps as (
    select
        stg_dumps.dump_id,
        stg_dumps.file_names,
        stg_dumps.layout,
        stg_dumps.layout_reason,
        stg_dumps.status,
        stg_dumps.held_reason,
        superseded.superseded_by_dump_id,
        stg_dumps.captured_on,
        stg_dumps.captured_on_text,
        stg_dumps.captured_on_source,
        stg_dumps.captured_on_precision,
        stg_dumps.listed_on,
        stg_dumps.listed_on_source,
        stg_dumps.source,
        stg_dumps.note,
        cast(coalesce(paper_counts.paper_count, 0) as integer) as paper_count,
        try_cast(stg_dumps.entry_count as integer) as entry_count,
        try_cast(stg_dumps.reject_count as integer) as reject_count,
        try_cast(stg_dumps.line_count as integer) as line_count,
        try_cast(stg_dumps.blank_line_count as integer) as blank_line_count,
        try_cast(stg_dumps.boilerplate_line_count as integer) as boilerplate_line_count,
        try_cast(stg_dumps.date_line_count as integer) as date_line_count,
        try_cast(stg_dumps.entry_line_count as integer) as entry_line_count,
        try_cast(stg_dumps.rejected_line_count as integer) as rejected_line_count,
        stg_dumps.byte_count,
        stg_dumps.compression,
        stg_dumps.encoding,
        stg_dumps.parser_version
    from stg_dumps
    left join paper_counts on stg_dumps.dump_id = paper_counts.dump_id
    left join superseded on stg_dumps.dump_id = superseded.dump_id
)

select * from dumps
