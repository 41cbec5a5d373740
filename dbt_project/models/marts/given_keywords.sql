with given as (
    select * from {{ ref('int_papers_terms__given') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

keywords as (
    select * from {{ ref('int_keywords__counted') }}
),

standing as (
    select * from {{ ref('int_papers_terms__standing') }}
),

given_keywords as (
    select
        papers.paper_id,
        given.source,
        given.keyword,
        keywords.keyword_id,
        coalesce(keywords.is_topical, false)
        and standing.term_hash is not null as is_found
    from given
    inner join papers on given.paper_number = papers.paper_number
    left join keywords on given.term_hash = keywords.term_hash
    left join standing
        on
            given.paper_number = standing.paper_number
            and given.term_hash = standing.term_hash
)

select * from given_keywords
