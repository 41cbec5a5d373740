{{ config(meta={'dagster': {'ref': {'name': 'paper_redirects'}}}) }}
-- An id that was ever published is a paper's now, leads to one, or has its tombstone.
with published as (
    select * from {{ source('quality', 'published_papers') }}
),

papers as (
    select * from {{ ref('papers') }}
),

redirects as (
    select * from {{ ref('paper_redirects') }}
)

select published.paper_id
from published
left join papers on published.paper_id = papers.paper_id
left join redirects on published.paper_id = redirects.old_paper_id
where
    (papers.paper_id is null and redirects.old_paper_id is null)
    or (papers.paper_id is not null and redirects.old_paper_id is not null)
