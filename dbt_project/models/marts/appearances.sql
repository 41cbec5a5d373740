with entries as (
    select * from {{ ref('int_entries__identified') }}
),

facts as (
    select * from {{ ref('stg_entries') }}
),

superseded as (
    select * from {{ ref('int_dumps__superseded') }}
),

latest_votes as (
    select * from {{ ref('vote_observations') }}
    where is_latest
),

-- What a later copy of the page supersedes counts as seen in that copy.
standing as (
    select
        entries.paper_id,
        coalesce(superseded.superseded_by_dump_id, entries.dump_id) as dump_id,
        superseded.dump_id is null as is_own,
        entries.dump_id as observed_dump_id,
        facts.position,
        facts.arxiv_id,
        facts.doi,
        facts.venue,
        facts.published_on,
        entries.listed_on,
        entries.captured_on
    from entries
    inner join facts on entries.entry_id = facts.entry_id
    left join superseded on entries.dump_id = superseded.dump_id
),

seen as (
    select
        paper_id,
        dump_id,
        try_cast(
            coalesce(min(position) filter (where is_own), min(position)) as integer
        ) as position,
        cast(count(*) filter (where is_own) as integer) as entry_count,
        cast(count(distinct observed_dump_id) as integer) as observation_count,
        min(arxiv_id) as arxiv_id,
        min(doi) as doi,
        min(venue) as venue,
        min(published_on) as published_on,
        min(listed_on) as listed_on,
        min(captured_on) as captured_on
    from standing
    group by paper_id, dump_id
),

appearances as (
    select
        seen.paper_id,
        seen.dump_id,
        seen.position,
        seen.entry_count,
        seen.observation_count,
        seen.arxiv_id,
        seen.doi,
        seen.venue,
        seen.published_on,
        seen.listed_on,
        seen.captured_on,
        latest_votes.upvotes,
        latest_votes.comment_count
    from seen
    left join latest_votes
        on
            seen.paper_id = latest_votes.paper_id
            and seen.dump_id = latest_votes.appearance_dump_id
)

select * from appearances
