with phrases as (
    select * from {{ ref('int_phrases__folded') }}
),

ways as (
    select
        phrase as form,
        phrase_key,
        term_hash,
        rule,
        max(folded_into) as folded_into,
        try_cast(sum(occurrence_count) as integer) as occurrence_count,
        try_cast(sum(occurrence_count - title_count) as integer)
            as abstract_occurrence_count,
        bool_or(alone_count > 0) as is_ever_alone,
        cast(count(*) as integer) as paper_count,
        coalesce(rule, '') = 'abbreviation' as is_abbreviation,
        -- In whole millionths: sums of integers do not depend on the order of the rows.
        sum({{ nearest_whole('1e6 * confidence') }}) / 1e6 / count(*) as sense_confidence
    from phrases
    group by phrase, phrase_key, term_hash, rule
),

-- One form may come to its term in several ways: defined as its abbreviation in one paper,
-- a closed compound of it in another.
several as (
    select
        form,
        term_hash
    from ways
    group by form, term_hash
    having count(*) > 1
),

ranked as (
    select
        ways.form,
        ways.phrase_key,
        ways.term_hash,
        ways.rule,
        ways.is_abbreviation,
        ways.sense_confidence,
        max(ways.folded_into) over form_of_term as folded_into,
        sum(ways.occurrence_count) over form_of_term as occurrence_count,
        sum(ways.abstract_occurrence_count) over form_of_term
            as abstract_occurrence_count,
        bool_or(ways.is_ever_alone) over form_of_term as is_ever_alone,
        sum(ways.paper_count) over form_of_term as paper_count,
        row_number() over (
            partition by ways.form, ways.term_hash
            order by
                ways.paper_count desc nulls last,
                ways.rule asc nulls first,
                ways.phrase_key asc nulls last
        ) as way_rank
    from ways
    inner join several
        on ways.form = several.form and ways.term_hash = several.term_hash
    window form_of_term as (partition by ways.form, ways.term_hash)
),

-- The way of most papers names the rule; all of them count.
forms as (
    select
        form,
        phrase_key,
        term_hash,
        rule,
        folded_into,
        occurrence_count,
        abstract_occurrence_count,
        is_ever_alone,
        paper_count,
        is_abbreviation,
        sense_confidence
    from ways
    where
        not exists (
            select 1 from several
            where several.form = ways.form and several.term_hash = ways.term_hash
        )
    union all
    select
        form,
        phrase_key,
        term_hash,
        rule,
        folded_into,
        try_cast(occurrence_count as integer) as occurrence_count,
        cast(abstract_occurrence_count as integer) as abstract_occurrence_count,
        is_ever_alone,
        cast(paper_count as integer) as paper_count,
        is_abbreviation,
        sense_confidence
    from ranked
    where way_rank = 1
)

select * from forms
