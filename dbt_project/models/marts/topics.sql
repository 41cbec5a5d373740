with grouped as (
    select * from {{ ref('int_keywords__grouped') }}
),

keywords as (
    select * from {{ ref('keywords') }}
),

counted as (
    select * from {{ ref('int_keywords__counted') }}
),

mentioned as (
    select * from {{ ref('int_papers_keywords__mentioned') }}
),

members as (
    select
        grouped.topic_id,
        grouped.keyword_id,
        grouped.steps_to_centre,
        keywords.keyword,
        row_number() over (
            partition by grouped.topic_id
            order by keywords.paper_count desc nulls last, keywords.keyword_id asc nulls last
        ) as keyword_rank
    from grouped
    inner join keywords on grouped.keyword_id = keywords.keyword_id
),

labels as (
    select
        topic_id,
        min(keyword_id) filter (where steps_to_centre = 0) as centre_keyword_id,
        min(keyword) filter (where keyword_rank = 1)
        || ', ' || min(keyword) filter (where keyword_rank = 2)
        || ', ' || min(keyword) filter (where keyword_rank = 3) as topic,
        count(*) as keyword_count
    from members
    group by topic_id
),

counts as (
    select
        grouped.topic_id,
        count(distinct mentioned.paper_number) as paper_count
    from mentioned
    inner join counted on mentioned.term_hash = counted.term_hash
    inner join grouped on counted.keyword_id = grouped.keyword_id
    group by grouped.topic_id
),

topics as (
    select
        labels.topic_id,
        labels.topic,
        labels.centre_keyword_id,
        cast(labels.keyword_count as integer) as keyword_count,
        cast(counts.paper_count as integer) as paper_count,
        {{ rules_version() }} as rules_version
    from labels
    inner join counts on labels.topic_id = counts.topic_id
)

select * from topics
