with entries as (
    select * from {{ ref('stg_entries') }}
),

identified as (
    select * from {{ ref('int_entries__identified') }}
),

placed as (
    select
        entries.dump_id,
        try_cast(entries.position as integer) as position,
        try_cast(entries.first_line as integer) as first_line,
        try_cast(entries.last_line as integer) as last_line,
        identified.paper_id
    from entries
    inner join identified on entries.entry_id = identified.entry_id
)

select * from placed
