with forms as (
    select * from {{ ref('int_forms__counted') }}
),

keywords as (
    select * from {{ ref('int_keywords__accepted') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
    where language is null or language = 'en'
),

in_titles as (
    select
        phrases.text_id,
        {{ text_number('phrases.phrase') }} as form_hash
    from {{ ref('stg_phrases') }} as phrases
    inner join papers on phrases.text_id = papers.text_id
    where phrases.field = 'title'
),

in_abstracts as (
    select
        text_id,
        {{ text_number('phrase') }} as form_hash
    from {{ ref('stg_phrases') }}
    where field = 'abstract'
),

-- A form has a row for each field of a paper, so a paper with it in both counts twice.
-- Finding those is far cheaper than counting distinct papers.
in_both as (
    select
        in_titles.form_hash,
        count(*) as paper_count
    from in_titles
    inner join in_abstracts
        on
            in_titles.text_id = in_abstracts.text_id
            and in_titles.form_hash = in_abstracts.form_hash
    group by in_titles.form_hash
),

keyword_forms as (
    select
        keywords.keyword_id,
        forms.form,
        case
            when forms.is_abbreviation then 'abbreviation'
            when forms.form = keywords.term then 'identity'
            when lower(forms.form) = keywords.term then 'case'
            when replace(lower(forms.form), '-', ' ') = keywords.term then 'hyphen'
            else 'plural'
        end as rule,
        forms.occurrence_count,
        cast(
            forms.field_count - coalesce(in_both.paper_count, 0) as integer
        ) as paper_count
    from forms
    inner join keywords on forms.term_hash = keywords.term_hash
    left join in_both on {{ text_number('forms.form') }} = in_both.form_hash
)

select * from keyword_forms
