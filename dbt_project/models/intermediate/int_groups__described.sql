with records as (
    select * from {{ ref('int_records__described') }}
),

joined as (
    select * from {{ ref('int_records__joined') }}
),

described as (
    select
        coalesce(joined.group_number, records.record_number) as group_number,
        min(records.arxiv_id) as arxiv_id
    from records
    left join joined on records.record_number = joined.record_number
    group by 1
)

select * from described
