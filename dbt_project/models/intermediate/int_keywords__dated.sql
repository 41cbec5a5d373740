with keywords as (
    select * from {{ ref('int_keywords__counted') }}
    where paper_count >= {{ var('trend_min_papers') }}
),

papers_keywords as (
    select * from {{ ref('int_papers_keywords__mentioned') }}
),

dated_papers as (
    select * from {{ ref('int_papers__dated') }}
    where stretch_number is not null
),

dated as (
    select
        keywords.term_hash,
        dated_papers.date_basis,
        dated_papers.dated_on,
        dated_papers.date_precision,
        dated_papers.date_source,
        cast(count(*) as integer) as keyword_paper_count,
        min(papers_keywords.paper_number) as first_paper_number
    from papers_keywords
    inner join keywords on papers_keywords.term_hash = keywords.term_hash
    inner join dated_papers
        on papers_keywords.paper_number = dated_papers.paper_number
    group by
        keywords.term_hash,
        dated_papers.date_basis,
        dated_papers.dated_on,
        dated_papers.date_precision,
        dated_papers.date_source
)

select * from dated
