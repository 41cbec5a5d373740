with phrases as (
    select * from {{ ref('stg_phrases') }}
),

senses as (
    select * from {{ ref('int_senses__counted') }}
    where is_dominant and term is not null
),

merged as (
    select * from {{ ref('stg_keyword_overrides') }}
    where action = 'merge'
),

written as (
    select distinct phrase_key from phrases
    where phrase_key <> {{ first_word('phrase_key') }}
),

bounded as (
    select
        phrase_key,
        {{ first_word('phrase_key') }} as opening,
        {{ last_word('phrase_key') }} as closing
    from written
),

expanded as (
    select
        bounded.phrase_key,
        senses.short_key,
        senses.term_hash as sense_hash,
        senses.term || substr(bounded.phrase_key, length(senses.short_key) + 1)
            as term
    from bounded
    inner join senses on bounded.opening = senses.short_key
    union all
    select
        bounded.phrase_key,
        senses.short_key,
        senses.term_hash as sense_hash,
        substr(
            bounded.phrase_key,
            1,
            length(bounded.phrase_key) - length(senses.short_key)
        ) || senses.term as term
    from bounded
    inner join senses on bounded.closing = senses.short_key
),

short_keys as (
    select short_key from senses
),

expanded_keys as (
    select distinct phrase_key from expanded
),

-- Only what some paper writes out is a form of it; what is a short form of its own, or is
-- written out further itself, would make a chain.
kept as (
    select
        expanded.phrase_key,
        expanded.short_key,
        expanded.sense_hash,
        expanded.term
    from expanded
    inner join written on expanded.term = written.phrase_key
    left join expanded_keys on expanded.term = expanded_keys.phrase_key
    left join short_keys on expanded.phrase_key = short_keys.short_key
    where expanded_keys.phrase_key is null and short_keys.short_key is null
),

keyed as (
    select
        *,
        {{ text_number(close_words('phrase_key')) }} as key_hash
    from kept
),

-- One of several spellings, and of an abbreviation at either end.
chosen as (
    select
        key_hash,
        min_by(phrase_key, (term, phrase_key)) as phrase_key,
        min_by(short_key, (term, phrase_key)) as short_key,
        min_by(sense_hash, (term, phrase_key)) as sense_hash,
        min(term) as term
    from keyed
    group by key_hash
),

compounds as (
    select
        chosen.key_hash,
        chosen.phrase_key,
        chosen.short_key,
        chosen.sense_hash,
        coalesce(merged.target_key, chosen.term) as term,
        coalesce(
            merged.target_hash, {{ text_number(close_words('chosen.term')) }}
        ) as term_hash
    from chosen
    left join merged
        on {{ text_number(close_words('chosen.term')) }} = merged.keyword_hash
)

select * from compounds
