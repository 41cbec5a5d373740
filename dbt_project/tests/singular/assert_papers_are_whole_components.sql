-- No arXiv id and no folded title is shared by two papers: the rounds of label passing
-- were enough.
with entries as (
    select * from {{ ref('int_entries__identified') }}
),

split_ids as (
    select arxiv_id as shared_key
    from entries
    where arxiv_id is not null
    group by arxiv_id
    having min(paper_id) <> max(paper_id)
),

split_titles as (
    select title_key as shared_key
    from entries
    group by title_key
    having min(paper_id) <> max(paper_id)
)

select * from split_ids
union all
select * from split_titles
