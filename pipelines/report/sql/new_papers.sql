-- Papers never seen before, in the latest week of the digest whose Friday is covered (else in the latest): how many, and
-- the week before that.
with weeks as (
    select
        period_start_on,
        count(*) as papers,
        min(seen_on) as first_on,
        max(seen_on) as last_on,
        bool_and(date_basis = 'listed') as is_listed
    from marts.digest_items
    where kind = 'new' and period_kind = 'week'
    group by period_start_on
)

select
    *,
    lead(period_start_on) over (order by period_start_on desc) as previous_start_on,
    lead(papers) over (order by period_start_on desc) as previous_papers
from weeks
order by period_start_on + 4 <= (select max(last_on) from weeks) desc, period_start_on desc
limit 1
