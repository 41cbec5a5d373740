with texts as (
    select * from {{ ref('stg_search_terms') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

totals as (
    select count(*) as total from papers
),

occurrences as (
    select {{ unnested('texts.term_ids') }} as term_id
    from papers
    inner join texts on papers.text_id = texts.text_id
),

counted as (
    select
        term_id,
        count(*) as paper_count
    from occurrences
    group by term_id
),

-- The rarity of Robertson and Sparck Jones, kept above zero.
weighed as (
    select
        counted.term_id,
        counted.paper_count,
        ln(1 + (totals.total - counted.paper_count + 0.5) / (counted.paper_count + 0.5))
            as idf
    from counted
    cross join totals
),

terms as (
    select
        term_id,
        cast(paper_count as integer) as paper_count,
        {{ stable('idf') }} as idf
    from weighed
)

select * from terms
