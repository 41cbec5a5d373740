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

named as (
    select paper_keywords.paper_id, list(keywords.keyword order by keyword_rank) as keywords
    from marts.paper_keywords
    inner join marts.keywords on paper_keywords.keyword_id = keywords.keyword_id
    where keyword_rank <= 6
    group by all
),

code as (
    select paper_id, list(url order by url) as code_urls from marts.links
    where kind = 'code'
    group by all
)

select
    trends.period_start_on,
    trends.date_basis,
    trends.trend_rank,
    trends.trend_score,
    trends.paper_id,
    papers.title,
    papers.abstract,
    papers.arxiv_id,
    papers.published_on,
    trends.upvotes,
    trends.upvote_growth,
    trends.is_returning,
    trends.rising_keyword_share,
    trends.novel_keyword_share,
    coalesce(code.code_urls, if(papers.code_url is null, [], [papers.code_url])) as code_urls,
    papers.project_url,
    named.keywords
from marts.paper_trends as trends
inner join latest
    on trends.date_basis = latest.date_basis and trends.period_start_on = latest.period_start_on
inner join marts.papers on trends.paper_id = papers.paper_id
left join named on trends.paper_id = named.paper_id
left join code on trends.paper_id = code.paper_id
where trends.grain = 'week' and trends.trend_rank <= 40
order by trends.trend_rank
