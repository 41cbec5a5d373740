with climbed as (
    select * from {{ ref('int_keywords__climbed') }}
),

hung as (
    select * from {{ ref('int_keywords__hung') }}
),

grouped as (
    select
        *,
        count(*) over (partition by centre_keyword_id) as topic_keyword_count
    from climbed
)

select
    grouped.keyword_id,
    {{ content_id('t', 'grouped.centre_keyword_id') }} as topic_id,
    hung.parent_keyword_id,
    hung.parent_npmi,
    grouped.steps_to_centre
from grouped
inner join hung on grouped.keyword_id = hung.keyword_id
where grouped.topic_keyword_count >= {{ var('topic_min_keywords') }}
