-- Rodriguez and Laio (2014), Clustering by fast search and find of density peaks, Science
-- 344: every keyword hangs on the one of more papers it depends on most; one that depends
-- on none is the centre of a topic. No order of arrival and no random start plays a part.
with keywords as (
    select
        keyword_id,
        paper_count
    from {{ ref('keywords') }}
),

pairs as (
    select * from {{ ref('keyword_pairs') }}
    where
        npmi >= {{ var('topic_min_npmi') }}
        and q_value <= {{ var('trend_false_discovery_rate') }}
        and paper_count >= {{ var('topic_pair_min_papers') }}
),

neighbours as (
    select
        first_keyword_id as keyword_id,
        second_keyword_id as neighbour_id,
        npmi,
        g2
    from pairs
    union all
    select
        second_keyword_id as keyword_id,
        first_keyword_id as neighbour_id,
        npmi,
        g2
    from pairs
),

ranked as (
    select
        neighbours.keyword_id,
        neighbours.neighbour_id as parent_keyword_id,
        neighbours.npmi as parent_npmi,
        row_number() over (
            partition by neighbours.keyword_id
            order by neighbours.g2 desc nulls last, neighbours.neighbour_id asc nulls last
        ) as choice
    from neighbours
    inner join keywords as own on neighbours.keyword_id = own.keyword_id
    inner join keywords as others on neighbours.neighbour_id = others.keyword_id
    where
        others.paper_count > own.paper_count
        or (
            others.paper_count = own.paper_count
            and others.keyword_id < own.keyword_id
        )
),

parents as (
    select * from ranked
    where choice = 1
),

ends as (
    select distinct keyword_id from neighbours
),

hung as (
    select
        ends.keyword_id,
        parents.parent_keyword_id,
        parents.parent_npmi
    from ends
    left join parents on ends.keyword_id = parents.keyword_id
)

select * from hung
