{#
    What Spark, and what speaks its protocol, says for macros of engine.sql. They are described there.
#}

{% macro spark__text_number(text) -%}
    xxhash64({{ text }})
{%- endmacro %}

{% macro spark__split_words(text) -%}
    split({{ text }}, ' ')
{%- endmacro %}

{% macro spark__unnested_words(text) -%}
    explode(split({{ text }}, ' '))
{%- endmacro %}

{# The size of no list is -1, or null where ANSI rules hold. #}
{% macro spark__count_items(items) -%}
    nullif(greatest(size({{ items }}), 0), 0)
{%- endmacro %}

{% macro spark__period_number(day, grain) -%}
    {% if grain == 'week' -%}
        cast(floor(datediff({{ day }}, cast('1969-12-29' as date)) / 7e0) as bigint)
    {%- elif grain == 'day' -%}
        cast(datediff({{ day }}, cast('1970-01-01' as date)) as bigint)
    {%- elif grain == 'month' -%}
        cast((year({{ day }}) - 1970) * 12 + month({{ day }}) - 1 as bigint)
    {%- else -%}
        cast(year({{ day }}) - 1970 as bigint)
    {%- endif %}
{%- endmacro %}

{% macro spark__period_start(number, grain) -%}
    {% if grain in ('day', 'week') -%}
        date_add(
            cast('{{ '1969-12-29' if grain == 'week' else '1970-01-01' }}' as date),
            cast(({{ number }}) * {{ 7 if grain == 'week' else 1 }} as int)
        )
    {%- else -%}
        add_months(
            cast('1970-01-01' as date),
            cast(({{ number }}) * {{ 12 if grain == 'year' else 1 }} as int)
        )
    {%- endif %}
{%- endmacro %}

{# A sequence whose end lies before its start would count down. #}
{% macro spark__integers(first, last) -%}
    filter(sequence(least({{ first }}, {{ last }}), {{ last }}), item -> item >= {{ first }})
{%- endmacro %}

{% macro spark__item_at(items, place) -%}
    element_at({{ items }}, {{ place }})
{%- endmacro %}

{% macro spark__listed_years(year, paper_count) -%}
    sort_array(collect_list(named_struct('year', {{ year }}, 'paper_count', {{ paper_count }})))
{%- endmacro %}

{% macro spark__slice_words(text, first, word_count) -%}
    array_join(slice(split({{ text }}, ' '), {{ first }}, {{ word_count }}), ' ')
{%- endmacro %}

{% macro spark__unnested(items) -%}
    explode({{ items }})
{%- endmacro %}

{% macro spark__list_without(items, others) -%}
    filter({{ items }}, item -> not array_contains({{ others }}, item))
{%- endmacro %}

{% macro spark__count_shared(items, others) -%}
    size(array_intersect({{ items }}, {{ others }}))
{%- endmacro %}

{% macro spark__text_numbers(items) -%}
    transform({{ items }}, item -> xxhash64(item))
{%- endmacro %}

{% macro spark__joined_items(items) -%}
    array_join({{ items }}, '; ')
{%- endmacro %}

{% macro spark__signed_number(number) -%}
    {{ number }}
{%- endmacro %}

{% macro spark__joined_words(words) -%}
    array_join({{ words }}, ' ')
{%- endmacro %}

{% macro spark__ends_with(text, ending) -%}
    endswith({{ text }}, {{ ending }})
{%- endmacro %}

{# By way of a character that no text has: Sail reads `$1_` as the name of a group, and drops it. #}
{% macro spark__close_words(text) -%}
    replace(
        replace(
            regexp_replace({{ text }}, '([0-9]) ([0-9])', concat('$1', chr(1), '$2')), ' ', ''
        ), chr(1), '_'
    )
{%- endmacro %}

{% macro spark__hyphenless_text(text) -%}
    regexp_replace(lower({{ text }}), '[-‐‑–/_]+', ' ')
{%- endmacro %}

{% macro spark__reversed_items(items) -%}
    reverse({{ items }})
{%- endmacro %}

{% macro spark__places_of(items, value) -%}
    filter(sequence(1, size({{ items }})), place -> element_at({{ items }}, place) = {{ value }})
{%- endmacro %}
