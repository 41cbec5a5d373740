-- The 90 pairs of keywords that belong together most surely: the strongest association of each of the commonest keywords,
-- and the topic of each keyword.
with pairs as (
    select * from marts.keyword_pairs
    where npmi > 0 and q_value <= 0.05
),

sides as (
    select first_keyword_id as keyword_id, second_keyword_id as other_id, first_paper_count as own_count, * from pairs
    union all
    select second_keyword_id, first_keyword_id, second_paper_count, * from pairs
),

common as (
    select keyword_id from sides
    group by keyword_id
    order by max(own_count) desc, keyword_id
    limit 60
),

strongest as (
    select * from sides
    where keyword_id in (from common) and other_id in (from common)
    qualify row_number() over (
        partition by keyword_id order by npmi desc, paper_count desc, other_id
    ) <= 3
),

named as (
    select keyword_id, topic from marts.topic_keywords
    inner join marts.topics on topic_keywords.topic_id = topics.topic_id
)

select distinct
    first_keyword,
    second_keyword,
    first_keyword_id,
    second_keyword_id,
    paper_count,
    expected_count,
    npmi,
    first_paper_count,
    second_paper_count,
    firsts.topic as first_topic,
    seconds.topic as second_topic
from strongest
left join named as firsts on strongest.first_keyword_id = firsts.keyword_id
left join named as seconds on strongest.second_keyword_id = seconds.keyword_id
order by npmi desc, first_keyword_id, second_keyword_id
limit 90
