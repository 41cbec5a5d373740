with standing as (
    select * from {{ ref('int_papers_terms__standing') }}
),

terms as (
    select * from {{ ref('int_terms__weighed') }}
),

topped as (
    select
        term_hash,
        cast(count(*) as integer) as top_paper_count,
        -- In whole millionths: sums of integers do not depend on the order of the rows.
        sum(cast(1e6 / standing_rank as bigint)) / 1e6 as reciprocal_rank
    from standing
    group by term_hash
),

accepted as (
    select
        {{ content_id('k', 'terms.term_key') }} as keyword_id,
        terms.term_hash,
        terms.term,
        terms.term_key,
        terms.form_count,
        terms.word_count,
        terms.paper_count,
        topped.top_paper_count,
        topped.reciprocal_rank,
        terms.occurrence_count,
        terms.phrase_idf,
        terms.mean_word_idf
    from terms
    inner join topped on terms.term_hash = topped.term_hash
    where
        topped.top_paper_count
        >= {{ var('keyword_min_top_share') }} * terms.paper_count
        and topped.reciprocal_rank
        >= {{ var('keyword_min_reciprocal_rank') }} * terms.paper_count
)

select * from accepted
