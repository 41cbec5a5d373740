with overrides as (
    select * from {{ source('raw', 'paper_overrides') }}
),

records as (
    select * from {{ ref('int_records__described') }}
),

-- Every way to name a record in an override; titles and ids may name several.
handles as (
    select
        'title ' || title_key as handle,
        record_number
    from records
    where (select count(*) from overrides) > 0
    union all
    select
        'arxiv ' || arxiv_id as handle,
        record_number
    from records
    where arxiv_id is not null and (select count(*) from overrides) > 0
    union all
    select
        'paper ' || name_id as handle,
        record_number
    from records
    where (select count(*) from overrides) > 0
),

named as (
    select
        least(a.record_number, b.record_number) as first_number,
        greatest(a.record_number, b.record_number) as second_number,
        overrides.verdict,
        overrides.reason
    from overrides
    inner join handles as a on overrides.first_handle = a.handle
    inner join handles as b on overrides.second_handle = b.handle
    where a.record_number <> b.record_number
),

overridden as (
    select
        first_number,
        second_number,
        min(verdict) as verdict,
        min(reason) as reason
    from named
    group by first_number, second_number
)

select * from overridden
