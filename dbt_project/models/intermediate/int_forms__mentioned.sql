with mentions as (
    select * from {{ ref('int_mentions__folded') }}
),

forms as (
    select * from {{ ref('int_forms__found') }}
),

counted as (
    select
        term_hash,
        form_number,
        rule,
        sum(occurrence_count) as occurrence_count,
        sum(occurrence_count - title_occurrence_count) as abstract_occurrence_count,
        count(*) as paper_count,
        -- In whole millionths: sums of integers do not depend on the order of the rows.
        sum({{ nearest_whole('1e6 * confidence') }}) / 1e6 / count(*) as sense_confidence
    from mentions
    group by term_hash, form_number, rule
),

ways as (
    select
        counted.*,
        forms.form,
        forms.phrase_key
    from counted
    inner join forms on counted.form_number = forms.form_number
),

-- One form may come to its term in several ways: defined as its abbreviation in one paper,
-- a closed compound of it in another.
several as (
    select
        term_hash,
        form
    from ways
    group by term_hash, form
    having count(*) > 1
),

several_numbers as (
    select
        several.term_hash,
        several.form,
        forms.form_number
    from several
    inner join forms on several.form = forms.form
),

-- A paper may have a form in two ways, and is one paper.
spread as (
    select
        several_numbers.term_hash,
        several_numbers.form,
        count(distinct mentions.paper_number) as form_paper_count
    from mentions
    inner join several_numbers
        on
            mentions.term_hash = several_numbers.term_hash
            and mentions.form_number = several_numbers.form_number
    group by several_numbers.term_hash, several_numbers.form
),

ranked as (
    select
        ways.*,
        sum(ways.occurrence_count) over form_of_term as form_occurrence_count,
        sum(ways.abstract_occurrence_count) over form_of_term
            as form_abstract_occurrence_count,
        spread.form_paper_count,
        row_number() over (
            partition by ways.term_hash, ways.form
            order by
                ways.paper_count desc nulls last,
                ways.rule asc nulls first,
                ways.phrase_key asc nulls last
        ) as way_rank
    from ways
    inner join spread
        on ways.term_hash = spread.term_hash and ways.form = spread.form
    window form_of_term as (partition by ways.term_hash, ways.form)
),

-- The way of most papers names the rule; all of them count.
chosen as (
    select
        ways.term_hash,
        ways.form,
        ways.phrase_key,
        ways.rule,
        ways.occurrence_count,
        ways.abstract_occurrence_count,
        ways.paper_count,
        ways.sense_confidence
    from ways
    where
        not exists (
            select 1 from several
            where several.term_hash = ways.term_hash and several.form = ways.form
        )
    union all
    select
        term_hash,
        form,
        phrase_key,
        rule,
        form_occurrence_count as occurrence_count,
        form_abstract_occurrence_count as abstract_occurrence_count,
        form_paper_count as paper_count,
        sense_confidence
    from ranked
    where way_rank = 1
),

forms_of_terms as (
    select
        term_hash,
        form,
        phrase_key,
        rule,
        try_cast(occurrence_count as integer) as occurrence_count,
        cast(abstract_occurrence_count as integer) as abstract_occurrence_count,
        cast(paper_count as integer) as paper_count,
        coalesce(rule, '') = 'abbreviation' as is_abbreviation,
        sense_confidence
    from chosen
)

select * from forms_of_terms
