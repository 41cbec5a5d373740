-- When papers used the keyword more than ever: its first and last day, its largest share, and its bursts (Kleinberg 2002).
with bursts as (
    select
        date_basis,
        list({onset_on: onset_on, last_month_on: last_month_on, is_ongoing: is_ongoing} order by onset_on) as bursts
    from marts.keyword_bursts
    where keyword_id = $id
    group by date_basis
)

select
    lives.date_basis,
    lives.first_seen_on,
    lives.last_seen_on,
    lives.peak_month_on,
    lives.peak_share,
    lives.half_life_months,
    papers.title as first_title,
    papers.arxiv_id,
    bursts.bursts
from marts.keyword_lifecycles as lives
left join marts.papers on lives.first_paper_id = papers.paper_id
left join bursts on lives.date_basis = bursts.date_basis
where lives.keyword_id = $id
order by lives.date_basis <> 'published', lives.date_basis <> 'listed'
