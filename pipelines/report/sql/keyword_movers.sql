-- The 40 keywords of each date basis with the strongest evidence of change, each with its series: those called rising,
-- new, falling or a spike in the last twelve months first, of complete months, then those that came nearest to it in the latest complete month.
with movers as (
    select
        *,
        row_number() over (
            partition by date_basis
            order by
                direction is not null desc, if(direction is null, null, period_start_on) desc,
                abs(z_score) desc nulls last,
                abs(recent_share - previous_share) desc nulls last, keyword_id
        ) as mover_rank
    from latest_trends()
    where direction is null or story_keyword_id = keyword_id
    qualify mover_rank <= 40
),

stories as (
    select
        date_basis, story_keyword_id, list(keyword order by abs(z_score) desc, keyword_id) as story
    from latest_trends()
    where story_keyword_id <> keyword_id
    group by all
),

last_months as (
    select date_basis, max(period_start_on) as last_start_on from marts.keyword_trends_by_month group by date_basis
),

series as (
    select
        trends.date_basis,
        trends.keyword_id,
        list(
            {
                month: trends.period_start_on, with_keyword: trends.keyword_paper_count,
                papers: trends.period_paper_count, share: trends.keyword_share,
                low: trends.share_low, high: trends.share_high
            }
            order by trends.period_start_on
        ) as series
    from marts.keyword_trends_by_month as trends
    inner join movers on trends.date_basis = movers.date_basis and trends.keyword_id = movers.keyword_id
    inner join last_months on trends.date_basis = last_months.date_basis
    where trends.period_start_on > last_months.last_start_on - interval 24 month
    group by all
)

select
    movers.date_basis,
    movers.keyword_id,
    movers.keyword,
    movers.verdict,
    movers.period_start_on,
    movers.is_past,
    movers.since_on,
    movers.recent_share,
    movers.previous_share,
    movers.z_score,
    movers.q_value,
    movers.because,
    stories.story,
    series.series
from movers
inner join series on movers.date_basis = series.date_basis and movers.keyword_id = series.keyword_id
left join stories on movers.date_basis = stories.date_basis and movers.keyword_id = stories.story_keyword_id
order by movers.date_basis, movers.mover_rank
