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
    A table, and before it those of its table expressions that made_once names: each is a table beside it, by the name of
    both, and the expression reads that from there on.
#}
{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') %}
    {%- if temporary -%}{# of a unit test, which asks for its columns -#}
        {{ spark__create_temporary_view(relation, compiled_code) }}
    {%- else -%}
    {%- set parts = compiled_code.split('/* made once: ') -%}
    {%- set rest = namespace(sql=parts[0]) -%}
    {% for part in parts[1:] %}
        {%- set name = part.split(' */')[0] -%}
        {%- set made = relation.incorporate(path={'identifier': relation.identifier ~ '__' ~ name}) -%}
        {% do run_query('drop table if exists ' ~ made) %}
        {% call statement('made') -%}
            create table {{ made }} using parquet
            location '{{ env_var("PAPERHOUSE_LAKE") }}/{{ made.schema }}/{{ made.identifier }}' as
            {{ rest.sql.rstrip().rstrip(',') }} select * from {{ name }}
        {%- endcall %}
        {%- set behind = modules.re.sub('\\b' ~ name ~ ' as \\(', name ~ '__steps as (', rest.sql) -%}
        {%- set rest.sql = behind ~ name ~ ' as (select * from ' ~ made ~ '),' ~ part[part.index(' */') + 3:] -%}
    {% endfor %}
    create table {{ relation }}
    {{ file_format_clause() }}
    {{ location_clause() }}
    as
    {{ rest.sql }}
    {%- endif -%}
{% endmacro %}

{#
    The materialization of materializations.sql: each round is a table of its own, and what the model calls itself is a
    view of the last one, since no engine of this kind renames what lies in a folder. When the last has changed nothing, its
    rows are the table.
#}
{% materialization rounds, adapter='spark' %}
    {%- set new = this.incorporate(type='table') -%}
    {%- set folder = env_var('PAPERHOUSE_LAKE') ~ '/' ~ this.schema ~ '/' ~ this.identifier -%}
    {{ run_hooks(pre_hooks) }}
    {%- set rounds = namespace(sum=none, is_settled=false, last=none) -%}
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
        {%- set rounds.last = next -%}
    {% endfor %}
    {% do run_query('drop view ' ~ new) %}
    {% call statement('main') -%}
        create table {{ new }} using parquet location '{{ folder }}' as select * from {{ rounds.last }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [new]}) }}
{% endmaterialization %}
