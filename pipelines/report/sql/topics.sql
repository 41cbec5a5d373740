-- Topics of most papers, with their keywords and their share of published papers by month; the verdict is that of the
-- latest complete month.
with judged as (
    select * from marts.topic_trends_by_month where date_basis = 'published' and is_latest
),

last_month as (
    select max(period_start_on) as last_start_on from marts.topic_trends_by_month where date_basis = 'published'
),

series as (
    select
        topic_id,
        list(
            {
                month: trends.period_start_on, with_keyword: topic_paper_count, papers: period_paper_count,
                share: topic_share, low: share_low, high: share_high
            }
            order by trends.period_start_on
        ) as series
    from marts.topic_trends_by_month as trends
    inner join last_month on trends.period_start_on > last_month.last_start_on - interval 24 month
    where trends.date_basis = 'published'
    group by topic_id
),

named as (
    select
        topic_id,
        list(keyword order by keyword_rank) filter (where keyword_rank <= 12) as keywords
    from marts.topic_keywords
    group by all
)

select
    topics.topic_id,
    topics.topic,
    topics.keyword_count,
    topics.paper_count,
    named.keywords,
    judged.period_start_on,
    judged.verdict,
    judged.since_on,
    judged.recent_share,
    judged.previous_share,
    judged.because,
    series.series
from marts.topics
inner join named on topics.topic_id = named.topic_id
left join judged on topics.topic_id = judged.topic_id
left join series on topics.topic_id = series.topic_id
order by topics.paper_count desc, topics.topic_id
limit 24
