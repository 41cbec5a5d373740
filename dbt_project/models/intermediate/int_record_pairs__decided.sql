with recursive judged as (
    select * from {{ ref('int_record_pairs__judged') }}
),

overridden as (
    select * from {{ ref('int_record_pairs__overridden') }}
),

records as (
    select * from {{ ref('int_records__described') }}
),

weighed_pairs as (
    select
        coalesce(judged.first_number, overridden.first_number) as first_number,
        coalesce(judged.second_number, overridden.second_number) as second_number,
        case
            when overridden.verdict is not null then 'override' else judged.rule
        end as rule,
        coalesce(overridden.verdict, judged.verdict) as verdict,
        judged.title_relation,
        judged.title_similarity,
        judged.abstract_similarity,
        judged.author_similarity,
        judged.year_gap,
        judged.first_only_words,
        judged.second_only_words,
        case
            when overridden.verdict is not null then 9 else judged.score
        end as score,
        overridden.reason as override_reason
    from judged
    full outer join overridden
        on
            judged.first_number = overridden.first_number
            and judged.second_number = overridden.second_number
),

same_pairs as (
    select
        first_number,
        second_number,
        score,
        rule in ('same_external_id', 'override') as is_firm,
        row_number() over (order by first_number, second_number) as edge_number
    from weighed_pairs
    where verdict = 'same'
),

{{ connected('same_pairs', 'connected_records') }},

-- Two arXiv ids, or a pair that is known to be two papers, inside one cluster.
contested as (
    select connected_records.cluster_number
    from connected_records
    inner join records on connected_records.record_number = records.record_number
    group by connected_records.cluster_number
    having min(records.arxiv_id) <> max(records.arxiv_id)
    union
    select a.cluster_number
    from weighed_pairs
    inner join connected_records as a on weighed_pairs.first_number = a.record_number
    inner join connected_records as b on weighed_pairs.second_number = b.record_number
    where weighed_pairs.verdict = 'different' and a.cluster_number = b.cluster_number
),

-- There, a record keeps only the partner that is closest to it and to which it is closest.
contested_pairs as (
    select same_pairs.*
    from same_pairs
    inner join connected_records
        on same_pairs.first_number = connected_records.record_number
    inner join contested
        on connected_records.cluster_number = contested.cluster_number
),

contested_ends as (
    select
        edge_number,
        first_number as record_number,
        is_firm,
        score
    from contested_pairs
    union all
    select
        edge_number,
        second_number as record_number,
        is_firm,
        score
    from contested_pairs
),

ranked as (
    select
        edge_number,
        is_firm,
        row_number() over (
            partition by record_number, is_firm
            order by score desc, edge_number asc
        ) as closeness
    from contested_ends
),

refused as (
    select edge_number
    from ranked
    group by edge_number
    having not bool_or(is_firm) and max(closeness) > 1
),

decided as (
    select
        weighed_pairs.first_number,
        weighed_pairs.second_number,
        case
            when refused.edge_number is not null then 'contested' else
                weighed_pairs.rule
        end
            as rule,
        case
            when refused.edge_number is not null then 'unsure' else
                weighed_pairs.verdict
        end
            as verdict,
        weighed_pairs.title_relation,
        weighed_pairs.title_similarity,
        weighed_pairs.abstract_similarity,
        weighed_pairs.author_similarity,
        weighed_pairs.year_gap,
        weighed_pairs.first_only_words,
        weighed_pairs.second_only_words,
        weighed_pairs.score,
        weighed_pairs.override_reason
    from weighed_pairs
    left join same_pairs
        on
            weighed_pairs.first_number = same_pairs.first_number
            and weighed_pairs.second_number = same_pairs.second_number
    left join refused on same_pairs.edge_number = refused.edge_number
)

select * from decided
