-- Where the dumps come from: layout, what the operator notes as their source, and how they ended; the hundred with most
-- dumps.
select
    layout,
    coalesce(source, '') as source,
    status,
    count(*) as dumps,
    sum(paper_count)::bigint as papers,
    sum(entry_count)::bigint as entries,
    count(captured_on) as dumps_with_capture_date,
    count(listed_on) as dumps_with_listing_date,
    min(coalesce(listed_on, captured_on)) as first_on,
    max(coalesce(listed_on, captured_on)) as last_on
from marts.dumps
group by all
order by dumps desc, layout, source, status
limit 100
