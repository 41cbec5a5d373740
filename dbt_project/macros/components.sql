{#
    Connected components by label passing. What the edges are and what a component means is the models' business.
#}

{#
    CTEs that give every end of the edges the smallest record number it is connected with. edges is a CTE of
    edge_number, first_number, second_number; the result is the CTE <name>: record_number, cluster_number. Each round
    crosses one edge; windows, unlike joins, read each step once.
#}
{% macro connected(edges, name) %}
{{ name }}_ends as (
        select
            edge_number,
            first_number as record_number,
            first_number as cluster_number
        from {{ edges }}
        union all
        select
            edge_number,
            second_number as record_number,
            second_number as cluster_number
        from {{ edges }}
    ),

    {% for round in range(1, (var('identity_rounds') | int) + 1) %}
{% set before = name ~ '_ends' if loop.first else name ~ '_records_' ~ (round - 1) %}
{{ name }}_edges_{{ round }} as (
            select
                edge_number,
                record_number,
                min(cluster_number) over (partition by edge_number) as cluster_number
            from {{ before }}
        ),

        {{ name }}_records_{{ round }} as (
            select
                edge_number,
                record_number,
                min(cluster_number) over (partition by record_number) as cluster_number
            from {{ name }}_edges_{{ round }}
        ),
    {% endfor %}

{{ name }} as (
        select
            record_number,
            min(cluster_number) as cluster_number
        from {{ name }}_records_{{ var('identity_rounds') }}
        group by record_number
    )
{% endmacro %}
