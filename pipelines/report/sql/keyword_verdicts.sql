-- How many keywords got which verdict in the latest complete month of each date basis.
with latest as (
    select
        date_basis,
        coalesce(max(period_start_on) filter (where is_complete), max(period_start_on)) as period_start_on
    from marts.keyword_trends_by_month
    group by date_basis
)

select trends.date_basis, trends.period_start_on, trends.verdict, count(*) as keywords
from marts.keyword_trends_by_month as trends
inner join latest
    on trends.date_basis = latest.date_basis and trends.period_start_on = latest.period_start_on
group by all
order by all
