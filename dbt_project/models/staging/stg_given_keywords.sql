with entries as (
    select * from {{ source('raw', 'entries') }}
),

folded as (
    select * from {{ source('text', 'given_keywords') }}
),

held_dumps as (
    select dump_id from {{ source('raw', 'dumps') }}
    where status = 'held'
),

given as (
    select
        entry_id,
        dump_id,
        'author' as source,
        {{ unnested('keywords') }} as keyword
    from entries
    where keywords is not null
    union all
    select
        entry_id,
        dump_id,
        'ai' as source,
        {{ unnested('ai_keywords') }} as keyword
    from entries
    where ai_keywords is not null
),

keyed as (
    select distinct
        given.entry_id,
        given.source,
        given.keyword,
        folded.phrase_key
    from given
    inner join folded on given.keyword = folded.keyword
    where given.dump_id not in (select held_dumps.dump_id from held_dumps)
)

select * from keyed
