{{ config(materialized='view') }}

with phrases as (
    select * from {{ ref('stg_phrases') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
    where {{ is_read('language') }}
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

compounds as (
    select * from {{ ref('int_compounds__expanded') }}
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

-- LLM agents are what the paper means by LLM, if it says so.
explained as (
    select
        keyed.*,
        senses.term as sense,
        senses.term_hash as sense_hash,
        senses.confidence,
        compounds.key_hash is not null as is_compound,
        case
            when coalesce(senses.term_hash, compounds.sense_hash) = compounds.sense_hash
                then compounds.term
        end as compound,
        case
            when coalesce(senses.term_hash, compounds.sense_hash) = compounds.sense_hash
                then compounds.term_hash
        end as compound_hash
    from keyed
    left join compounds on keyed.key_hash = compounds.key_hash
    left join senses
        on
            keyed.paper_number = senses.paper_number
            and coalesce(compounds.short_key, keyed.phrase_key) = senses.short_key
),

-- A form that is split off is a term of its own, whatever the rules make of it.
folded as (
    select
        explained.paper_number,
        explained.field,
        explained.phrase,
        explained.phrase_key,
        explained.occurrence_count,
        explained.alone_count,
        explained.first_word,
        explained.starts,
        case
            when splits.keyword_key is not null then 'split'
            when explained.sense_hash is not null and not explained.is_compound
                then 'abbreviation'
            when merges.keyword_key is not null then 'override'
            when explained.compound_hash is not null then 'compound'
        end as rule,
        case
            when splits.keyword_key is not null then null
            when not explained.is_compound
                then coalesce(explained.sense, merges.target_key)
            else coalesce(merges.target_key, explained.compound)
        end as folded_into,
        case when not explained.is_compound then explained.confidence end as confidence,
        case
            when splits.keyword_key is not null
                then {{ text_number("'apart ' || splits.keyword_key") }}
            when not explained.is_compound
                then coalesce(
                    explained.sense_hash, merges.target_hash, explained.key_hash
                )
            else coalesce(
                merges.target_hash, explained.compound_hash, explained.key_hash
            )
        end as term_hash
    from explained
    left join merges on explained.key_hash = merges.keyword_hash
    left join splits on explained.phrase = splits.keyword_key
)

select * from folded
