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

signalled as (
    select
        papers_terms.paper_number,
        papers_terms.term_hash,
        papers_terms.occurrence_count,
        papers_terms.alone_count,
        papers_terms.first_word,
        papers_terms.in_title,
        long_forms.term_hash is not null as is_long_form,
        terms.word_count,
        terms.mean_word_idf,
        terms.phrase_idf,
        terms.title_lift,
        terms.alone_lift
    from papers_terms
    inner join terms on papers_terms.term_hash = terms.term_hash
    left join long_forms
        on
            papers_terms.paper_number = long_forms.paper_number
            and papers_terms.term_hash = long_forms.term_hash
with signalled as (
    select * from {{ ref('int_papers_terms__signalled') }}
),

scored as (
    select
        paper_number,
        term_hash,
        occurrence_count,
        alone_count,
        first_word,
        in_title,
        is_long_form,
        round({{ keyword_score(keyword_setting()) }}, 6) as score
    from signalled
),

-- Of equal scores the earlier phrase is first. Two of one score that start at one word
-- have not been seen yet; the hash settles them.
candidates as (
    select
        *,
        cast(
            row_number() over (
                partition by paper_number
                order by score desc, first_word asc, term_hash asc
            ) as integer
        ) as candidate_rank
    from scored
    qualify candidate_rank <= {{ var('keyword_candidates_per_paper') }}
)

select * from candidates
