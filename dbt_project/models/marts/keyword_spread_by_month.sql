-- Inside a longer keyword alone a keyword says nothing more: video diffusion and diffusion
-- would always be a pair.
with mentioned as (
    select * from {{ ref('int_papers_keywords__mentioned') }}
    where occurrence_count > nested_occurrence_count
),

accepted as (
    select * from {{ ref('int_keywords__counted') }}
),

pairs as (
    select * from {{ ref('keyword_pairs') }}
),

lifecycles as (
    select * from {{ ref('keyword_lifecycles') }}
),

dated_papers as (
    select * from {{ ref('int_papers__dated') }}
    where stretch_number is not null and date_precision <> 'year'
),

paired as (
    select first_keyword_id as keyword_id from pairs
    union
    select second_keyword_id as keyword_id from pairs
),

papers_keywords as (
    select
        mentioned.paper_number,
        accepted.keyword_id
    from mentioned
    inner join accepted on mentioned.term_hash = accepted.term_hash
    inner join paired on accepted.keyword_id = paired.keyword_id
),

neighbours as (
    select * from papers_keywords
),

-- By paper first: all papers of a keyword times all its pairs would be more than any disk.
together as (
    select distinct
        papers_keywords.keyword_id as first_keyword_id,
        neighbours.keyword_id as second_keyword_id,
        dated_papers.date_basis,
        {{ period_start_of('dated_papers.dated_on', 'month') }}
            as period_start_on
    from papers_keywords
    inner join neighbours
        on
            papers_keywords.paper_number = neighbours.paper_number
            and papers_keywords.keyword_id < neighbours.keyword_id
    inner join dated_papers on papers_keywords.paper_number = dated_papers.paper_number
),

-- Pairs too rare to be in marts.keyword_pairs are mostly chance.
dated as (
    select together.*
    from together
    inner join pairs
        on
            together.first_keyword_id = pairs.first_keyword_id
            and together.second_keyword_id = pairs.second_keyword_id
),

both_ways as (
    select
        first_keyword_id as keyword_id,
        second_keyword_id as neighbour_id,
        date_basis,
        period_start_on
    from dated
    union all
    select
        second_keyword_id as keyword_id,
        first_keyword_id as neighbour_id,
        date_basis,
        period_start_on
    from dated
),

numbered as (
    select
        *,
        row_number() over (
            partition by keyword_id, date_basis, neighbour_id
            order by period_start_on
        ) = 1 as is_first
    from both_ways
),

counted as (
    select
        numbered.keyword_id,
        lifecycles.keyword,
        numbered.date_basis,
        numbered.period_start_on,
        count(*) as neighbour_count,
        count(*) filter (where numbered.is_first) as new_neighbour_count
    from numbered
    inner join lifecycles
        on
            numbered.keyword_id = lifecycles.keyword_id
            and numbered.date_basis = lifecycles.date_basis
    group by
        numbered.keyword_id,
        lifecycles.keyword,
        numbered.date_basis,
        numbered.period_start_on
),

keyword_spread_by_month as (
    select
        keyword_id,
        keyword,
        date_basis,
        period_start_on,
        cast(neighbour_count as integer) as neighbour_count,
        cast(new_neighbour_count as integer) as new_neighbour_count,
        cast(
            sum(new_neighbour_count) over (
                partition by keyword_id, date_basis
                order by period_start_on
            ) as integer
        ) as neighbour_count_so_far
    from counted
)

select * from keyword_spread_by_month
