with records as (
    select * from {{ ref('int_records__described') }}
),

joined as (
    select * from {{ ref('int_records__joined') }}
),

clustered as (
    select * from {{ ref('int_groups__clustered') }}
),

grouped as (
    select
        records.record_number,
        coalesce(joined.group_number, records.record_number) as group_number
    from records
    left join joined on records.record_number = joined.record_number
),

centred as (
    select
        grouped.record_number,
        grouped.group_number,
        coalesce(clustered.centre_number, grouped.group_number) as centre_number
    from grouped
    left join clustered on grouped.group_number = clustered.group_number
)

select * from centred
