with entries as (
    select * from {{ ref('int_entries__identified') }}
),

facts as (
    select * from {{ ref('stg_entries') }}
),

-- The latest look at the page wins; what is left over is settled by content.
ranked as (
    select
        entries.entry_id,
        entries.dump_id,
        entries.text_id,
        entries.paper_id,
        entries.listed_on,
        entries.captured_on,
        cast(
            row_number() over (
                partition by entries.paper_id
                order by
                    coalesce(entries.listed_on, entries.captured_on) desc nulls last,
                    facts.upvotes desc nulls last,
                    facts.comment_count desc nulls last,
                    entries.entry_id asc nulls last
            ) as integer
        ) as recency_rank
    from entries
    inner join facts on entries.entry_id = facts.entry_id
)

select * from ranked
