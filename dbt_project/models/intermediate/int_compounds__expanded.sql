with phrases as (
    select * from {{ ref('stg_phrases') }}
),

senses as (
    select * from {{ ref('int_senses__counted') }}
    where is_dominant and term is not null
),

merges as (
    select * from {{ ref('stg_keyword_overrides') }}
    where action = 'merge'
),

written as (
    select distinct phrase_key from phrases
    where contains(phrase_key, ' ')
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

-- Only what some paper writes out is a form of it; what is a short form of its own, or is
-- written out further itself, would make a chain.
known as (
    select expanded.*
    from expanded
    inner join written on expanded.term = written.phrase_key
    left join (select distinct phrase_key from expanded) as further
        on expanded.term = further.phrase_key
    left join (select distinct short_key from {{ ref('int_senses__counted') }}) as own
        on expanded.phrase_key = own.short_key
    where further.phrase_key is null and own.short_key is null
),

-- An abbreviation at either end: one of the two is enough.
chosen as (
    select
        phrase_key,
        min_by(short_key, term) as short_key,
        min_by(sense_hash, term) as sense_hash,
        min(term) as term
    from known
    group by phrase_key
),

compounds as (
    select
        {{ text_number(close_words('chosen.phrase_key')) }} as key_hash,
        chosen.phrase_key,
        chosen.short_key,
        chosen.sense_hash,
        coalesce(merges.target_key, chosen.term) as term,
        coalesce(
            merges.target_hash, {{ text_number(close_words('chosen.term')) }}
        ) as term_hash
    from chosen
    left join merges
        on {{ text_number(close_words('chosen.term')) }} = merges.keyword_hash
)

select * from compounds
