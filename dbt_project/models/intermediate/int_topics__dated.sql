with grouped as (
    select * from {{ ref('int_keywords__grouped') }}
),

accepted as (
    select * from {{ ref('int_keywords__counted') }}
),

mentioned as (
    select * from {{ ref('int_papers_keywords__mentioned') }}
),

dated_papers as (
    select * from {{ ref('int_papers__dated') }}
    where stretch_number is not null
),

topics_terms as (
    select
        accepted.term_hash,
        {{ text_number('grouped.topic_id') }} as topic_hash
    from grouped
    inner join accepted on grouped.keyword_id = accepted.keyword_id
),

topics_papers as (
    select distinct
        topics_terms.topic_hash as term_hash,
        mentioned.paper_number
    from mentioned
    inner join topics_terms on mentioned.term_hash = topics_terms.term_hash
),

dated as (
    select
        topics_papers.term_hash,
        dated_papers.date_basis,
        dated_papers.dated_on,
        dated_papers.date_precision,
        cast(count(*) as integer) as keyword_paper_count
    from topics_papers
    inner join dated_papers on topics_papers.paper_number = dated_papers.paper_number
    group by
        topics_papers.term_hash,
        dated_papers.date_basis,
        dated_papers.dated_on,
        dated_papers.date_precision
)

select * from dated
