-- A keyword's papers are the same ones whether they are counted by month or by week.
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
)

select
    months.keyword_id,
    months.date_basis,
    months.keyword_paper_count,
    weeks.keyword_paper_count as week_keyword_paper_count
from months
inner join weeks
    on months.keyword_id = weeks.keyword_id and months.date_basis = weeks.date_basis
where months.keyword_paper_count <> weeks.keyword_paper_count
