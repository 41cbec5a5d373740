{{ config(meta={'dagster': {'ref': {'name': 'int_record_pairs__measured'}}}) }}
-- Kept measures and new ones together hold every candidate pair exactly once.
with pairs as (
    select * from {{ ref('int_records__paired') }}
),

records as (
    select * from {{ ref('int_records__described') }}
),

measures as (
    select * from {{ ref('int_record_pairs__measured') }}
)

select
    pairs.first_number,
    pairs.second_number
from pairs
inner join records as a on pairs.first_number = a.record_number
inner join records as b on pairs.second_number = b.record_number
left join measures
    on
        a.record_id = measures.first_record_id
        and b.record_id = measures.second_record_id
        and a.text_version = measures.text_version
group by pairs.first_number, pairs.second_number
having count(measures.first_record_id) <> 1
