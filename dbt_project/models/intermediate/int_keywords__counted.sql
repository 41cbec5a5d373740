with accepted as (
    select * from {{ ref('int_keywords__accepted') }}
),

mentions as (
    select * from {{ ref('int_mentions__folded') }}
),

papers_keywords as (
    select
        paper_number,
        term_hash,
        sum(occurrence_count) as occurrence_count
    from mentions
    group by paper_number, term_hash
),

mentioned as (
    select
        term_hash,
        cast(count(*) as integer) as paper_count,
        try_cast(sum(occurrence_count) as integer) as occurrence_count
    from papers_keywords
    group by term_hash
),

forms as (
    select
        term_hash,
        cast(count(*) as integer) as form_count
    from {{ ref('int_forms__mentioned') }}
    group by term_hash
),

-- Candidates are few of the uses of a word that is everywhere: only all of them show that
-- hardly a paper is about `performance`.
counted as (
    select
        accepted.keyword_id,
        accepted.term_hash,
        accepted.term,
        accepted.term_key,
        accepted.word_count,
        accepted.top_paper_count,
        accepted.reciprocal_rank,
        accepted.phrase_idf,
        accepted.mean_word_idf,
        mentioned.paper_count,
        mentioned.occurrence_count,
        forms.form_count
    from accepted
    inner join mentioned on accepted.term_hash = mentioned.term_hash
    inner join forms on accepted.term_hash = forms.term_hash
    where
        accepted.top_paper_count
        >= {{ var('keyword_min_mention_share') }} * mentioned.paper_count
)

select * from counted
