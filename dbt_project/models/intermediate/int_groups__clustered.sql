{{ config(
    materialized='rounds',
    start='select cast(0 as integer) as group_number, cast(0 as integer) as centre_number where false',
    settled_by='centre_number',
) }}

with clustered as ({{ centred_round(
    ref('int_groups__paired'), ref('int_groups__described'), this,
) }})

select * from clustered
