-- Keywords that are new: called so in the last twelve months, by the date that papers were published (by another where no
-- paper has one), the latest first, then those of most papers; ten of them, one of those that move in the same papers.
with called as (
    select * from latest_trends()
    where verdict = 'new' and story_keyword_id = keyword_id
),

chosen as (
    select date_basis from called
    group by date_basis
    order by date_basis = 'published' desc, date_basis desc
    limit 1
)

select
    keyword_id,
    keyword,
    date_basis,
    period_start_on,
    is_past,
    since_on,
    recent_keyword_paper_count as papers,
    because
from called
where date_basis in (from chosen)
order by is_past, recent_keyword_paper_count desc, keyword_id
limit 10
