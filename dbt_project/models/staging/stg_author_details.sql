with entries as (
    select * from {{ source('raw', 'entries') }}
    where author_details is not null
),

held_dumps as (
    select dump_id from {{ source('raw', 'dumps') }}
    where status = 'held'
),

told as (
    select
        entry_id,
        authors,
        {{ unnested('author_details') }} as detail
    from entries
    where dump_id not in (select held_dumps.dump_id from held_dumps)
),

details as (
    select
        told.entry_id,
        try_cast(told.detail.author_number as integer) as position, -- noqa: RF04
        {{ item_at('told.authors', 'told.detail.author_number') }} as name,
        {{ count_items('told.authors') }} as author_count,
        told.detail.orcid,
        told.detail.author_id,
        told.detail.affiliations
    from told
)

select * from details
