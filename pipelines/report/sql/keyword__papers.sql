-- Papers that are about the keyword, the latest first, then those of most votes: the hundred first.
select
    papers.paper_id,
    papers.title,
    papers.arxiv_id,
    papers.published_on,
    papers.published_year,
    papers.upvotes,
    papers.code_url,
    about.keyword_rank
from marts.paper_keywords as about
inner join marts.papers on about.paper_id = papers.paper_id
where about.keyword_id = $id
order by
    papers.published_on desc nulls last, papers.published_year desc nulls last, papers.upvotes desc nulls last,
    papers.paper_id
limit 100
