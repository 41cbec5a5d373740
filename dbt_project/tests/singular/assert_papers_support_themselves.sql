{{ config(meta={'dagster': {'ref': {'name': 'int_groups__clustered'}}}) }}
-- Each group of a paper is the same as the paper's centre and barred from none of its groups;
-- no two papers that are the same are left open; and no two papers share an arXiv id, unless
-- a person parted them.
with pairs as (
    select * from {{ ref('int_groups__paired') }}
),

settled as (
    select * from {{ ref('int_groups__clustered') }}
),

papers as (
    select * from {{ ref('int_records__clustered') }}
),

record_pairs as (
    select * from {{ ref('int_record_pairs__weighed') }}
),

placed as (
    select
        pairs.first_number,
        pairs.second_number,
        pairs.is_same,
        pairs.is_barred,
        a.centre_number as first_centre,
        b.centre_number as second_centre
    from pairs
    left join settled as a on pairs.first_number = a.group_number
    left join settled as b on pairs.second_number = b.group_number
),

unsettled as (
    select first_number as group_number from placed
    where is_same and first_centre is null and second_centre is null
),

strained as (
    select second_number as group_number from placed
    where is_barred and first_centre = second_centre
),

supported as (
    select first_number as group_number from placed
    where is_same and second_number = first_centre
    union
    select second_number as group_number from placed
    where is_same and first_number = second_centre
),

unsupported as (
    select settled.group_number
    from settled
    left join supported on settled.group_number = supported.group_number
    where
        settled.group_number <> settled.centre_number
        and supported.group_number is null
),

split_ids as (
    select min(record_number) as group_number
    from papers
    where arxiv_id is not null
    group by arxiv_id
    having min(paper_id) <> max(paper_id)
),

parted as (
    select count(*) as pair_count
    from record_pairs
    where rule = 'override' and verdict = 'different'
)

select group_number from unsettled
union all
select group_number from strained
union all
select group_number from unsupported
union all
select group_number from split_ids
where (select parted.pair_count from parted) = 0
