with entries as (
    select * from {{ ref('int_entries__identified') }}
),

facts as (
    select * from {{ ref('stg_entries') }}
),

superseded as (
    select * from {{ ref('int_dumps__superseded') }}
),

observed as (
    select
        entries.paper_id,
        entries.dump_id,
        coalesce(superseded.superseded_by_dump_id, entries.dump_id)
            as appearance_dump_id,
        min(entries.captured_on) as captured_on,
        min(entries.listed_on) as listed_on,
        try_cast(max(facts.upvotes) as integer) as upvotes,
        try_cast(max(facts.comment_count) as integer) as comment_count
    from entries
    inner join facts on entries.entry_id = facts.entry_id
    left join superseded on entries.dump_id = superseded.dump_id
    where facts.upvotes is not null or facts.comment_count is not null
    group by
        entries.paper_id,
        entries.dump_id,
        coalesce(superseded.superseded_by_dump_id, entries.dump_id)
),

-- The last look wins. Looks without a date are put in order by what they show: votes
-- grow far more often than they fall.
vote_observations as (
    select
        *,
        row_number() over (
            partition by paper_id, appearance_dump_id
            order by
                captured_on desc nulls last,
                listed_on desc nulls last,
                upvotes desc nulls last,
                comment_count desc nulls last,
                dump_id asc nulls last
        ) = 1 as is_latest
    from observed
)

select * from vote_observations
