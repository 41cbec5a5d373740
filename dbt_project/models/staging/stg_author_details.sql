with entries as (
    select * from {{ ref('stg_entries') }}
    where author_details is not null
),

told as (
    select
        entry_id,
        authors,
        {{ unnested('author_details') }} as detail
    from entries
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
