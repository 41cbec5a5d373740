{#
    What the rules of keywords are called, and those that several models ask.
#}

{# Whether hardly a paper that mentions a term has it outside of longer ones: `large language`. #}
{% macro is_mostly_nested(own_paper_count, paper_count) -%}
    {{ own_paper_count }} < {{ var('keyword_min_own_share') }} * {{ paper_count }}
{%- endmacro %}

{#
    Version of the rules that a row was made by: of the text stage, of the SQL and the setting
    of the score. Rows that differ while this is equal differ by their data.
#}
{% macro rules_version() -%}
    (
        select
            coalesce(max(text_version), '')
            || '.{{ var("keyword_rules_version") }}-{{ keyword_setting() }}'
        from {{ ref('stg_texts') }}
    )
{%- endmacro %}
