with forms as (
    select * from {{ ref('int_forms__counted') }}
),

keywords as (
    select * from {{ ref('int_keywords__accepted') }}
),

phrases as (
    select * from {{ ref('int_phrases__folded') }}
),

rules as (
    select * from {{ ref('keyword_rules') }}
),

in_titles as (
    select
        paper_number,
        term_hash,
        {{ text_number('phrase') }} as form_hash
    from phrases
    where field = 'title'
),

in_abstracts as (
    select
        paper_number,
        term_hash,
        {{ text_number('phrase') }} as form_hash
    from phrases
    where field = 'abstract'
),

-- A form has a row for each field of a paper, so a paper with it in both counts twice.
-- Finding those is far cheaper than counting distinct papers.
in_both as (
    select
        in_titles.form_hash,
        in_titles.term_hash,
        count(*) as paper_count
    from in_titles
    inner join in_abstracts
        on
            in_titles.paper_number = in_abstracts.paper_number
            and in_titles.form_hash = in_abstracts.form_hash
            and in_titles.term_hash = in_abstracts.term_hash
    group by in_titles.form_hash, in_titles.term_hash
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
