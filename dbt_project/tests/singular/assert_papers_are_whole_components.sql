-- A pair decided same is in one paper: components are whole. And no
-- two papers share an arXiv id, unless a person parted them.
with pairs as (
    select * from {{ ref('int_record_pairs__decided') }}
),

records as (
    select * from {{ ref('int_records__clustered') }}
),

split_pairs as (
    select a.record_id as shared_key
    from pairs
    inner join records as a on pairs.first_number = a.record_number
    inner join records as b on pairs.second_number = b.record_number
    where pairs.verdict = 'same' and a.paper_id <> b.paper_id
),

split_ids as (
    select arxiv_id as shared_key
    from records
    where arxiv_id is not null
    group by arxiv_id
    having min(paper_id) <> max(paper_id)
),

parted as (
    select count(*) as pair_count
    from pairs
    where rule = 'override' and verdict = 'different'
)

select * from split_pairs
union all
select * from split_ids
where (select parted.pair_count from parted) = 0
