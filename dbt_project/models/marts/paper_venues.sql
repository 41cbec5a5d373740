with entries as (
    select * from {{ ref('int_entries__identified') }}
),

facts as (
    select * from {{ ref('stg_entries') }}
    where venue is not null
),

named as (
    select
        entries.paper_id,
        entries.dump_id,
        facts.venue,
        {{ folded_name('facts.venue') }} as folded_venue,
        facts.published_year
    from facts
    inner join entries on facts.entry_id = entries.entry_id
),

paper_venues as (
    select
        paper_id,
        folded_venue,
        min(venue) as venue,
        {{ matches('folded_venue', var('preprint_servers')) }} as is_preprint_server,
        try_cast(min(published_year) as integer) as published_year,
        cast(count(distinct dump_id) as integer) as dump_count
    from named
    where folded_venue <> ''
    group by paper_id, folded_venue
)

select * from paper_venues
