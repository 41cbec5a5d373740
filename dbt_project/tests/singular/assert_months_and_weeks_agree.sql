{{ config(meta={'dagster': {'ref': {'name': 'keyword_trends_by_week'}}}) }}
-- A keyword's papers are the same ones whether they are counted by month or by week. Those of which
-- no more than the month is known are in no week.
with months as (
    select
        keyword_id,
        date_basis,
        sum(keyword_paper_count) as keyword_paper_count
    from {{ ref('keyword_trends_by_month') }}
    group by keyword_id, date_basis
),

weeks as (
    select
        keyword_id,
        date_basis,
        sum(keyword_paper_count) as keyword_paper_count
    from {{ ref('keyword_trends_by_week') }}
    group by keyword_id, date_basis
),

month_alone as (
    select
        keywords.keyword_id,
        dated.date_basis,
        sum(dated.keyword_paper_count) as keyword_paper_count
    from {{ ref('int_keywords__dated') }} as dated
    inner join {{ ref('int_keywords__counted') }} as keywords
        on dated.term_hash = keywords.term_hash
    where dated.date_precision = 'month'
    group by keywords.keyword_id, dated.date_basis
)

select
    months.keyword_id,
    months.date_basis,
    months.keyword_paper_count,
    weeks.keyword_paper_count as week_keyword_paper_count,
    month_alone.keyword_paper_count as month_alone_paper_count
from months
inner join weeks
    on months.keyword_id = weeks.keyword_id and months.date_basis = weeks.date_basis
left join month_alone
    on months.keyword_id = month_alone.keyword_id and months.date_basis = month_alone.date_basis
where
    months.keyword_paper_count
    <> weeks.keyword_paper_count + coalesce(month_alone.keyword_paper_count, 0)
