with forms as (
    select * from {{ ref('int_forms__counted') }}
),

papers_terms as (
    select * from {{ ref('int_papers_terms__counted') }}
),

background as (
    select * from {{ ref('stg_background_terms') }}
),

-- Of the project for all warehouses, and of the user for this one.
stops as (
    select {{ close_words('term') }} as term_key from {{ ref('keyword_stops') }}
    union
    select keyword_key as term_key
    from {{ ref('stg_keyword_overrides') }}
    where action = 'stop'
),

-- Most terms have one form, which names them: choosing among texts is what DuckDB cannot
-- spill, so it is asked to do so only where there is a choice.
formed as (
    select
        term_hash,
        cast(count(*) as integer) as form_count,
        -- Spelled as no English word is, in running text: capitals of titles say nothing.
        try_cast(
            sum(
                case
                    when
                        not is_abbreviation
                        and abstract_occurrence_count > 0
                        and {{ is_coined('form') }}
                        then field_count
                    else 0
                end
            ) as integer
        ) as coined_count
    from forms
    group by term_hash
    having bool_or(is_ever_alone)
),

named as (
    select
        forms.term_hash,
        coalesce(forms.folded_into, forms.phrase_key) as term,
        case when forms.rule = 'split' then 'apart ' || forms.form end as split_form,
        formed.form_count,
        formed.coined_count
    from forms
    inner join formed on forms.term_hash = formed.term_hash
    where formed.form_count = 1
    union all
    select
        forms.term_hash,
        -- Its words are those of its commonest form: pre training or pretraining.
        min_by(
            coalesce(forms.folded_into, forms.phrase_key),
            (forms.is_abbreviation, -forms.occurrence_count, forms.form)
        ) as term,
        min('apart ' || forms.form) filter (where forms.rule = 'split') as split_form,
        formed.form_count,
        formed.coined_count
    from forms
    inner join formed on forms.term_hash = formed.term_hash
    where formed.form_count > 1
    group by forms.term_hash, formed.form_count, formed.coined_count
),

keyed as (
    select
        *,
        coalesce(split_form, {{ close_words('term') }}) as term_key
    from named
),

kept as (
    select keyed.*
    from keyed
    left join stops on keyed.term_key = stops.term_key
    where stops.term_key is null
),

spread as (
    select
        term_hash,
        cast(count(*) as integer) as paper_count,
        cast(count(*) filter (where in_title) as integer) as title_paper_count,
        try_cast(sum(occurrence_count) as integer) as occurrence_count,
        try_cast(sum(alone_count) as integer) as alone_count,
        cast(count(*) filter (where is_listed) as integer) as listed_paper_count,
        cast(count(*) filter (where is_given) as integer) as given_paper_count,
        cast(count(*) filter (where alone_count > 0) as integer) as alone_paper_count,
        cast(
            count(*) filter (where in_title and alone_count > 0) as integer
        ) as heading_paper_count,
        cast(
            count(*) filter (where occurrence_count > 1 and alone_count > 0) as integer
        ) as repeating_paper_count
    from papers_terms
    group by term_hash
),

counted as (
    select
        kept.term_hash,
        kept.term,
        kept.term_key,
        kept.form_count,
        kept.coined_count,
        cast({{ count_items(split_words('kept.term')) }} as integer) as word_count,
        spread.paper_count,
        spread.title_paper_count,
        spread.occurrence_count,
        spread.listed_paper_count,
        spread.given_paper_count,
        spread.alone_paper_count,
        spread.heading_paper_count,
        spread.repeating_paper_count,
        -- As if the background's papers were here, too.
        spread.paper_count
        + {{ var('background_papers') }} * coalesce(background.paper_share, 0)
            as all_paper_count,
        spread.title_paper_count
        + {{ var('background_papers') }}
        * coalesce(background.paper_share * background.title_share, 0)
            as all_title_paper_count,
        spread.occurrence_count
        + {{ var('background_papers') }} * coalesce(background.occurrence_rate, 0)
            as all_occurrence_count,
        spread.alone_count
        + {{ var('background_papers') }}
        * coalesce(background.occurrence_rate * background.alone_share, 0)
            as all_alone_count
    from kept
    inner join spread on kept.term_hash = spread.term_hash
    left join background on kept.term_key = background.term_key
)

select * from counted
