with forms as (
    select * from {{ ref('int_forms__mentioned') }}
),

keywords as (
    select * from {{ ref('int_keywords__counted') }}
),

rules as (
    select * from {{ ref('keyword_rules') }}
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
        forms.paper_count,
        {{ hyphenless_text('forms.form') }} as hyphenless,
        {{ plain_text('forms.form') }} as plain
    from forms
    inner join keywords on forms.term_hash = keywords.term_hash
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
        {{ rounded('coalesce(ruled.sense_confidence, rules.confidence)', 4) }} as confidence,
        ruled.occurrence_count,
        ruled.paper_count,
        {{ rules_version() }} as rules_version
    from ruled
    left join rules on ruled.rule = rules.rule
)

select * from keyword_forms
