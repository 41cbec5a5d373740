with records as (
    select * from {{ ref('int_records__clustered') }}
),

pairs as (
    select * from {{ ref('int_record_pairs__decided') }}
    where verdict = 'same'
),

published as (
    select * from {{ source('quality', 'published_papers') }}
),

live as (
    select
        paper_id,
        min(first_seen_on) filter (where naming_rank = 1) as named_on
    from records
    group by paper_id
),

-- Every id a record's paper had, or would have had, without the records that joined it.
earlier_ids as (
    select
        name_id as old_paper_id,
        record_number,
        paper_id,
        first_seen_on
    from records
    union all
    select
        {{ content_id('p', "name_id || ' ' || record_id") }} as old_paper_id,
        record_number,
        paper_id,
        first_seen_on
    from records
    where
        name_id in (
            select named.name_id from records as named
            group by named.name_id
            having min(named.paper_id) <> max(named.paper_id)
        )
),

superseded as (
    select earlier_ids.*
    from earlier_ids
    left join live on earlier_ids.old_paper_id = live.paper_id
    where live.paper_id is null
),

ends as (
    select
        first_number as record_number,
        rule,
        score
    from pairs
    union all
    select
        second_number as record_number,
        rule,
        score
    from pairs
),

merged as (
    select
        superseded.old_paper_id,
        superseded.paper_id,
        -- The strongest decision on any of its records joined it.
        coalesce(min_by(ends.rule, (-ends.score, ends.rule)), 'equal_title') as reason,
        min(superseded.first_seen_on) as first_seen_on,
        count(*) as record_count
    from superseded
    left join ends on superseded.record_number = ends.record_number
    group by superseded.old_paper_id, superseded.paper_id
),

-- Where the records of an old id went to several papers, most of them decide.
chosen as (
    select
        old_paper_id,
        paper_id,
        reason,
        first_seen_on,
        row_number() over (
            partition by old_paper_id
            order by record_count desc nulls last, paper_id asc nulls last
        ) as choice
    from merged
),

removed as (
    select published.paper_id as old_paper_id
    from published
    left join live on published.paper_id = live.paper_id
    left join chosen on published.paper_id = chosen.old_paper_id
    where live.paper_id is null and chosen.old_paper_id is null
),

paper_redirects as (
    select
        chosen.old_paper_id,
        chosen.paper_id,
        chosen.reason,
        greatest(chosen.first_seen_on, live.named_on) as redirected_on
    from chosen
    inner join live on chosen.paper_id = live.paper_id
    where chosen.choice = 1
    union all
    select
        removed.old_paper_id,
        null as paper_id,
        'removed' as reason,
        cast(published.last_published_at as date) as redirected_on
    from removed
    inner join published on removed.old_paper_id = published.paper_id
)

select * from paper_redirects
