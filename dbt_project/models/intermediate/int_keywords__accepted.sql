with standing as (
    select * from {{ ref('int_papers_terms__standing') }}
),

terms as (
    select * from {{ ref('int_terms__counted') }}
),

topped as (
    select
        term_hash,
        cast(count(*) as integer) as top_paper_count
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
        terms.occurrence_count,
        terms.phrase_idf,
        terms.mean_word_idf
    from terms
    inner join topped on terms.term_hash = topped.term_hash
    where
        topped.top_paper_count
        >= {{ var('keyword_min_top_share') }} * terms.paper_count
)

select * from accepted
