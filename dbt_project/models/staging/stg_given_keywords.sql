with entries as (
    select * from {{ source('raw', 'entries') }}
),

folded as (
    select * from {{ source('extracted', 'given_keywords') }}
),

held_dumps as (
    select dump_id from {{ source('raw', 'dumps') }}
    where status = 'held'
),

given as (
    select
        entries.entry_id,
        entries.dump_id,
        'author' as source, -- noqa: RF04
        {{ unnested('entries.keywords') }} as keyword
    from entries
    where entries.keywords is not null
    union all
    select
        entries.entry_id,
        entries.dump_id,
        'ai' as source, -- noqa: RF04
        {{ unnested('entries.ai_keywords') }} as keyword
    from entries
    where entries.ai_keywords is not null
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
