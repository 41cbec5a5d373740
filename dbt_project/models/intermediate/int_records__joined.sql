{{ config(
    materialized='rounds',
    start='select cast(0 as integer) as record_number, cast(0 as integer) as group_number where false',
    settled_by='group_number',
) }}

-- What an id or a person joins is one group whatever else is known of it.
with joined as ({{ connected_round(
    "(select * from " ~ ref('int_record_pairs__weighed')
    ~ " where verdict = 'same' and rule in ('same_external_id', 'same_doi', 'override'))",
    this,
) }})

select * from joined
