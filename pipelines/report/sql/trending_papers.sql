-- The papers with most votes among those listed in the last seven days that anything was listed.
with days as (
    select distinct listed_on from marts.appearances
    where listed_on is not null
    order by listed_on desc
    limit 7
),

listed as (
    select
        paper_id,
        max(listed_on) as listed_on,
        max(upvotes) as upvotes,
        max(comment_count) as comment_count
    from marts.appearances
    where listed_on in (from days)
    group by paper_id
),

named as (
    select paper_keywords.paper_id, list(keywords.keyword order by keyword_rank) as keywords
    from marts.paper_keywords
    inner join marts.keywords on paper_keywords.keyword_id = keywords.keyword_id
    where keyword_rank <= 6
    group by all
),

code as (
    select paper_id, list(url order by url) as code_urls from marts.links
    where kind = 'code'
    group by all
)

select
    listed.paper_id,
    papers.title,
    papers.abstract,
    papers.arxiv_id,
    listed.listed_on,
    papers.published_on,
    listed.upvotes,
    listed.comment_count,
    coalesce(code.code_urls, if(papers.code_url is null, [], [papers.code_url])) as code_urls,
    papers.project_url,
    named.keywords
from listed
inner join marts.papers on listed.paper_id = papers.paper_id
left join named on listed.paper_id = named.paper_id
left join code on listed.paper_id = code.paper_id
order by listed.upvotes desc nulls last, listed.comment_count desc nulls last, listed.listed_on desc, listed.paper_id
limit 40
