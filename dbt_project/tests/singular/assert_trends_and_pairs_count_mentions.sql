{{ config(meta={'dagster': {'ref': {'name': 'keyword_trends_by_month'}}}) }}
-- What trends, pairs and topics count can be counted again from the mentions. Numbers stand for
-- ids, since most rows of all marts are mentions.
with mentions as (
    select
        {{ text_number('paper_id') }} as paper_hash,
        {{ text_number('keyword_id') }} as keyword_hash,
        bool_and(is_nested) as is_nested
    from {{ ref('keyword_mentions') }}
    group by {{ text_number('paper_id') }}, {{ text_number('keyword_id') }}
),

papers as (
    select
        paper_number,
        {{ text_number('paper_id') }} as paper_hash
    from {{ ref('int_papers__texts') }}
),

-- Where there is one topic, Sail cannot number it: a text that is the same in all rows.
topics as (
    select
        topic_id,
        {{ text_number('keyword_id') }} as keyword_hash
    from {{ ref('topic_keywords') }}
),

dated_papers as (
    select * from {{ ref('int_papers__dated') }}
    where stretch_number is not null and date_precision <> 'year'
),

recounted as (
    select
        'trend ' || dated_papers.date_basis || ' ' || cast(mentions.keyword_hash as string)
            as subject,
        count(*) as paper_count
    from mentions
    inner join papers on mentions.paper_hash = papers.paper_hash
    inner join dated_papers on papers.paper_number = dated_papers.paper_number
    group by mentions.keyword_hash, dated_papers.date_basis
    union all
    select
        'pair ' || cast(keyword_hash as string) as subject,
        count(*) as paper_count
    from mentions
    where not is_nested
    group by keyword_hash
    union all
    select
        'topic ' || topics.topic_id as subject,
        count(distinct mentions.paper_hash) as paper_count
    from mentions
    inner join topics on mentions.keyword_hash = topics.keyword_hash
    group by topics.topic_id
),

stated as (
    select
        'trend ' || date_basis || ' ' || cast({{ text_number('keyword_id') }} as string) as subject,
        keyword_id as subject_id,
        sum(keyword_paper_count) as paper_count
    from {{ ref('keyword_trends_by_month') }}
    group by keyword_id, date_basis
    union
    select
        'pair ' || cast({{ text_number('first_keyword_id') }} as string) as subject,
        first_keyword_id as subject_id,
        first_paper_count as paper_count
    from {{ ref('keyword_pairs') }}
    union
    select
        'pair ' || cast({{ text_number('second_keyword_id') }} as string) as subject,
        second_keyword_id as subject_id,
        second_paper_count as paper_count
    from {{ ref('keyword_pairs') }}
    union
    select
        'topic ' || topic_id as subject,
        topic_id as subject_id,
        paper_count
    from {{ ref('topics') }}
)

select
    stated.*,
    recounted.paper_count as recounted_paper_count
from stated
left join recounted on stated.subject = recounted.subject
where stated.paper_count is distinct from recounted.paper_count
