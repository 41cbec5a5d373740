-- The keyword: its forms, its topic, how many papers mention it and how many are about it.
with forms as (
    select keyword_id, list(form order by paper_count desc, form) as forms
    from marts.keyword_forms
    where keyword_id = $id
    group by keyword_id
),

topic as (
    select keyword_id, topic from marts.topic_keywords
    inner join marts.topics on topic_keywords.topic_id = topics.topic_id
    where keyword_id = $id
),

about as (
    select count(*) as papers_about from marts.paper_keywords
    where keyword_id = $id
)

select
    keywords.keyword,
    keywords.abbreviation,
    keywords.kind,
    keywords.paper_count,
    about.papers_about,
    keywords.first_seen_on,
    keywords.last_seen_on,
    forms.forms[:20] as forms,
    topic.topic
from marts.keywords
cross join about
left join forms on keywords.keyword_id = forms.keyword_id
left join topic on keywords.keyword_id = topic.keyword_id
where keywords.keyword_id = $id
