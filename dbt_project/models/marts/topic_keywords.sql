with grouped as (
    select * from {{ ref('int_keywords__grouped') }}
),

keywords as (
    select * from {{ ref('keywords') }}
),

topic_keywords as (
    select
        grouped.topic_id,
        grouped.keyword_id,
        keywords.keyword,
        grouped.parent_keyword_id,
        {{ stable('grouped.parent_npmi') }} as parent_npmi,
        cast(grouped.steps_to_centre as integer) as steps_to_centre,
        cast(
            row_number() over (
                partition by grouped.topic_id
                order by keywords.paper_count desc nulls last, keywords.keyword_id asc nulls last
            ) as integer
        ) as keyword_rank
    from grouped
    inner join keywords on grouped.keyword_id = keywords.keyword_id
)

select * from topic_keywords
