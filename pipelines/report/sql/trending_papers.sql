-- The 40 papers of the highest trend score in the latest week whose Friday is covered, by the days they were listed on;
-- by the days pages were captured where no dump names a list's day.
with last_days as (
    select date_basis, max(period_start_on) as last_on from marts.paper_trends
    where grain = 'day'
    group by date_basis
),

latest as (
    select trends.date_basis, trends.period_start_on from marts.paper_trends as trends
    inner join last_days on trends.date_basis = last_days.date_basis
    where trends.grain = 'week'
    order by
        trends.date_basis = 'listed' desc,
        trends.period_start_on + 4 <= last_days.last_on desc,
        trends.period_start_on desc
    limit 1
),

chosen as (
    select trends.* from marts.paper_trends as trends
    inner join latest
        on trends.date_basis = latest.date_basis and trends.period_start_on = latest.period_start_on
    where trends.grain = 'week' and trends.trend_rank <= 40
),

named as (
    select paper_keywords.paper_id, list(keywords.keyword order by keyword_rank) as keywords
    from marts.paper_keywords
    inner join marts.keywords on paper_keywords.keyword_id = keywords.keyword_id
    where keyword_rank <= 6 and paper_keywords.paper_id in (select paper_id from chosen)
    group by all
),

code as (
    select paper_id, list(url order by url) as code_urls from marts.links
    where kind = 'code' and paper_id in (select paper_id from chosen)
    group by all
)

select
    chosen.period_start_on,
    chosen.date_basis,
    chosen.trend_rank,
    chosen.trend_score,
    chosen.paper_id,
    papers.title,
    papers.abstract,
    papers.arxiv_id,
    papers.published_on,
    chosen.upvotes,
    chosen.upvote_growth,
    chosen.is_returning,
    chosen.rising_keyword_share,
    chosen.novel_keyword_share,
    coalesce(code.code_urls, if(papers.code_url is null, [], [papers.code_url])) as code_urls,
    papers.project_url,
    named.keywords
from chosen
inner join marts.papers on chosen.paper_id = papers.paper_id
left join named on chosen.paper_id = named.paper_id
left join code on chosen.paper_id = code.paper_id
order by chosen.trend_rank
