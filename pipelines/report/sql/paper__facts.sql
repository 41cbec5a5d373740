-- The paper, with what dumps say of it.
select
    papers.*,
    venues.venues
from marts.papers
left join (
    select paper_id, list(venue order by dump_count desc, venue) as venues
    from marts.paper_venues
    where paper_id = $id
    group by paper_id
) as venues on papers.paper_id = venues.paper_id
where papers.paper_id = $id
