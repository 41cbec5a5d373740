{{ config(meta={'dagster': {'ref': {'name': 'int_records__clustered'}}}) }}
-- An arXiv id is one paper's: nothing but a person joins two of them.
with records as (
    select * from {{ ref('int_records__clustered') }}
),

overrides as (
    select * from {{ ref('int_record_pairs__overridden') }}
    where verdict = 'same'
)

select
    paper_id,
    min(arxiv_id) as first_arxiv_id,
    max(arxiv_id) as last_arxiv_id
from records
where (select count(*) from overrides) = 0
group by paper_id
having min(arxiv_id) <> max(arxiv_id)
