with postings as (
    select * from {{ ref('postings') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

totals as (
    select count(*) as total from papers
),

counted as (
    select
        term_id,
        count(*) as paper_count,
        max(impact) as max_impact
    from postings
    group by term_id
),

-- The rarity of Robertson and Sparck Jones, kept above zero.
weighed as (
    select
        counted.term_id,
        counted.paper_count,
        ln(1 + (totals.total - counted.paper_count + 0.5e0) / (counted.paper_count + 0.5e0))
            as idf,
        counted.max_impact
    from counted
    cross join totals
),

terms as (
    select
        term_id,
        cast(paper_count as integer) as paper_count,
        {{ stable('idf') }} as idf,
        max_impact
    from weighed
)

select * from terms
