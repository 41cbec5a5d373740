{{ config(meta={'dagster': {'ref': {'name': 'paper_authors'}}}) }}
-- Each paper has a row for each of its authors, in places without a gap.
with papers as (
    select
        paper_id,
        coalesce({{ count_items('authors') }}, 0) as author_count
    from {{ ref('papers') }}
),

listed as (
    select
        paper_id,
        count(*) as author_count,
        max(position) as last_position
    from {{ ref('paper_authors') }}
    group by paper_id
)

select papers.paper_id
from papers
left join listed on papers.paper_id = listed.paper_id
where
    papers.author_count <> coalesce(listed.author_count, 0)
    or papers.author_count <> coalesce(listed.last_position, 0)
