{{ config(meta={'dagster': {'ref': {'name': 'keyword_mentions'}}}) }}
-- A keyword's count is its mentions: every one of them can be shown in its text. So is that
-- of each form. Numbers stand for ids, since most rows of all marts are mentions; forms that
-- differ in two capitals may have the same number.
with mentions as (
    select
        {{ text_number('keyword_id') }} as keyword_number,
        form,
        {{ text_number('paper_id') }} as paper_number,
        count(*) as occurrence_count
    from {{ ref('keyword_mentions') }}
    group by {{ text_number('keyword_id') }}, form, {{ text_number('paper_id') }}
),

papers_keywords as (
    select
        keyword_number,
        paper_number,
        sum(occurrence_count) as occurrence_count
    from mentions
    group by keyword_number, paper_number
),

recounted as (
    select
        'keyword' as counted,
        keyword_number,
        '' as part,
        count(*) as paper_count,
        sum(occurrence_count) as occurrence_count
    from papers_keywords
    group by keyword_number
    union all
    select
        'form' as counted,
        keyword_number,
        form as part,
        count(*) as paper_count,
        sum(occurrence_count) as occurrence_count
    from mentions
    group by keyword_number, form
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
    stated.keyword_id,
    coalesce(stated.part, recounted.part) as part,
    stated.paper_count,
    recounted.paper_count as recounted_paper_count,
    stated.occurrence_count,
    recounted.occurrence_count as recounted_occurrence_count
from stated
full outer join recounted
    on
        stated.counted = recounted.counted
        and {{ text_number('stated.keyword_id') }} = recounted.keyword_number
        and stated.part = recounted.part
where
    stated.paper_count is distinct from recounted.paper_count
    or stated.occurrence_count is distinct from recounted.occurrence_count
