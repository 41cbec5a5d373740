-- What the paper is about, the most telling first, and what each keyword does now by the date that papers were published.
select
    keywords.keyword,
    about.keyword_rank,
    keywords.paper_count,
    told.verdict,
    told.is_past
from marts.paper_keywords as about
inner join marts.keywords on about.keyword_id = keywords.keyword_id
left join latest_trends() as told
    on about.keyword_id = told.keyword_id and told.date_basis = 'published' and told.direction is not null
where about.paper_id = $id
order by about.keyword_rank
