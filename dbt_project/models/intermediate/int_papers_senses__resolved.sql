with decided as (
    select * from {{ ref('int_papers_senses__decided') }}
),

guessed as (
    select * from {{ ref('int_papers_senses__guessed') }}
),

senses as (
    select * from {{ ref('int_senses__counted') }}
),

merges as (
    select * from {{ ref('stg_keyword_overrides') }}
    where action = 'merge'
),

-- What a user merges a short form into holds wherever the paper does not say otherwise.
judged as (
    select
        decided.paper_number,
        decided.short_key,
        case
            when decided.rule is not null then decided.sense_key
            when guessed.probability >= {{ var('sense_min_probability') }}
                then guessed.sense_key
        end as sense_key,
        case
            when decided.rule = 'definition' then decided.rule
            when merges.keyword_key is not null then 'override'
            when decided.rule is not null then decided.rule
            when guessed.probability >= {{ var('sense_min_probability') }} then 'context'
            else 'ambiguous'
        end as rule,
        guessed.probability,
        merges.target_key,
        merges.target_hash
    from decided
    left join guessed
        on
            decided.paper_number = guessed.paper_number
            and decided.short_key = guessed.short_key
    left join merges
        on {{ text_number(close_words('decided.short_key')) }} = merges.keyword_hash
),

resolved as (
    select
        judged.paper_number,
        judged.short_key,
        judged.rule,
        case when judged.rule = 'override' then judged.target_key else senses.term end
            as term,
        case
            when judged.rule = 'override' then judged.target_hash
            else senses.term_hash
        end as term_hash,
        {{ stable("case judged.rule
            when 'override' then 1e0
            when 'definition' then 0.99e0
            when 'long_form' then 0.97e0
            when 'dominant'
                then (senses.paper_count + 1e0) / (senses.defining_paper_count + 2)
            when 'context' then judged.probability
            else 0e0
        end") }} as confidence
    from judged
    left join senses
        on
            judged.short_key = senses.short_key
            and judged.sense_key = senses.sense_key
)

select * from resolved
