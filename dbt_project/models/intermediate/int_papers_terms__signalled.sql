{{ config(materialized='view') }}

with papers_terms as (
    select * from {{ ref('int_papers_terms__counted') }}
),

terms as (
    select * from {{ ref('int_terms__weighed') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

abbreviations as (
    select * from {{ ref('stg_abbreviations') }}
),

long_forms as (
    select distinct
        papers.paper_number,
        {{ text_number(close_words('abbreviations.long_key')) }} as term_hash
    from abbreviations
    inner join papers on abbreviations.text_id = papers.text_id
),

-- Never 0, so that a lift is defined where no keywords are given at all.
means as (
    select
        greatest(
            coalesce(
                sum(given_paper_count) * 1e0 / nullif(sum(listed_paper_count), 0), 0
            ),
            0.001e0
        ) as given_share
    from terms
),

-- What the paper itself is given does not count for it.
signalled as (
    select
        papers_terms.paper_number,
        papers_terms.term_hash,
        terms.term,
        papers_terms.occurrence_count,
        papers_terms.alone_count,
        papers_terms.first_word,
        papers_terms.in_title,
        long_forms.term_hash is not null as is_long_form,
        terms.word_count,
        terms.mean_word_idf,
        terms.phrase_idf,
        terms.title_lift,
        terms.alone_lift,
        terms.opening_lift,
        terms.closing_lift,
        {{ keyword_lift(
            '(terms.given_paper_count - cast(papers_terms.is_given as integer))',
            '(terms.listed_paper_count - cast(papers_terms.is_listed as integer))'
            ~ ' * means.given_share',
            'means.given_share', 3
        ) }} as prior_lift
    from papers_terms
    inner join terms on papers_terms.term_hash = terms.term_hash
    left join long_forms
        on
            papers_terms.paper_number = long_forms.paper_number
            and papers_terms.term_hash = long_forms.term_hash
    cross join means
)

select * from signalled
