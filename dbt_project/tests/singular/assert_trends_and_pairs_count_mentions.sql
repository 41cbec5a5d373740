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

topics as (
    select
        {{ text_number('topic_id') }} as topic_hash,
        {{ text_number('keyword_id') }} as keyword_hash
    from {{ ref('topic_keywords') }}
),

dated_papers as (
    select * from {{ ref('int_papers__dated') }}
    where stretch_number is not null and date_precision <> 'year'
),

recounted as (
    select
        'trend' as counted,
        mentions.keyword_hash as subject_hash,
        dated_papers.date_basis as part,
        count(*) as paper_count
    from mentions
    inner join papers on mentions.paper_hash = papers.paper_hash
    inner join dated_papers on papers.paper_number = dated_papers.paper_number
    group by mentions.keyword_hash, dated_papers.date_basis
    union all
    select
        'pair' as counted,
        keyword_hash as subject_hash,
        '' as part,
        count(*) as paper_count
    from mentions
    where not is_nested
    group by keyword_hash
    union all
    select
        'topic' as counted,
        topics.topic_hash as subject_hash,
        '' as part,
        count(distinct mentions.paper_hash) as paper_count
    from mentions
    inner join topics on mentions.keyword_hash = topics.keyword_hash
    group by topics.topic_hash
),

stated as (
    select
        'trend' as counted,
        keyword_id as subject_id,
        date_basis as part,
        sum(keyword_paper_count) as paper_count
    from {{ ref('keyword_trends_by_month') }}
    group by keyword_id, date_basis
    union
    select
        'pair' as counted,
        first_keyword_id as subject_id,
        '' as part,
        first_paper_count as paper_count
    from {{ ref('keyword_pairs') }}
    union
    select
        'pair' as counted,
        second_keyword_id as subject_id,
        '' as part,
        second_paper_count as paper_count
    from {{ ref('keyword_pairs') }}
    union
    select
        'topic' as counted,
        topic_id as subject_id,
        '' as part,
        paper_count
    from {{ ref('topics') }}
)

select
    stated.*,
    recounted.paper_count as recounted_paper_count
from stated
left join recounted
    on
        stated.counted = recounted.counted
        and {{ text_number('stated.subject_id') }} = recounted.subject_hash
        and stated.part = recounted.part
where stated.paper_count is distinct from recounted.paper_count
