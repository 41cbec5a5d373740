{{ config(meta={'dagster': {'ref': {'name': 'int_papers__dated'}}}) }}
-- Each date basis counts exactly the papers that have that date of their own: no date
-- of capture stands in for another, and none is lost.
with papers as (
    select * from {{ ref('papers') }}
    where {{ is_read('language') }}
),

expected as (
    select
        'published' as date_basis,
        count(published_year) as paper_count
    from papers
    union all
    select
        'listed' as date_basis,
        count(first_listed_on) as paper_count
    from papers
    union all
    select
        'captured' as date_basis,
        count(first_captured_on) as paper_count
    from papers
),

counted as (
    select
        date_basis,
        count(*) as paper_count
    from {{ ref('int_papers__dated') }}
    group by date_basis
)

select
    expected.date_basis,
    expected.paper_count,
    counted.paper_count as counted_paper_count
from expected
left join counted on expected.date_basis = counted.date_basis
where expected.paper_count <> coalesce(counted.paper_count, 0)
