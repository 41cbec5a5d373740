{{ config(
    materialized='rounds',
    start="select cast('' as string) as keyword_id, cast('' as string) as centre_keyword_id, "
        "cast(0 as integer) as steps_to_centre where false",
    settled_by='steps_to_centre',
) }}

-- Each round doubles the way that is known: no engine needs recursion. A centre hangs on itself.
with hung as (
    select * from {{ ref('int_keywords__hung') }}
),

known as (
    select
        hung.keyword_id,
        coalesce(climbed.centre_keyword_id, hung.parent_keyword_id, hung.keyword_id)
            as centre_keyword_id,
        coalesce(
            climbed.steps_to_centre, case when hung.parent_keyword_id is null then 0 else 1 end
        ) as steps_to_centre
    from hung
    left join {{ this }} as climbed on hung.keyword_id = climbed.keyword_id
),

further as (
    select
        known.keyword_id,
        ahead.centre_keyword_id,
        cast(known.steps_to_centre + ahead.steps_to_centre as integer) as steps_to_centre
    from known
    inner join known as ahead on known.centre_keyword_id = ahead.keyword_id
)

select * from further
