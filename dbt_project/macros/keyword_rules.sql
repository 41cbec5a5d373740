{#
    What the rules of keywords are called, and those that several models ask.
#}

{# Whether hardly a paper that mentions a term has it outside of longer ones: `large language`. #}
{% macro is_mostly_nested(own_paper_count, paper_count) -%}
    {{ own_paper_count }} < {{ var('keyword_min_own_share') }} * {{ paper_count }}
{%- endmacro %}

{# Whether a term is more than a part of longer ones, as far as so many papers show. #}
{% macro is_whole(own_paper_count, paper_count) -%}
    ({{ paper_count }} < {{ var('keyword_part_min_papers') }}
    or not {{ is_mostly_nested(own_paper_count, paper_count) }})
{%- endmacro %}

{# Whether a term is in titles, as far as so many papers show, and not what any paper says. #}
{% macro is_in_titles(title_paper_count, paper_count) -%}
    ({{ paper_count }} < {{ var('keyword_plain_min_papers') }}
    or {{ title_paper_count }} >= {{ var('keyword_min_title_share') }} * {{ paper_count }})
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
