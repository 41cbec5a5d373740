-- A keyword's count is its mentions: every one of them can be shown in its text.
with keywords as (
    select * from {{ ref('keywords') }}
),

keyword_mentions as (
    select * from {{ ref('keyword_mentions') }}
),

added as (
    select
        keyword_id,
        count(*) as occurrence_count
    from keyword_mentions
    group by keyword_id
)

select
    keywords.keyword_id,
    keywords.occurrence_count,
    added.occurrence_count as added_occurrence_count
from keywords
left join added on keywords.keyword_id = added.keyword_id
where coalesce(added.occurrence_count, 0) <> keywords.occurrence_count
