with abbreviations as (
    select * from {{ ref('stg_abbreviations') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

phrases as (
    select * from {{ ref('stg_phrases') }}
),

defined as (
    select
        abbreviations.short_key,
        abbreviations.long_key,
        count(distinct papers.paper_number) as paper_count
    from abbreviations
    inner join papers on abbreviations.text_id = papers.text_id
    where abbreviations.short_key <> abbreviations.long_key
    group by abbreviations.short_key, abbreviations.long_key
),

weighed as (
    select
        short_key,
        long_key,
        paper_count,
        paper_count
        / sum(paper_count) over (partition by short_key) as paper_share
    from defined
),

dominant as (
    select
        short_key,
        long_key,
        paper_count,
        paper_share
    from weighed
    where
        paper_count >= {{ var('abbreviation_min_papers') }}
        and paper_share >= {{ var('abbreviation_min_share') }}
),

-- A long form that is itself a short form would make a chain; neither end is sure then.
unchained as (
    select dominant.*
    from dominant
    left join dominant as inner_forms on dominant.long_key = inner_forms.short_key
    where inner_forms.short_key is null
),

-- A long form that is no candidate itself (it holds a stop word) leaves nothing to fold
-- into.
candidates as (
    select distinct unchained.long_key
    from unchained
    inner join phrases on unchained.long_key = phrases.phrase_key
    inner join papers on phrases.text_id = papers.text_id
    where papers.language is null or papers.language = 'en'
),

resolved as (
    select unchained.*
    from unchained
    inner join candidates on unchained.long_key = candidates.long_key
)

select * from resolved
