-- Long, but one grain: what a term is called, and what candidates and all else that texts
-- say count for it.
with forms as (
    select * from {{ ref('int_forms__counted') }}
),

-- What papers have and are not about: it only speaks for a term that others have, too.
further as (
    select
        term_hash,
        min(phrase_key) as term,
        try_cast(sum(paper_count) as integer) as paper_count,
        try_cast(sum(alone_paper_count) as integer) as alone_paper_count,
        try_cast(sum(name_paper_count) as integer) as name_paper_count,
        try_cast(sum(given_paper_count) as integer) as given_paper_count
    from {{ ref('int_further_phrases__counted') }}
    group by term_hash
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
                        then paper_count
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
    union all
    select
        further.term_hash,
        further.term,
        cast(null as string) as split_form,
        0 as form_count,
        0 as coined_count
    from further
    left join formed on further.term_hash = formed.term_hash
    where formed.term_hash is null
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
        ) as repeating_paper_count,
        cast(
            count(*) filter (
                where
                place <= {{ var('keyword_single_max_place') }} and alone_count > 0
            ) as integer
        ) as foremost_paper_count
    from papers_terms
    group by term_hash
),

counted as (
    select
        kept.term_hash,
        kept.term,
        kept.term_key,
        kept.form_count,
        kept.coined_count + coalesce(further.name_paper_count, 0) as coined_count,
        cast({{ count_items(split_words('kept.term')) }} as integer) as word_count,
        coalesce(spread.paper_count, 0) as paper_count,
        coalesce(further.paper_count, 0) as further_paper_count,
        coalesce(further.given_paper_count, 0) as further_given_paper_count,
        coalesce(spread.title_paper_count, 0) as title_paper_count,
        coalesce(spread.occurrence_count, 0) as occurrence_count,
        coalesce(spread.listed_paper_count, 0) as listed_paper_count,
        coalesce(spread.given_paper_count, 0) as given_paper_count,
        coalesce(spread.alone_paper_count, 0) + coalesce(further.alone_paper_count, 0)
            as alone_paper_count,
        coalesce(spread.heading_paper_count, 0) as heading_paper_count,
        coalesce(spread.repeating_paper_count, 0) as repeating_paper_count,
        coalesce(spread.foremost_paper_count, 0) as foremost_paper_count,
        -- As if the background's papers were here, too.
        coalesce(spread.paper_count, 0)
        + {{ var('background_papers') }} * coalesce(background.paper_share, 0)
            as all_paper_count,
        coalesce(spread.title_paper_count, 0)
        + {{ var('background_papers') }}
        * coalesce(background.paper_share * background.title_share, 0)
            as all_title_paper_count,
        coalesce(spread.occurrence_count, 0)
        + {{ var('background_papers') }} * coalesce(background.occurrence_rate, 0)
            as all_occurrence_count,
        coalesce(spread.alone_count, 0)
        + {{ var('background_papers') }}
        * coalesce(background.occurrence_rate * background.alone_share, 0)
            as all_alone_count
    from kept
    left join spread on kept.term_hash = spread.term_hash
    left join further on kept.term_hash = further.term_hash
    left join background on kept.term_key = background.term_key
)

select * from counted
