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
-- hardly a paper is about it.
judged as (
    select
        accepted.*,
        mentioned.paper_count as mention_paper_count,
        mentioned.occurrence_count as mention_count,
        forms.form_count as mentioned_form_count,
        accepted.is_topical
        and accepted.top_paper_count
        >= {{ var('keyword_min_mention_share') }} * mentioned.paper_count
            as is_of_papers
    from accepted
    inner join mentioned on accepted.term_hash = mentioned.term_hash
    inner join forms on accepted.term_hash = forms.term_hash
),

counted as (
    select
        keyword_id,
        term_hash,
        term,
        term_key,
        word_count,
        evidence,
        is_of_papers as is_topical,
        case when is_of_papers then top_paper_count else 0 end as top_paper_count,
        case when is_of_papers then reciprocal_rank else 0 end as reciprocal_rank,
        phrase_idf,
        mean_word_idf,
        mention_paper_count as paper_count,
        mention_count as occurrence_count,
        mentioned_form_count as form_count
    from judged
)

select * from counted
