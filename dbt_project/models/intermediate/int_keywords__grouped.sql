-- Rodriguez and Laio (2014), Clustering by fast search and find of density peaks, Science
-- 344: every keyword hangs on the one of more papers it depends on most; one that depends
-- on none is the centre of a topic. No order of arrival and no random start plays a part.
with recursive keywords as (
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
            order by neighbours.g2 desc, neighbours.neighbour_id asc
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

centres as (
    select distinct neighbours.keyword_id
    from neighbours
    left join parents on neighbours.keyword_id = parents.keyword_id
    where parents.keyword_id is null
),

grown as (
    select
        keyword_id,
        keyword_id as centre_keyword_id,
        cast(null as varchar) as parent_keyword_id,
        cast(null as double) as parent_npmi,
        0 as steps_to_centre
    from centres
    union all
    select
        parents.keyword_id,
        grown.centre_keyword_id,
        parents.parent_keyword_id,
        parents.parent_npmi,
        grown.steps_to_centre + 1 as steps_to_centre
    from parents
    inner join grown on parents.parent_keyword_id = grown.keyword_id
),

grouped as (
    select
        *,
        count(*) over (partition by centre_keyword_id) as topic_keyword_count
    from grown
)

select
    keyword_id,
    {{ content_id('t', 'centre_keyword_id') }} as topic_id,
    parent_keyword_id,
    parent_npmi,
    steps_to_centre
from grouped
where topic_keyword_count >= {{ var('topic_min_keywords') }}
