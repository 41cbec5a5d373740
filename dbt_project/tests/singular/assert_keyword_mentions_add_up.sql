{{ config(meta={'dagster': {'ref': {'name': 'keyword_mentions'}}}) }}
-- A keyword's count is its mentions: every one of them can be shown in its text. So is that
-- of each form.
with mentions as (
    select
        keyword_id,
        form,
        paper_id,
        count(*) as occurrence_count
    from {{ ref('keyword_mentions') }}
    group by keyword_id, form, paper_id
),

papers_keywords as (
    select
        keyword_id,
        paper_id,
        sum(occurrence_count) as occurrence_count
    from mentions
    group by keyword_id, paper_id
),

recounted as (
    select
        'keyword' as counted,
        keyword_id,
        '' as part,
        count(*) as paper_count,
        sum(occurrence_count) as occurrence_count
    from papers_keywords
    group by keyword_id
    union all
    select
        'form' as counted,
        keyword_id,
        form as part,
        count(*) as paper_count,
        sum(occurrence_count) as occurrence_count
    from mentions
    group by keyword_id, form
),

stated as (
    select
        'keyword' as counted,
        keyword_id,
        '' as part,
        paper_count,
        occurrence_count
    from {{ ref('keywords') }}
    union all
    select
        'form' as counted,
        keyword_id,
        form as part,
        paper_count,
        occurrence_count
    from {{ ref('keyword_forms') }}
)

select
    coalesce(stated.counted, recounted.counted) as counted,
    coalesce(stated.keyword_id, recounted.keyword_id) as keyword_id,
    coalesce(stated.part, recounted.part) as part,
    stated.paper_count,
    recounted.paper_count as recounted_paper_count,
    stated.occurrence_count,
    recounted.occurrence_count as recounted_occurrence_count
from stated
full outer join recounted
    on
        stated.counted = recounted.counted
        and stated.keyword_id = recounted.keyword_id
        and stated.part = recounted.part
where
    stated.paper_count is distinct from recounted.paper_count
    or stated.occurrence_count is distinct from recounted.occurrence_count
