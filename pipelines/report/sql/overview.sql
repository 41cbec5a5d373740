-- What the release holds, in one row.
select
    (select count(*) from marts.papers) as papers,
    (select count(arxiv_id) from marts.papers) as papers_with_arxiv_id,
    (select count(*) from marts.papers where has_code) as papers_with_code,
    (select count(*) from marts.keywords) as keywords,
    (select count(*) from marts.dumps) as dumps,
    (select count(distinct listed_on) from marts.appearances) as days_listed,
    (select sum(line_count)::bigint from marts.dumps) as lines_read,
    (select sum(reject_count)::bigint from marts.dumps) as rejects,
    (select min(published_on) from marts.papers) as first_published_on,
    (select max(published_on) from marts.papers) as last_published_on,
    (select min(listed_on) from marts.appearances) as first_listed_on,
    (select max(listed_on) from marts.appearances) as last_listed_on
