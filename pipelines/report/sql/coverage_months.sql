-- Days, dumps and papers of each month of listings, the latest first.
select
    date_trunc('month', listed_on)::date as month,
    count(distinct listed_on) as days,
    count(distinct dump_id) as dumps,
    count(distinct paper_id) as papers,
    day(last_day(any_value(listed_on))) as days_in_month
from marts.appearances
where listed_on is not null
group by all
order by month desc
limit 60
