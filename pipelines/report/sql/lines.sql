-- What became of every line of every dump, by layout: the five kinds add up to all lines.
select
    layout,
    count(*) as dumps,
    sum(line_count)::bigint as all_lines,
    sum(entry_line_count)::bigint as entry_lines,
    sum(blank_line_count)::bigint as blank_lines,
    sum(boilerplate_line_count)::bigint as boilerplate_lines,
    sum(date_line_count)::bigint as date_lines,
    sum(rejected_line_count)::bigint as rejected_lines
from marts.dumps
group by layout
order by layout
