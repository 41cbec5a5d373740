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
