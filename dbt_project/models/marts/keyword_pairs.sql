-- Long, but one grain: a pair's counts, their test and its correction in one pass.
-- Inside a longer keyword alone a keyword says nothing more: video diffusion and diffusion
-- would always be a pair.
with mentioned as (
    select * from {{ ref('int_papers_keywords__mentioned') }}
    where occurrence_count > nested_occurrence_count
),

accepted as (
    select * from {{ ref('int_keywords__counted') }}
),

labels as (
    select
        keyword_id,
        keyword
    from {{ ref('keywords') }}
),

numbered as (
    select
        term_hash,
        keyword_id,
        cast(row_number() over (order by keyword_id nulls last) as integer) as keyword_number
    from accepted
),

-- A keyword of fewer papers than a pair needs is in no pair.
spoken as (
    select
        term_hash,
        count(*) as paper_count
    from mentioned
    group by term_hash
    having count(*) >= {{ var('pair_min_papers') }}
),

counted as (
    select
        numbered.keyword_number,
        numbered.keyword_id,
        spoken.term_hash,
        spoken.paper_count
    from spoken
    inner join numbered on spoken.term_hash = numbered.term_hash
),

papers_keywords as (
    select
        mentioned.paper_number,
        counted.keyword_number
    from mentioned
    inner join counted on mentioned.term_hash = counted.term_hash
),

others as (
    select * from papers_keywords
),

papers as (
    select count(distinct paper_number) as paper_count from mentioned
),

together as (
    select
        papers_keywords.keyword_number as first_number,
        others.keyword_number as second_number,
        count(*) as paper_count
    from papers_keywords
    inner join others
        on
            papers_keywords.paper_number = others.paper_number
            and papers_keywords.keyword_number < others.keyword_number
    group by papers_keywords.keyword_number, others.keyword_number
    having count(*) >= {{ var('pair_min_papers') }}
),

-- How a pair is tested depends on these counts alone, which most pairs share with others.
counts as (
    select
        together.first_number,
        together.second_number,
        together.paper_count as pair_papers,
        firsts.paper_count as first_papers,
        seconds.paper_count as second_papers
    from together
    inner join counted as firsts on together.first_number = firsts.keyword_number
    inner join counted as seconds on together.second_number = seconds.keyword_number
),

-- The four cells of the table: papers with both, with either one alone, with neither.
cells as (
    select
        counts.pair_papers,
        counts.first_papers,
        counts.second_papers,
        count(*) as pair_count,
        cast(counts.pair_papers as double) as n11,
        cast(counts.first_papers - counts.pair_papers as double) as n10,
        cast(counts.second_papers - counts.pair_papers as double) as n01,
        cast(
            papers.paper_count - counts.first_papers - counts.second_papers
            + counts.pair_papers as double
        ) as n00,
        cast(counts.first_papers as double) as n1,
        cast(counts.second_papers as double) as n2,
        cast(papers.paper_count as double) as n
    from counts
    cross join papers
    group by
        counts.pair_papers, counts.first_papers, counts.second_papers, papers.paper_count
),

-- Dunning (1993): twice the logarithm of how much likelier the cells are dependent than
-- independent; under independence chi-squared with one degree of freedom.
measured as (
    select
        *,
        n1 * n2 / n as expected_count,
        greatest(
            0, 2 * (
                {{ g2_term('n11', 'n1', 'n2') }}
                + {{ g2_term('n10', 'n1', '(n - n2)') }}
                + {{ g2_term('n01', '(n - n1)', 'n2') }}
                + {{ g2_term('n00', '(n - n1)', '(n - n2)') }}
            )
        ) as g2
    from cells
),

rooted as (
    select
        *,
        sqrt(g2) as z_score
    from measured
),

tested as (
    select
        *,
        {{ two_sided_p('z_score') }} as p_value
    from rooted
),

-- Over all pairs of enough papers, those cut off included.
corrected as (
    {{ benjamini_hochberg_of_many('tested', 'p_value', 'q_value', 'pair_count') }}
),

supported as (
    select
        counts.first_number,
        counts.second_number,
        corrected.*
    from counts
    inner join corrected
        on
            counts.pair_papers = corrected.pair_papers
            and counts.first_papers = corrected.first_papers
            and counts.second_papers = corrected.second_papers
    order by
        corrected.n11 desc nulls last, corrected.g2 desc nulls last,
        counts.first_number asc nulls last, counts.second_number asc nulls last
    limit {{ var('pairs_max') }}
),

labelled as (
    select
        counted.keyword_number,
        counted.keyword_id,
        labels.keyword
    from counted
    inner join labels on counted.keyword_id = labels.keyword_id
),

named as (
    select
        supported.*,
        firsts.keyword_id as first_keyword_id,
        seconds.keyword_id as second_keyword_id,
        firsts.keyword as first_keyword,
        seconds.keyword as second_keyword
    from supported
    inner join labelled as firsts on supported.first_number = firsts.keyword_number
    inner join labelled as seconds on supported.second_number = seconds.keyword_number
),

keyword_pairs as (
    select
        first_keyword_id,
        second_keyword_id,
        first_keyword,
        second_keyword,
        cast(n11 as integer) as paper_count,
        cast(n1 as integer) as first_paper_count,
        cast(n2 as integer) as second_paper_count,
        cast(n as integer) as total_paper_count,
        {{ stable('expected_count') }} as expected_count,
        case
            when n11 > expected_count then 'attraction'
            when n11 < expected_count then 'avoidance'
        end as direction,
        -- Bouma (2009): 1 always together, 0 as independence has it, -1 never.
        {{ stable('case when n11 = n then 1e0 else ln(n11 / expected_count) / -ln(n11 / n) end') }}
            as npmi,
        {{ stable('g2') }} as g2,
        {{ stable('p_value') }} as p_value,
        q_value,
        {{ rules_version() }} as rules_version
    from named
)

select * from keyword_pairs
