-- What could not become an entry, by reason.
select reason, count(*) as rejects, count(distinct dump_id) as dumps, min(left(detail, 200)) as example
from raw.rejects
group by reason
order by rejects desc, reason
