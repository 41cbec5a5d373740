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

{% macro spark__days_between(day, later) -%}
    datediff({{ later }}, {{ day }})
{%- endmacro %}

{% macro spark__item_at(items, place) -%}
    element_at({{ items }}, try_cast({{ place }} as int))
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
    array_size(array_intersect({{ items }}, {{ others }}))
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

{% macro spark__count_shared_of_sets(items, others) -%}
    array_size(filter({{ items }}, item -> array_contains({{ others }}, item)))
{%- endmacro %}

{# A struct sorts by its first field. #}
{% macro spark__listed(value, order) -%}
    transform(
        sort_array(collect_list(named_struct('place', {{ order }}, 'value', {{ value }}))), item -> item.value
    )
{%- endmacro %}

{% macro spark__count_leading(items, others) -%}
    coalesce(
        nullif(array_position(
            transform(
                {{ spark__integers('1', 'least(size(' ~ items ~ '), size(' ~ others ~ '))') }},
                place -> element_at({{ items }}, place) <> element_at({{ others }}, place)
            ), true
        ), 0) - 1,
        least(size({{ items }}), size({{ others }}))
    )
{%- endmacro %}

{# strip_accents is no function of Spark's: pipelines/engines/functions.py is it. #}
{% macro spark__running_words(text, min_length) -%}
    regexp_extract_all(strip_accents(lower({{ text }})), '[\\p{L}\\p{N}]{{ '{' ~ min_length ~ ',}' }}', 0)
{%- endmacro %}

{% macro spark__folded_words(text, min_length) -%}
    array_distinct({{ spark__running_words(text, min_length) }})
{%- endmacro %}

{% macro spark__word_numbers(text, min_length) -%}
    array_distinct(transform({{ spark__running_words(text, min_length) }}, word -> xxhash64(word)))
{%- endmacro %}

{% macro spark__folded_names(text) -%}
    transform(
        split(strip_accents(lower({{ text }})), '; '),
        name -> array_distinct(regexp_extract_all(name, '[\\p{L}\\p{N}]+', 0))
    )
{%- endmacro %}

{#
    The second question is asked the other way round (not one of them that is not): Spark takes two functions of the same
    list items for one where only the items stand in each other's place, and leaves the second one out.
#}
{% macro spark__count_people(names, others) -%}
    array_size(filter({{ names }}, name -> exists(
        {{ others }}, other ->
        exists(array_intersect(name, other), word -> length(word) > 1)
        and (
            {{ are_cut_names(list_without('name', 'other'), list_without('other', 'name')) }}
            or not exists({{ list_without('other', 'name') }}, word -> not {{ spark__is_cut_name(
                'word', list_without('name', 'other')
            ) }})
        )
    )))
{%- endmacro %}

{% macro spark__are_cut_names(words, others) -%}
    forall({{ words }}, word -> {{ spark__is_cut_name('word', others) }})
{%- endmacro %}

{% macro spark__is_cut_name(word, others) -%}
    exists({{ others }}, rest ->
        not {{ spark__has_digit('concat(' ~ word ~ ', rest)') }}
        and (
            startswith(rest, case when length({{ word }}) > 2 then {{ word }} else left({{ word }}, 1) end)
            or startswith({{ word }}, case when length(rest) > 2 then rest else left(rest, 1) end)
        )
    )
{%- endmacro %}

{#
    Words by hand: `\b` of Java and of Sail sees letters beyond ASCII, RE2's does not. chr(1), which no text has, stands on
    both sides of what is between words, so that a word that is taken out leaves its neighbour one.
#}
{% macro spark__sense_key(text) -%}
    {%- set stem -%}
        regexp_replace(
            {{ text }},
            '([a-z]{3,}?)(atically|ational|ically|ation|ative|ating|ator|ated|atic|ional|ally|ion|ive|ing|ed|er|or|al|ic|ly)($|[^0-9A-Za-z_])',
            '$1$3'
        )
    {%- endset -%}
    {%- set parted -%}
        regexp_replace({{ stem }}, '([^0-9A-Za-z_]+)', concat(chr(1), '$1', chr(1)))
    {%- endset -%}
    {%- set telling -%}
        replace(regexp_replace(
            {{ parted }},
            '(^|\\x01)(of|from|with|for|and|the|in|to|via|on|by|a|an|using|through|based|model)(\\x01|$)',
            '$1$3'
        ), chr(1), '')
    {%- endset -%}
    {{ spark__close_words(telling) }}
{%- endmacro %}

{% macro spark__folded_name(text) -%}
    trim(regexp_replace(strip_accents(lower({{ text }})), '[^\\p{L}\\p{N}]+', ' '))
{%- endmacro %}

{% macro spark__sorted_words(text) -%}
    sort_array(split({{ spark__folded_name(text) }}, ' '))
{%- endmacro %}

{% macro spark__listed_once(value) -%}
    case when count({{ value }}) > 0 then sort_array(collect_set({{ value }})) end
{%- endmacro %}

{% macro spark__drop_final_s(text) -%}
    regexp_replace({{ text }}, 's($|[^0-9A-Za-z_])', '$1')
{%- endmacro %}

{% macro spark__has_digit(text) -%}
    regexp_like({{ text }}, '[0-9]')
{%- endmacro %}

{# A literal reads a backslash as the beginning of another character. #}
{% macro spark__pattern(pattern) -%}
    '{{ pattern | replace('\\', '\\\\') }}'
{%- endmacro %}

{% macro spark__matches(text, pattern) -%}
    regexp_like({{ text }}, {{ spark__pattern(pattern) }})
{%- endmacro %}

{% macro spark__first_group(text, pattern) -%}
    regexp_extract({{ text }}, {{ spark__pattern(pattern) }}, 1)
{%- endmacro %}

{% macro spark__is_coined(text) -%}
    regexp_like({{ text }}, '\\p{Lu}.*\\p{Lu}|\\p{Ll}\\p{Lu}|[0-9]')
{%- endmacro %}

{% macro spark__is_cut(text) -%}
    coalesce(regexp_like({{ text }}, '(\\.\\.\\.|…)[\\t\\n\\f\\r \\])\\x22]*$'), false)
{%- endmacro %}

{% macro spark__list_length(items) -%}
    array_size({{ items }})
{%- endmacro %}

{% macro spark__has_item(items, item) -%}
    array_contains({{ items }}, {{ item }})
{%- endmacro %}

{% macro spark__begins_with(text, beginning) -%}
    startswith({{ text }}, {{ beginning }})
{%- endmacro %}

{% macro spark__trimmed_end(text, signs) -%}
    rtrim('{{ signs }}', {{ text }})
{%- endmacro %}

{% macro spark__unnested_together(lists) -%}
    inline(arrays_zip({{ lists.values() | join(', ') }})) as ({{ lists.keys() | join(', ') }})
{%- endmacro %}

{% macro spark__joined_lists(items, others) -%}
    concat({{ items }}, {{ others }})
{%- endmacro %}

{% macro spark__transformed(items, change) -%}
    transform({{ items }}, item -> {{ change | replace('{item}', 'item') }})
{%- endmacro %}

{% macro spark__list_of(item) -%}
    array({{ item }})
{%- endmacro %}

{% macro spark__no_texts() -%}
    cast(array() as array<string>)
{%- endmacro %}

{# As DuckDB does it. #}
{% macro spark__rounded(number, digits) -%}
    round(({{ number }}) * 1e{{ digits }}) / 1e{{ digits }}
{%- endmacro %}

{# A cast would cut the fraction off; Sail's rint makes 3 of 2.5. #}
{% macro spark__nearest_whole(number) -%}
    cast(bround({{ number }}, 0) as bigint)
{%- endmacro %}

{# Spark's median is this; Sail's goes from the lower one half the way to the upper one. #}
{% macro spark__middle(value) -%}
    {%- set sorted -%}
        sort_array(collect_list({{ value }}))
    {%- endset -%}
    case
        when count({{ value }}) > 0
            then
                0.5e0 * element_at({{ sorted }}, cast(floor((count({{ value }}) + 1) / 2) as int))
                + 0.5e0 * element_at({{ sorted }}, cast(floor(count({{ value }}) / 2) as int) + 1)
    end
{%- endmacro %}

{% macro spark__is_one_of(value, query) -%}
    {{ value }} in ({{ query }})
{%- endmacro %}
