with entries as (
    select * from {{ ref('int_entries__placed') }}
),

dumps as (
    select * from {{ ref('stg_dumps') }}
),

totals as (
    select
        dump_id,
        max(place) as entry_count,
        sum(upvotes) as upvotes,
        sum(comment_count) as comment_count
    from entries
    group by dump_id
),

ranked as (
    select
        totals.dump_id,
        split_part(dumps.layout, '_', 1) as layout_family,
        dumps.listed_on,
        dumps.captured_on,
        totals.entry_count,
        last_entry.text_id as last_text_id,
        last_entry.head_number as whole_number,
        before_last.head_number as rest_number,
        row_number() over (
            order by
                totals.entry_count nulls last,
                dumps.captured_on nulls first,
                totals.upvotes nulls first,
                totals.comment_count nulls first,
                totals.dump_id nulls last
        ) as seniority
    from totals
    inner join dumps on totals.dump_id = dumps.dump_id
    inner join entries as last_entry
        on
            totals.dump_id = last_entry.dump_id
            and totals.entry_count = last_entry.place
    left join entries as before_last
        on
            totals.dump_id = before_last.dump_id
            and totals.entry_count - 1 = before_last.place
)

select * from ranked
