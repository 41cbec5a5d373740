{# Whether keywords are looked for in a text of that language: English, or none that is told. #}
{% macro is_read(language) -%}
    ({{ language }} is null or {{ language }} = 'en')
{%- endmacro %}
