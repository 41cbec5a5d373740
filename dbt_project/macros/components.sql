{#
    Connected components. What the edges are and what a component means is the models' business.
#}

{#
    CTEs that give every end of the edges the smallest record number it is connected with, however long the way there.
    edges is a CTE of first_number, second_number; the result is the CTE <name>: record_number, cluster_number. They go
    into a `with recursive`.

    FastSV (Zhang, Azad and Hu 2020): in each round a record and the one that stands for it take the smallest that
    stands for a neighbour's, and ways are halved. The rounds grow with the logarithm of the longest way (15 for a chain
    of 5,000 records in any order), and end with the round that changes nothing.
#}
{% macro connected(edges, name) %}
{{ name }}_arcs as (
        select
            first_number as record_number,
            second_number as neighbour_number
        from {{ edges }}
        union
        select
            second_number as record_number,
            first_number as neighbour_number
        from {{ edges }}
    ),

    {{ name }}_rounds as (
        select distinct
            record_number,
            record_number as cluster_number,
            true as is_changed,
            0 as round_number
        from {{ name }}_arcs
        union all
        select
            record_number,
            min(cluster_number) as cluster_number,
            min(cluster_number) < max(before) as is_changed,
            max(round_number) + 1 as round_number
        from (
            select
                own.record_number,
                parents.cluster_number,
                own.cluster_number as before,
                own.round_number
            from {{ name }}_rounds as own
            inner join {{ name }}_rounds as parents
                on own.cluster_number = parents.record_number
            union all
            select
                unnest([arcs.record_number, own.cluster_number]) as record_number,
                parents.cluster_number,
                null as before,
                null as round_number
            from {{ name }}_arcs as arcs
            inner join {{ name }}_rounds as own
                on arcs.record_number = own.record_number
            inner join {{ name }}_rounds as neighbours
                on arcs.neighbour_number = neighbours.record_number
            inner join {{ name }}_rounds as parents
                on neighbours.cluster_number = parents.record_number
        )
        where (select bool_or(ends.is_changed) from {{ name }}_rounds as ends)
        group by record_number
    ),

    -- Labels only ever shrink.
    {{ name }} as (
        select
            record_number,
            min(cluster_number) as cluster_number
        from {{ name }}_rounds
        group by record_number
    )
{% endmacro %}
