{{ config(materialized='view') }}

with papers_terms as (
    select * from {{ ref('int_papers_terms__counted') }}
),

terms as (
    select * from {{ ref('int_terms__counted') }}
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

given as (
    select distinct
        paper_number,
        term_hash
    from {{ ref('int_papers_terms__given') }}
),

listed_papers as (
    select distinct paper_number from given
),

-- Never 0, so that a lift is defined where no keywords are given at all.
means as (
    select
        greatest(
            coalesce(
                sum(given_paper_count) * 1.0 / nullif(sum(listed_paper_count), 0), 0
            ),
            0.001
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
        case when given.term_hash is null then 0 else 1 end as own_given,
        case when listed_papers.paper_number is null then 0 else 1 end as own_listed,
        {{ keyword_lift(
            '(terms.given_paper_count - own_given)',
            '(terms.listed_paper_count - own_listed)',
            'means.given_share', 3
        ) }} as prior_lift
    from papers_terms
    inner join terms on papers_terms.term_hash = terms.term_hash
    left join long_forms
        on
            papers_terms.paper_number = long_forms.paper_number
            and papers_terms.term_hash = long_forms.term_hash
    left join given
        on
            papers_terms.paper_number = given.paper_number
            and papers_terms.term_hash = given.term_hash
    left join listed_papers on papers_terms.paper_number = listed_papers.paper_number
    cross join means
)

select * from signalled
