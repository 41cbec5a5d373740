with entries as (
    select * from {{ ref('int_entries__identified') }}
),

facts as (
    select * from {{ ref('stg_entries') }}
),

appearances as (
    select
        entries.paper_id,
        entries.dump_id,
        cast(min(facts.position) as integer) as position,
        cast(count(*) as integer) as entry_count,
        min(entries.listed_on) as listed_on,
        min(entries.captured_on) as captured_on,
        cast(max(facts.upvotes) as integer) as upvotes,
        cast(max(facts.comment_count) as integer) as comment_count
    from entries
    inner join facts on entries.entry_id = facts.entry_id
    group by entries.paper_id, entries.dump_id
)

select * from appearances
