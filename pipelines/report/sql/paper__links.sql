-- Links in the paper's text or beside its entry.
select kind, url from marts.links
where paper_id = $id
order by kind, url
