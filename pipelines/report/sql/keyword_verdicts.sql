-- How many keywords got which verdict in the latest complete month of each date basis.
select date_basis, period_start_on, verdict, count(*) as keywords
from marts.keyword_trends_by_month
where is_latest
group by all
order by all
