-- Where the paper was seen: each dump by its layout, the day of its list or of its capture, and the votes it had there.
select
    dumps.layout,
    seen.listed_on,
    seen.captured_on,
    seen.position,
    seen.upvotes,
    seen.comment_count
from marts.appearances as seen
inner join marts.dumps on seen.dump_id = dumps.dump_id
where seen.paper_id = $id
order by seen.listed_on nulls last, seen.captured_on nulls last, seen.dump_id
