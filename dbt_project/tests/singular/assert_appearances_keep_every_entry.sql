{{ config(meta={'dagster': {'ref': {'name': 'appearances'}}}) }}
-- The entries of a dump's papers add up to the entries its parser counted; a dump that
-- is held or superseded has no appearance of its own.
with dumps as (
    select * from {{ ref('dumps') }}
),

appearances as (
    select * from {{ ref('appearances') }}
),

kept as (
    select
        dump_id,
        sum(entry_count) as entry_count
    from appearances
    group by dump_id
)

select
    dumps.dump_id,
    dumps.entry_count,
    kept.entry_count as kept_entry_count
from dumps
full outer join kept on dumps.dump_id = kept.dump_id
where
    dumps.dump_id is null
    or coalesce(kept.entry_count, 0)
    <> case
        when dumps.status = 'held' or dumps.superseded_by_dump_id is not null then 0
        else dumps.entry_count
    end
