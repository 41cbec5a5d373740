-- What titles and abstracts of its own say of a paper.
with entries as (
    select * from {{ ref('int_entries__identified') }}
),

facts as (
    select * from {{ ref('stg_entries') }}
),

fingerprints as (
    select * from {{ ref('stg_fingerprints') }}
),

notices as (
    select
        entries.paper_id,
        fingerprints.title_notice as notice,
        'title' as notice_source
    from entries
    inner join fingerprints on entries.text_id = fingerprints.text_id
    where fingerprints.title_notice is not null
    union all
    select
        entries.paper_id,
        'withdrawn' as notice,
        'abstract' as notice_source
    from entries
    inner join facts on entries.entry_id = facts.entry_id
    where facts.is_withdrawn
),

-- A retraction says more than a withdrawal, and a title more than an abstract.
ranked as (
    select
        *,
        row_number() over (
            partition by paper_id
            order by
                case notice when 'retracted' then 1 when 'withdrawn' then 2 else 3 end nulls last,
                notice asc nulls last,
                notice_source desc nulls last
        ) as notice_rank
    from notices
),

noticed as (
    select
        paper_id,
        notice,
        notice_source
    from ranked
    where notice_rank = 1
)

select * from noticed
