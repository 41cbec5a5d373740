{{ config(meta={'dagster': {'ref': {'name': 'links'}}}) }}
-- A paper has code where one of its links is code, and its address is such a link's.
with papers as (
    select * from {{ ref('papers') }}
),

code_links as (
    select distinct
        paper_id,
        lower(url) as address
    from {{ ref('links') }}
    where kind = 'code'
),

papers_with_code as (
    select distinct paper_id from code_links
)

select papers.paper_id
from papers
left join papers_with_code on papers.paper_id = papers_with_code.paper_id
left join code_links
    on
        papers.paper_id = code_links.paper_id
        and lower(papers.code_url) = code_links.address
where
    papers.has_code <> (papers_with_code.paper_id is not null)
    or papers.has_code <> (papers.code_url is not null)
    or (papers.code_url is not null and code_links.paper_id is null)
