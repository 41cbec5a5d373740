with phrases as (
    select * from {{ ref('int_phrases__folded') }}
),

forms as (
    select
        phrase as form,
        phrase_key,
        term_hash,
        rule,
        max(folded_into) as folded_into,
        cast(sum(occurrence_count) as integer) as occurrence_count,
        cast(
            coalesce(sum(occurrence_count) filter (where field = 'abstract'), 0)
            as integer
        ) as abstract_occurrence_count,
        bool_or(alone_count > 0) as is_ever_alone,
        cast(count(*) as integer) as field_count,
        coalesce(rule, '') = 'abbreviation' as is_abbreviation,
        -- In whole millionths: sums of integers do not depend on the order of the rows.
        sum(cast(1e6 * confidence as bigint)) / 1e6 / count(*) as sense_confidence
    from phrases
    group by phrase, phrase_key, term_hash, rule
)

select * from forms
