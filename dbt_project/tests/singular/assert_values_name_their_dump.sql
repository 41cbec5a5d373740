{{ config(meta={'dagster': {'ref': {'name': 'paper_provenance'}}}) }}
-- A value of a paper names the dump it was taken from, and no dump is named for no value.
{% set columns = [
    'title', 'abstract', 'arxiv_id', 'published_at', 'first_listed_on',
    'last_listed_on', 'first_captured_on', 'authors', 'author_count', 'upvotes',
    'comment_count', 'submitter', 'organization', 'code_url', 'github_stars',
    'project_url', 'ai_summary',
] %}

with papers as (
    select * from {{ ref('papers') }}
),

provenance as (
    select * from {{ ref('paper_provenance') }}
)

select papers.paper_id
from papers
left join provenance on papers.paper_id = provenance.paper_id
where
    provenance.paper_id is null
    {% for column in columns %}
        or (papers.{{ column }} is null) <> (provenance.{{ column }}_dump_id is null)
    {% endfor %}
