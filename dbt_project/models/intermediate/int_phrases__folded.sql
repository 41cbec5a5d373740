{{ config(materialized='view') }}

with phrases as (
    select * from {{ ref('stg_phrases') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
    where language is null or language = 'en'
),

senses as (
    select * from {{ ref('int_papers_senses__resolved') }}
    where term_hash is not null
),

merges as (
    select * from {{ ref('stg_keyword_overrides') }}
    where action = 'merge'
),

splits as (
    select * from {{ ref('stg_keyword_overrides') }}
    where action = 'split'
),

keyed as (
    select
        papers.paper_number,
        phrases.field,
        phrases.phrase,
        phrases.phrase_key,
        phrases.occurrence_count,
        phrases.alone_count,
        phrases.first_word,
        phrases.starts,
        {{ text_number(close_words('phrases.phrase_key')) }} as key_hash
    from phrases
    inner join papers on phrases.text_id = papers.text_id
),

-- A form that is split off is a term of its own, whatever the rules make of it.
folded as (
    select
        keyed.paper_number,
        keyed.field,
        keyed.phrase,
        keyed.phrase_key,
        keyed.occurrence_count,
        keyed.alone_count,
        keyed.first_word,
        keyed.starts,
        case
            when splits.keyword_key is not null then 'split'
            when senses.term_hash is not null then 'abbreviation'
            when merges.keyword_key is not null then 'override'
        end as rule,
        case
            when splits.keyword_key is null
                then coalesce(senses.term, merges.target_key)
        end as folded_into,
        senses.confidence,
        case
            when splits.keyword_key is not null
                then {{ text_number("'apart ' || splits.keyword_key") }}
            else coalesce(senses.term_hash, merges.target_hash, keyed.key_hash)
        end as term_hash
    from keyed
    left join senses
        on
            keyed.paper_number = senses.paper_number
            and keyed.phrase_key = senses.short_key
    left join merges on keyed.key_hash = merges.keyword_hash
    left join splits on keyed.phrase = splits.keyword_key
)

select * from folded
