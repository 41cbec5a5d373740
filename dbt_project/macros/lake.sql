{#
    How tables are kept where the engine is Spark or speaks its protocol: Parquet in the lake, a folder per schema and a
    folder in it per table. Nothing here is seen by DuckDB.
#}

{% macro spark__file_format_clause() %}
    using parquet
{%- endmacro %}

{% macro spark__location_clause() %}
    location '{{ env_var("PAPERHOUSE_LAKE") }}/{{ model.schema }}/{{ model.alias }}'
{%- endmacro %}

{#
    Contracts name DuckDB's types, and Parquet tables keep no constraints. Both are held by comparison with DuckDB's tables
    instead (benchmarks engines).
#}
{% macro spark__persist_constraints(relation, model) %}
{%- endmacro %}

{% macro spark__get_assert_columns_equivalent(sql) %}
{%- endmacro %}

{#
    The materialization of materializations.sql: each round is a table of its own, and what the model calls itself is a
    view of the last one, since no engine of this kind renames what lies in a folder.
#}
{% materialization rounds, adapter='spark' %}
    {%- set new = this.incorporate(type='view') -%}
    {%- set folder = env_var('PAPERHOUSE_LAKE') ~ '/' ~ this.schema ~ '/' ~ this.identifier -%}
    {{ run_hooks(pre_hooks) }}
    {%- set rounds = namespace(sum=none, is_settled=false) -%}
    {% for round in range(config.get('most_rounds', 100) + 1) if not rounds.is_settled %}
        {%- set name = this.identifier ~ '__' ~ round -%}
        {%- set next = this.incorporate(path={'identifier': name}) -%}
        {#- No run_query: it would ask for the number of rows that the engine says it has written. #}
        {% call statement('round') -%}
            create table {{ next }} using parquet location '{{ folder }}__{{ round }}' as
            {{ sql if round else config.require('start') }}
        {%- endcall %}
        {% if round %}
            {% do run_query('drop view ' ~ new) %}
        {% endif %}
        {% do run_query('create view ' ~ new ~ ' as select * from ' ~ next) %}
        {%- set sum = rows_and_sum(new, config.require('settled_by')) -%}
        {%- set rounds.is_settled = sum == rounds.sum -%}
        {%- set rounds.sum = sum -%}
    {% endfor %}
    {% call noop_statement('main', 'ROUNDS') %}{% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [new]}) }}
{% endmaterialization %}
