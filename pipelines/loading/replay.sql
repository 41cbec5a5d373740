-- Both readings of the dumps that were read again, one row per dump.
-- Equal entries are paired first, wherever they stand; of the rest, those that begin on the same line.
with readings as (
    select true as is_new, * from again_entries
    union all by name
    select false as is_new, * from raw.entries
    where dump_id in (select dump_id from again_dumps)
),

said as (
    select
        is_new, dump_id, first_line, position,
        -- Everything but where it stands.
        hash(*columns(* exclude (is_new, entry_id, dump_id, position, first_line, last_line))) as says
    from readings
),

numbered as (
    select *, row_number() over (partition by is_new, dump_id, says order by position) as twin_number from said
),

differing as (
    select * from numbered
    qualify count(*) over (partition by dump_id, says, twin_number) = 1
),

placed as (
    select *, row_number() over (partition by is_new, dump_id, first_line order by position) as place_number
    from differing
),

paired as (
    select *, count(*) over (partition by dump_id, first_line, place_number) = 2 as is_pair from placed
),

entry_counts as (
    select
        dump_id,
        count(*) filter (is_new and not is_pair) as added,
        count(*) filter (not is_new and not is_pair) as removed,
        count(*) filter (is_new and is_pair) as changed
    from paired
    group by dump_id
),

refused as (
    select true as is_new, dump_id, hash(reason, first_line, last_line, text) as says from again_rejects
    union all
    select false, dump_id, hash(reason, first_line, last_line, text) from raw.rejects
    where dump_id in (select dump_id from again_dumps)
),

refused_sides as (
    select dump_id, says, count(*) filter (is_new) as after, count(*) filter (not is_new) as before
    from refused
    group by dump_id, says
),

reject_counts as (
    select
        dump_id,
        sum(greatest(before - after, 0))::bigint as gone,
        sum(greatest(after - before, 0))::bigint as new
    from refused_sides
    group by dump_id
)

select
    again.dump_id,
    dumps.file_names[1] as file_name,
    dumps.entry_count as entries_before,
    again.entry_count as entries_after,
    coalesce(added, 0) as added,
    coalesce(removed, 0) as removed,
    coalesce(changed, 0) as changed,
    coalesce(gone, 0) as gone,
    coalesce(new, 0) as new,
    concat_ws(
        ', ',
        if(again.layout is distinct from dumps.layout, 'layout', null),
        if(again.encoding is distinct from dumps.encoding, 'encoding', null),
        if(again.captured_on is distinct from own.captured_on, 'capture date', null),
        if(again.listed_on is distinct from dumps.listed_on, 'listing date', null),
        if(
            again.boilerplate_line_count <> dumps.boilerplate_line_count
            or again.date_line_count <> dumps.date_line_count, 'furniture', null
        )
    ) as other
from again_dumps as again
inner join raw.dumps on again.dump_id = dumps.dump_id
left join raw.dump_dates as own on again.dump_id = own.dump_id
left join entry_counts on again.dump_id = entry_counts.dump_id
left join reject_counts on again.dump_id = reject_counts.dump_id
order by again.dump_id
