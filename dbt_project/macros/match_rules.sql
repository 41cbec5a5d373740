{#
    What measures of pairs of records are kept under: raised with every change of int_record_pairs__measured, and different
    under other settings of it.
#}
{% macro match_rules_version() -%}
    7.{{ var('match_min_abstract_words') }}
{%- endmacro %}
