-- The keyword's share of papers by month, of each date basis, with the verdict that speaks for now.
with told as (
    select * from latest_trends()
    where keyword_id = $id
),

series as (
    select
        date_basis,
        list(
            {
                month: period_start_on, with_keyword: keyword_paper_count,
                papers: period_paper_count, share: keyword_share,
                low: share_low, high: share_high
            }
            order by period_start_on
        ) as series
    from keyword_trend($id)
    group by date_basis
)

select
    series.date_basis,
    series.series,
    coalesce(told.verdict, 'insufficient_support') as verdict,
    coalesce(told.is_past, false) as is_past,
    told.period_start_on,
    told.since_on,
    told.recent_share,
    told.previous_share,
    told.because
from series
left join told on series.date_basis = told.date_basis
order by series.date_basis <> 'published', series.date_basis <> 'listed'
