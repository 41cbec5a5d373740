{# An address as far as its repository goes: without .git, what is below it, and a last /. #}
{% macro repository_url(url) -%}
    regexp_replace({{ url }}, '(/(tree|blob)/.*|[?#].*|[.]git/?|/+)$', '')
{%- endmacro %}
