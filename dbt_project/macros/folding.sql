{#
    Common table expressions that say which term each phrase of a paper is, from one called `keyed` with the columns
    paper_number, phrase, phrase_key, key_hash and others to be handed on. The last one is `folded`.
#}
{% macro folded_terms(columns) %}
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
        explained.phrase,
        explained.phrase_key,
        {% for column in columns %}
            explained.{{ column }},
        {% endfor %}
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
{% endmacro %}

{# Common table expressions for what everybody means by a phrase, whatever its paper does. #}
{% macro common_meanings() %}
dominant as (
    select * from {{ ref('int_senses__counted') }}
    where is_dominant
),

merged as (
    select * from {{ ref('stg_keyword_overrides') }}
    where action = 'merge'
),

compounds as (
    select * from {{ ref('int_compounds__expanded') }}
)
{% endmacro %}

{# The term of a table's phrase_key and key_hash, as common_joins finds it. #}
{% macro common_term(phrases) -%}
    coalesce(
        merged.target_hash,
        dominant.term_hash,
        compounds.term_hash,
        {{ phrases }}.key_hash
    )
{%- endmacro %}

{% macro common_joins(phrases) -%}
    left join merged on {{ phrases }}.key_hash = merged.keyword_hash
    left join dominant on {{ phrases }}.phrase_key = dominant.short_key
    left join compounds on {{ phrases }}.key_hash = compounds.key_hash
{%- endmacro %}
