-- The entries of a dump's papers add up to the entries its parser counted.
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
where dumps.dump_id is null or dumps.entry_count <> coalesce(kept.entry_count, 0)
