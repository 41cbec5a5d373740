-- The papers that the search of this page finds, each by its title, its arXiv id and the eight keywords that it is most
-- about: all, or the 40,000 latest ones.
with chosen as (
    select
        paper_id,
        title,
        coalesce(year(published_on), published_year) as published_in,
        coalesce(arxiv_id, paper_id) as id,
        row_number() over (order by published_on desc nulls last, published_year desc nulls last, paper_id) as place
    from marts.papers
    qualify place <= 40000
),

about as (
    select paper_id, list(keyword_id order by keyword_rank) as keyword_ids
    from marts.paper_keywords
    where keyword_rank <= 8
    group by paper_id
)

select chosen.title, chosen.published_in, chosen.id, about.keyword_ids
from chosen
left join about on chosen.paper_id = about.paper_id
order by chosen.place
