with records as (
    select * from {{ ref('int_records__described') }}
),

centred as (
    select * from {{ ref('int_records__centred') }}
),

clusters as (
    select
        records.record_number,
        records.record_id,
        records.name_id,
        records.title_key,
        records.arxiv_id,
        records.first_seen_on,
        centred.centre_number as cluster_number
    from records
    inner join centred on records.record_number = centred.record_number
),

-- The record that names the paper. What may come later must not displace it: records
-- without an arXiv id go before those with one, earlier ones before later ones.
ranked as (
    select
        *,
        row_number() over (
            partition by cluster_number
            order by
                arxiv_id is not null nulls last,
                first_seen_on asc nulls first,
                title_key asc nulls last,
                name_id asc nulls last,
                record_id asc nulls last
        ) as naming_rank
    from clusters
),

-- Papers of one title and one beginning: the first of them has the plain id.
named as (
    select
        cluster_number,
        name_id,
        record_id,
        row_number() over (
            partition by name_id
            order by
                arxiv_id is not null nulls last,
                first_seen_on asc nulls first,
                record_id asc nulls last
        ) as sharing_rank
    from ranked
    where naming_rank = 1
),

papers as (
    select
        cluster_number,
        case
            when sharing_rank = 1 then name_id
            else {{ content_id('p', "name_id || ' ' || record_id") }}
        end as paper_id
    from named
),

clustered as (
    select
        ranked.record_number,
        ranked.record_id,
        ranked.name_id,
        ranked.arxiv_id,
        ranked.first_seen_on,
        cast(ranked.naming_rank as integer) as naming_rank,
        papers.paper_id
    from ranked
    inner join papers on ranked.cluster_number = papers.cluster_number
)

select * from clustered
