{#
    Tables and views are made in place of what was there, in one transaction and one call of the database. dbt's own
    way makes them under another name, moves the old one aside, renames both and drops what is left, so that readers of
    the file never miss one; nobody reads this file while dbt writes it. A build of 40 papers spends 3 s of 15 s less in
    dbt.
#}

{% materialization table, adapter='duckdb' %}
    {{ return(replace_relation('table')) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(replace_relation('view')) }}
{% endmaterialization %}

{% macro replace_relation(type) %}
    {%- set old = load_cached_relation(this) -%}
    {%- set new = this.incorporate(type=type) -%}
    {{ run_hooks(pre_hooks) }}
    {%- if type == 'table' -%}
        {%- set create = get_create_table_as_sql(False, new, sql) -%}
    {%- else -%}
        {%- set create = get_create_view_as_sql(new, sql) -%}
    {%- endif -%}
    {%- set drop = 'drop ' ~ old.type ~ ' if exists ' ~ old ~ ';' if old else '' -%}
    {% call statement('main') -%}
        {{ drop }} {{ create }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [new]}) }}
{% endmacro %}

{# A table's number of rows and the sum of a column as a text: what tells two rounds apart. #}
{% macro rows_and_sum(relation, column) %}
    {%- set found = run_query(
        'select count(*), coalesce(sum(' ~ column ~ '), 0) from ' ~ relation
    ).rows[0] -%}
    {{ return(found[0] ~ ' ' ~ found[1]) }}
{% endmacro %}

{#
    A table that is made in rounds: the model says what a round makes of the table as the round before left it ({{ this
    }}), and rounds follow each other until one changes neither the number of rows nor the sum of `settled_by`. `start` is
    the SQL of the table before the first. No engine needs recursion, and none repeats a round within the next.
#}
{% materialization rounds, adapter='duckdb' %}
    {%- set old = load_cached_relation(this) -%}
    {%- set new = this.incorporate(type='table') -%}
    {%- set next = this.incorporate(path={'identifier': this.identifier ~ '__next'}) -%}
    {{ run_hooks(pre_hooks) }}
    {% if old %}
        {% do run_query('drop ' ~ old.type ~ ' if exists ' ~ old) %}
    {% endif %}
    {% do run_query('create table ' ~ new ~ ' as ' ~ config.require('start')) %}
    {%- set rounds = namespace(sum=none, is_settled=false) -%}
    {% for _ in range(config.get('most_rounds', 100)) if not rounds.is_settled %}
        {% do run_query('create table ' ~ next ~ ' as ' ~ sql) %}
        {% do run_query('drop table ' ~ new) %}
        {% do run_query('alter table ' ~ next ~ ' rename to ' ~ this.identifier) %}
        {%- set sum = rows_and_sum(new, config.require('settled_by')) -%}
        {%- set rounds.is_settled = sum == rounds.sum -%}
        {%- set rounds.sum = sum -%}
    {% endfor %}
    {% call noop_statement('main', 'ROUNDS') %}{% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [new]}) }}
{% endmaterialization %}
