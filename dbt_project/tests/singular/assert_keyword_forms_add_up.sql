{{ config(meta={'dagster': {'ref': {'name': 'keyword_forms'}}}) }}
-- A keyword is its forms, no more and no less: number and occurrences add up.
with keywords as (
    select * from {{ ref('keywords') }}
),

keyword_forms as (
    select * from {{ ref('keyword_forms') }}
),

added as (
    select
        keyword_id,
        count(*) as form_count,
        sum(occurrence_count) as occurrence_count
    from keyword_forms
    group by keyword_id
)

select
    keywords.keyword_id,
    keywords.occurrence_count,
    added.occurrence_count as added_occurrence_count
from keywords
left join added on keywords.keyword_id = added.keyword_id
where
    added.keyword_id is null
    or keywords.form_count <> added.form_count
    or keywords.occurrence_count <> added.occurrence_count
