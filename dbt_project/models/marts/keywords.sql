with accepted as (
    select * from {{ ref('int_keywords__accepted') }}
),

paper_keywords as (
    select * from {{ ref('paper_keywords') }}
),

forms as (
    select * from {{ ref('int_forms__counted') }}
),

abbreviations as (
    select distinct short_key from {{ ref('stg_abbreviations') }}
),

top_papers as (
    select
        keyword_id,
        cast(count(*) as integer) as top_paper_count
    from paper_keywords
    group by keyword_id
),

accepted_forms as (
    select forms.*
    from forms
    inner join accepted on forms.term_hash = accepted.term_hash
),

-- Titles capitalise every word, so running text decides which form is the commonest.
ranked_forms as (
    select
        term_hash,
        form,
        abstract_occurrence_count,
        is_abbreviation,
        form = lower(form) and not is_abbreviation as is_plain,
        (-abstract_occurrence_count, -occurrence_count, form) as form_rank
    from accepted_forms
),

commonest as (
    select
        term_hash,
        cast(count(*) as integer) as form_count,
        min_by(form, form_rank) filter (where not is_abbreviation) as form,
        max(abstract_occurrence_count) filter (where not is_abbreviation)
            as form_occurrence_count,
        min_by(form, form_rank) filter (where is_plain) as plain_form,
        max(abstract_occurrence_count) filter (where is_plain)
            as plain_occurrence_count,
        min_by(form, form_rank) filter (where is_abbreviation) as abbreviation
    from ranked_forms
    group by term_hash
),

-- Definitions are in capitals, Chain of Thought (CoT): a plain form in fair use reads
-- better.
labels as (
    select
        term_hash,
        form_count,
        abbreviation,
        case
            when
                plain_occurrence_count > 0
                and plain_occurrence_count
                >= {{ var('plain_form_min_share') }} * form_occurrence_count
                then plain_form
            else form
        end as keyword
    from commonest
),

keywords as (
    select
        accepted.keyword_id,
        labels.keyword,
        labels.abbreviation,
        abbreviations.short_key is not null as is_abbreviation,
        accepted.word_count,
        accepted.paper_count,
        top_papers.top_paper_count,
        accepted.occurrence_count,
        labels.form_count
    from accepted
    inner join top_papers on accepted.keyword_id = top_papers.keyword_id
    inner join labels on accepted.term_hash = labels.term_hash
    left join abbreviations on accepted.term = abbreviations.short_key
)

select * from keywords
