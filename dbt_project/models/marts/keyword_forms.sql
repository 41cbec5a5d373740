with forms as (
    select * from {{ ref('int_forms__counted') }}
),

keywords as (
    select * from {{ ref('int_keywords__accepted') }}
),

in_titles as (
    select * from {{ ref('int_phrases__folded') }}
    where field = 'title'
),

in_abstracts as (
    select * from {{ ref('stg_phrases') }}
    where field = 'abstract'
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

rules as (
    select * from {{ ref('keyword_rules') }}
),

-- A form has a row for each field of a paper, so a paper with it in both counts twice.
-- Finding those is far cheaper than counting distinct papers; what a form is folded into
-- does not depend on the field, so that of the title is enough.
in_both as (
    select
        {{ text_number('in_titles.phrase') }} as form_hash,
        in_titles.term_hash,
        count(*) as paper_count
    from in_titles
    inner join papers on in_titles.paper_number = papers.paper_number
    inner join in_abstracts
        on
            papers.text_id = in_abstracts.text_id
            and in_titles.phrase = in_abstracts.phrase
            and in_titles.phrase_key = in_abstracts.phrase_key
    group by {{ text_number('in_titles.phrase') }}, in_titles.term_hash
),

compared as (
    select
        keywords.keyword_id,
        keywords.term,
        forms.form,
        forms.phrase_key,
        forms.rule,
        forms.sense_confidence,
        forms.occurrence_count,
        cast(
            forms.field_count - coalesce(in_both.paper_count, 0) as integer
        ) as paper_count,
        {{ hyphenless_text('forms.form') }} as hyphenless,
        {{ plain_text('forms.form') }} as plain
    from forms
    inner join keywords on forms.term_hash = keywords.term_hash
    left join in_both
        on
            {{ text_number('forms.form') }} = in_both.form_hash
            and forms.term_hash = in_both.term_hash
),

-- The rule that does most: a form that is closed and plural is called closed.
ruled as (
    select
        keyword_id,
        form,
        case
            when rule is not null then rule
            when form = term then 'identity'
            when lower(form) = term then 'case'
            when phrase_key <> term then 'closed'
            when hyphenless = term then 'hyphen'
            when {{ has_digit('form') }} <> {{ has_digit('term') }} then 'number'
            when plain = term then 'accent'
            when {{ drop_final_s('plain') }} = {{ drop_final_s('term') }} then 'plural'
            else 'spelling'
        end as rule,
        sense_confidence,
        occurrence_count,
        paper_count
    from compared
),

keyword_forms as (
    select
        ruled.keyword_id,
        ruled.form,
        ruled.rule,
        round(coalesce(ruled.sense_confidence, rules.confidence), 4) as confidence,
        ruled.occurrence_count,
        ruled.paper_count,
        {{ rules_version() }} as rules_version
    from ruled
    left join rules on ruled.rule = rules.rule
)

select * from keyword_forms
