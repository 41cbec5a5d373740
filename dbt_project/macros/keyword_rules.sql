{#
    What the rules of keywords are called. No rule belongs here.
#}

{#
    Version of the rules that a row was made by: of the text stage, of the SQL and the setting
    of the score. Rows that differ while this is equal differ by their data.
#}
{% macro rules_version() -%}
    (
        select
            coalesce(max(text_version), '')
            || '.{{ var("keyword_rules_version") }}-{{ var("keyword_setting") }}'
        from {{ ref('stg_texts') }}
    )
{%- endmacro %}
