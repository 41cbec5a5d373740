-- Long, but one grain: every column of a keyword, gathered once.
with accepted as (
    select * from {{ ref('int_keywords__counted') }}
),

abbreviations as (
    select distinct short_key from {{ ref('stg_abbreviations') }}
),

-- Most keywords have one form, which needs no choice.
only_forms as (
    select
        accepted.term_hash,
        forms.form as keyword,
        cast(null as string) as abbreviation
    from {{ ref('int_forms__mentioned') }} as forms
    inner join accepted on forms.term_hash = accepted.term_hash
    where accepted.form_count = 1
),

-- Titles capitalise every word, so running text decides which form is the commonest.
ranked_forms as (
    select
        accepted.term_hash,
        forms.form,
        forms.abstract_occurrence_count,
        forms.is_abbreviation,
        -- What a user merges into a keyword does not name it, however common it is.
        not forms.is_abbreviation
        and coalesce(forms.rule, '') <> 'override' as is_own,
        forms.form = lower(forms.form)
        and not forms.is_abbreviation
        and coalesce(forms.rule, '') <> 'override' as is_plain,
        (-forms.abstract_occurrence_count, -forms.occurrence_count, forms.form)
            as form_rank
    from {{ ref('int_forms__mentioned') }} as forms
    inner join accepted on forms.term_hash = accepted.term_hash
    where accepted.form_count > 1
),

commonest as (
    select
        term_hash,
        coalesce(
            min_by(form, form_rank) filter (where is_own),
            min_by(form, form_rank) filter (where not is_abbreviation),
            min_by(form, form_rank)
        ) as form,
        max(abstract_occurrence_count) filter (where is_own)
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
chosen_forms as (
    select
        term_hash,
        case
            when
                plain_occurrence_count > 0
                and plain_occurrence_count
                >= {{ var('plain_form_min_share') }} * form_occurrence_count
                then plain_form
            else form
        end as keyword,
        abbreviation
    from commonest
),

labels as (
    select * from only_forms
    union all
    select * from chosen_forms
),

kinds as (
    select * from {{ ref('int_keywords__kinded') }}
),

renames as (
    select * from {{ ref('stg_keyword_overrides') }}
    where action = 'rename'
),

days as (
    select
        paper_number,
        coalesce(
            min(dated_on) filter (where date_basis = 'published'),
            min(dated_on) filter (where date_basis = 'listed')
        ) as seen_on
    from {{ ref('int_papers__dated') }}
    where stretch_number is not null
    group by paper_number
),

seen as (
    select
        mentioned.term_hash,
        min(days.seen_on) as first_seen_on,
        max(days.seen_on) as last_seen_on
    from {{ ref('int_papers_keywords__mentioned') }} as mentioned
    inner join days on mentioned.paper_number = days.paper_number
    group by mentioned.term_hash
),

yearly as (
    select
        mentioned.term_hash,
        cast(extract(year from days.seen_on) as integer) as seen_year,
        cast(count(*) as integer) as paper_count
    from {{ ref('int_papers_keywords__mentioned') }} as mentioned
    inner join days on mentioned.paper_number = days.paper_number
    where days.seen_on is not null
    group by mentioned.term_hash, cast(extract(year from days.seen_on) as integer)
),

years as (
    select
        term_hash,
        {{ listed_years('seen_year', 'paper_count') }} as paper_count_by_year
    from yearly
    group by term_hash
),

-- The papers in which it stands out, once each: in the title, among their own keywords, or given.
about as (
    select
        term_hash,
        cast(count(*) as integer) as about_paper_count
    from (
        select
            term_hash,
            paper_number
        from {{ ref('int_papers_keywords__mentioned') }}
        where in_title
        union
        select
            standing.term_hash,
            standing.paper_number
        from {{ ref('int_papers_terms__standing') }} as standing
        inner join accepted on standing.term_hash = accepted.term_hash
        where accepted.is_topical
        union
        select
            term_hash,
            paper_number
        from {{ ref('int_papers_terms__given') }}
    ) as papers
    group by term_hash
),

keywords as (
    select
        accepted.keyword_id,
        coalesce(renames.target, labels.keyword) as keyword,
        labels.abbreviation,
        abbreviations.short_key is not null as is_abbreviation,
        accepted.word_count,
        accepted.evidence,
        coalesce(kinds.kind, 'term') as kind,
        kinds.kind_evidence,
        accepted.paper_count,
        accepted.top_paper_count,
        coalesce(about.about_paper_count, 0) as about_paper_count,
        -- A model, a benchmark or any other name is used by papers that are about other things.
        coalesce(kinds.kind, 'term') in ('term', 'metric')
        and labels.keyword = lower(labels.keyword)
        and coalesce(about.about_paper_count, 0)
        < {{ var('passing_max_share') }} * accepted.paper_count as is_in_passing,
        {{ stable('accepted.reciprocal_rank / accepted.paper_count') }} as mean_reciprocal_rank,
        accepted.occurrence_count,
        accepted.form_count,
        seen.first_seen_on,
        seen.last_seen_on,
        years.paper_count_by_year,
        {{ rules_version() }} as rules_version
    from accepted
    inner join labels on accepted.term_hash = labels.term_hash
    left join about on accepted.term_hash = about.term_hash
    left join kinds on accepted.term_hash = kinds.term_hash
    left join seen on accepted.term_hash = seen.term_hash
    left join years on accepted.term_hash = years.term_hash
    left join renames on accepted.term_key = renames.keyword_key
    left join abbreviations on accepted.term = abbreviations.short_key
)

select * from keywords
