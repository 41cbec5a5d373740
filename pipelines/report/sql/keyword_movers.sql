-- The 40 keywords of each date basis with the strongest evidence of change, each with its series: those called rising,
-- new, falling or a spike in the last twelve months first, of complete months, then those that came nearest to it in the latest complete month.
-- Words that papers use and hardly one is about are left to `paperhouse trends`.
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
    where
        (direction is null or story_keyword_id = keyword_id)
        and keyword_id not in (select keyword_id from marts.keywords where is_in_passing)
    qualify mover_rank <= 40
),

stories as (
    select
        date_basis, story_keyword_id, list(keyword order by abs(z_score) desc, keyword_id) as story
    from latest_trends()
    where story_keyword_id <> keyword_id
    group by all
),

-- Months without a paper of a keyword may have no row of it.
months as (
    select distinct date_basis, period_start_on, period_paper_count
    from marts.keyword_trends_by_month
    qualify period_start_on > max(period_start_on) over (partition by date_basis) - interval 24 month
),

begun as (
    select movers.date_basis, movers.keyword_id, min(trends.period_start_on) as first_on
    from movers
    inner join marts.keyword_trends_by_month as trends
        on movers.date_basis = trends.date_basis and movers.keyword_id = trends.keyword_id
    group by all
),

series as (
    select
        begun.date_basis,
        begun.keyword_id,
        list(
            {
                month: months.period_start_on, with_keyword: coalesce(trends.keyword_paper_count, 0),
                papers: months.period_paper_count,
                share: coalesce(trends.keyword_share, if(months.period_paper_count > 0, 0e0, null)),
                low: coalesce(trends.share_low, if(months.period_paper_count > 0, 0e0, null)),
                -- Wilson's interval of none of so many.
                high: coalesce(
                    trends.share_high,
                    if(
                        months.period_paper_count > 0,
                        round(3.8414588206e0 / (months.period_paper_count + 3.8414588206e0), 10), null
                    )
                )
            }
            order by months.period_start_on
        ) as series
    from begun
    inner join months on begun.date_basis = months.date_basis and begun.first_on <= months.period_start_on
    left join marts.keyword_trends_by_month as trends
        on
            begun.date_basis = trends.date_basis
            and begun.keyword_id = trends.keyword_id
            and months.period_start_on = trends.period_start_on
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
