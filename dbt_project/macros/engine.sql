-- noqa: disable=LT02
{#
    Syntax that differs between engines, one macro each, so that another engine is added here and not in the models.
    No rule of the warehouse belongs in this file. What DuckDB says stands here; what Spark says, as far as it is ported,
    in engine_spark.sql. The target's type decides and not dbt's dispatch, which hangs on an `adapter` that the linter does
    not know.
#}

{# A stable id: the prefix and 16 hexadecimal digits of the md5 of a text. #}
{% macro content_id(prefix, text) -%}
    '{{ prefix }}' || substr(md5({{ text }}), 1, 16)
{%- endmacro %}

{#
    A 64-bit number that stands for a text inside one build: joins and groups on it cost a fraction of the text's.
    It differs between engine versions, so no mart shows it, and nothing but a last tie is settled by it.
#}
{% macro text_number(text) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__text_number(text) }}
    {%- else -%}
    hash({{ text }})
    {%- endif -%}
{%- endmacro %}

{#
    Whether a value is one of those of a query, which are kept in memory. DuckDB takes unnested and paired rows for few
    and would keep them, all mentions of a corpus, where `in` alone or a join let it choose.
#}
{% macro is_one_of(value, query) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__is_one_of(value, query) }}
    {%- else -%}
    coalesce({{ value }} in ({{ query }}), false)
    {%- endif -%}
{%- endmacro %}

{# Two numbers of keywords as one. #}
{% macro pair_number(first, second) -%}
    cast({{ first }} as bigint) * 4294967296 + {{ second }}
{%- endmacro %}

{# The words of a folded text as a list. #}
{% macro split_words(text) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__split_words(text) }}
    {%- else -%}
    string_split({{ text }}, ' ')
    {%- endif -%}
{%- endmacro %}

{# The words of a folded text, a row each. #}
{% macro unnested_words(text) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__unnested_words(text) }}
    {%- else -%}
    unnest({{ split_words(text) }})
    {%- endif -%}
{%- endmacro %}

{# The number of items of a list; null for none. #}
{% macro count_items(items) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__count_items(items) }}
    {%- else -%}
    nullif(len({{ items }}), 0)
    {%- endif -%}
{%- endmacro %}

{# The value of a column in the row of the smallest rank among those that know it. #}
{% macro first_known(column, rank) -%}
    min_by({{ column }}, {{ rank }})
    filter (where {{ column }} is not null)
{%- endmacro %}

{# Number of the day, ISO week or month of a day, without gaps, from 1970-01-01 on. #}
{% macro period_number(day, grain) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__period_number(day, grain) }}
    {%- else -%}
    {# date_diff('week') would count spans of seven days from a Thursday, not Mondays. #}
    {% if grain == 'week' -%}
        cast(floor(date_diff('day', cast('1969-12-29' as date), {{ day }}) / 7.0) as bigint)
    {%- else -%}
        date_diff('{{ grain }}', cast('1970-01-01' as date), {{ day }})
    {%- endif %}
    {%- endif -%}
{%- endmacro %}

{# Days from one day to a later one. #}
{% macro days_between(day, later) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__days_between(day, later) }}
    {%- else -%}
    date_diff('day', {{ day }}, {{ later }})
    {%- endif -%}
{%- endmacro %}

{# First day of the period with that number; weeks start on Monday. #}
{% macro period_start(number, grain) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__period_start(number, grain) }}
    {%- else -%}
    cast(
        cast('{{ '1969-12-29' if grain == 'week' else '1970-01-01' }}' as date)
        + to_{{ grain }}s(cast({{ number }} as integer)) as date
    )
    {%- endif -%}
{%- endmacro %}

{# First day of the period that a day is in. #}
{% macro period_start_of(day, grain) -%}
    {{ period_start(period_number(day, grain), grain) }}
{%- endmacro %}

{# The source of a paper's earliest date: what a sidecar names for the dump, else its layout. #}
{% macro earliest_source(dated_on) -%}
    min_by(
        coalesce(dumps.source, dumps.layout),
        ({{ dated_on }}, coalesce(dumps.source, dumps.layout))
    ) filter (where {{ dated_on }} is not null)
{%- endmacro %}

{# The integers from first to last as a list. #}
{% macro integers(first, last) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__integers(first, last) }}
    {%- else -%}
    range({{ first }}, {{ last }} + 1)
    {%- endif -%}
{%- endmacro %}

{# One item of a list, by its place from 1. #}
{% macro item_at(items, place) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__item_at(items, place) }}
    {%- else -%}
    list_extract({{ items }}, {{ place }})
    {%- endif -%}
{%- endmacro %}

{#
    Years of a group with a count each, as a list in their order. Sorted when it is whole: an
    aggregate with an order of its own takes five times as long for many small groups.
#}
{% macro listed_years(year, paper_count) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__listed_years(year, paper_count) }}
    {%- else -%}
    list_sort(
        list(struct_pack("year" := {{ year }}, paper_count := {{ paper_count }}))
    )
    {%- endif -%}
{%- endmacro %}

{# The values of a group as a list in an order. #}
{% macro listed(value, order) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__listed(value, order) }}
    {%- else -%}
    list({{ value }} order by {{ order }})
    {%- endif -%}
{%- endmacro %}

{# The words of a folded text from a position on (from 1), joined by spaces again. #}
{% macro slice_words(text, first, word_count) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__slice_words(text, first, word_count) }}
    {%- else -%}
    array_to_string(
        list_slice(
            {{ split_words(text) }}, {{ first }}, {{ first }} + {{ word_count }} - 1
        ), ' '
    )
    {%- endif -%}
{%- endmacro %}

{# The items of a list, a row each. #}
{% macro unnested(items) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__unnested(items) }}
    {%- else -%}
    unnest({{ items }})
    {%- endif -%}
{%- endmacro %}

{# The items of one list that are not in another, in order. #}
{% macro list_without(items, others) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__list_without(items, others) }}
    {%- else -%}
    list_filter({{ items }}, lambda item: not list_contains({{ others }}, item))
    {%- endif -%}
{%- endmacro %}

{# How many different items two lists have in common. #}
{% macro count_shared(items, others) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__count_shared(items, others) }}
    {%- else -%}
    len(list_intersect({{ items }}, {{ others }}))
    {%- endif -%}
{%- endmacro %}

{#
    The same of lists in which no item repeats, looked up item by item: list_intersect makes a table of each pair of
    lists, which takes twice as long for the words of abstracts.
#}
{% macro count_shared_of_sets(items, others) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__count_shared_of_sets(items, others) }}
    {%- else -%}
    len(list_filter({{ items }}, lambda item: list_contains({{ others }}, item)))
    {%- endif -%}
{%- endmacro %}

{# With how many equal items two lists begin. #}
{% macro count_leading(items, others) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__count_leading(items, others) }}
    {%- else -%}
    coalesce(
        nullif(list_position(
            list_transform(
                range(1, least(len({{ items }}), len({{ others }})) + 1),
                lambda i: {{ items }}[i] <> {{ others }}[i]
            ), true
        ), 0) - 1,
        least(len({{ items }}), len({{ others }}))
    )
    {%- endif -%}
{%- endmacro %}

{#
    The words of a text in lower case without accents, from a length on, as they come. Most texts are plain ASCII, whose
    words are found twice as fast.
#}
{% macro running_words(text, min_length) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__running_words(text, min_length) }}
    {%- else -%}
    {%- set length = '{' ~ min_length ~ ',}' -%}
    case
        when strlen({{ text }}) = length({{ text }})
            then regexp_extract_all(lower({{ text }}), '[a-z0-9]{{ length }}')
        else
            regexp_extract_all(strip_accents(lower({{ text }})), '[\p{L}\p{N}]{{ length }}')
    end
    {%- endif -%}
{%- endmacro %}

{# The distinct running_words of a text. #}
{% macro folded_words(text, min_length) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__folded_words(text, min_length) }}
    {%- else -%}
    list_distinct({{ running_words(text, min_length) }})
    {%- endif -%}
{%- endmacro %}

{# The text_numbers of a text's folded_words: numbers are told apart in half the time of words. #}
{% macro word_numbers(text, min_length) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__word_numbers(text, min_length) }}
    {%- else -%}
    list_distinct({{ text_numbers(running_words(text, min_length)) }})
    {%- endif -%}
{%- endmacro %}

{# The names of joined_items as lists of their folded words, initials among them. #}
{% macro folded_names(text) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__folded_names(text) }}
    {%- else -%}
    list_transform(
        string_split(strip_accents(lower({{ text }})), '; '),
        lambda name: list_distinct(regexp_extract_all(name, '[\p{L}\p{N}]+'))
    )
    {%- endif -%}
{%- endmacro %}

{#
    How many names of one list (folded_names) may be those of people in another: they have a word of two letters or more
    in common, and what is left of the one can be what is left of the other, initials and cut names too. `Quill, A.` is
    `Ada Quill`; `Bea Quill` is not.
#}
{% macro count_people(names, others) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__count_people(names, others) }}
    {%- else -%}
    len(list_filter({{ names }}, lambda name: len(list_filter(
        {{ others }}, lambda other:
        len(list_filter(list_intersect(name, other), lambda word: length(word) > 1)) > 0
        and (
            {{ are_cut_names(list_without('name', 'other'), list_without('other', 'name')) }}
            or {{ are_cut_names(list_without('other', 'name'), list_without('name', 'other')) }}
        )
    )) > 0))
    {%- endif -%}
{%- endmacro %}

{#
    Whether each of some words begins with a word of others or the other way round; of two letters the first counts, of
    words with a digit none.
#}
{% macro are_cut_names(words, others) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__are_cut_names(words, others) }}
    {%- else -%}
    len(list_filter({{ words }}, lambda word: len(list_filter({{ others }}, lambda rest:
        not {{ has_digit('word || rest') }}
        and (
            starts_with(rest, case when length(word) > 2 then word else left(word, 1) end)
            or starts_with(word, case when length(rest) > 2 then rest else left(rest, 1) end)
        )
    )) = 0)) = 0
    {%- endif -%}
{%- endmacro %}

{# A list of texts as a list of their text_numbers: lists of numbers are compared faster. #}
{% macro text_numbers(items) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__text_numbers(items) }}
    {%- else -%}
    list_transform({{ items }}, lambda item: {{ text_number('item') }})
    {%- endif -%}
{%- endmacro %}

{# Insertions, deletions and substitutions that make one text another. #}
{% macro edit_distance(text, other) -%}
    levenshtein({{ text }}, {{ other }})
{%- endmacro %}

{# A list of texts as one text, a semicolon between; null for none. #}
{% macro joined_items(items) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__joined_items(items) }}
    {%- else -%}
    array_to_string({{ items }}, '; ')
    {%- endif -%}
{%- endmacro %}

{# A text_number as a signed integer. #}
{% macro signed_number(number) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__signed_number(number) }}
    {%- else -%}
    cast({{ number }} >> 1 as bigint)
    {%- endif -%}
{%- endmacro %}

{# The words of a list as one text, a space between. #}
{% macro joined_words(words) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__joined_words(words) }}
    {%- else -%}
    array_to_string({{ words }}, ' ')
    {%- endif -%}
{%- endmacro %}

{# The first word of a folded text. #}
{% macro first_word(text) -%}
    split_part({{ text }}, ' ', 1)
{%- endmacro %}

{# The last word of a folded text. #}
{% macro last_word(text) -%}
    split_part({{ text }}, ' ', -1)
{%- endmacro %}

{# Whether a text ends with another. #}
{% macro ends_with(text, ending) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__ends_with(text, ending) }}
    {%- else -%}
    ends_with({{ text }}, {{ ending }})
    {%- endif -%}
{%- endmacro %}

{#
    A folded text without its spaces, which open and closed forms share: pre training and
    pretraining. Two numbers side by side stay apart: Llama 3 8B is no Llama 38B.
    text.folding.close_key is the same in Python.
#}
{% macro close_words(text) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__close_words(text) }}
    {%- else -%}
    -- Most keys are one word, and an expression is looked for ten times as long as a space.
    case
        when contains({{ text }}, ' ')
            then replace(
                regexp_replace({{ text }}, '([0-9]) ([0-9])', '\1_\2', 'g'), ' ', ''
            )
        else {{ text }}
    end
    {%- endif -%}
{%- endmacro %}

{#
    What long forms that mean the same have in common: no spaces, no words that bind others
    (from, of, with), no `model`, no endings. Automatic and automated speech recognition,
    position and positional embedding; but not continual and continuous learning. Only long
    forms of one abbreviation are compared, so the ending may be cut more boldly than in keys.
#}
{% macro sense_key(text) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__sense_key(text) }}
    {%- else -%}
    {{ close_words(
        "regexp_replace(regexp_replace(" ~ text ~ ", "
        ~ "'([a-z]{3,}?)(atically|ational|ically|ation|ative|ating|ator|ated|atic|ional|ally|ion|ive|ing|ed|er|or|al|ic|ly)\\b', "
        ~ "'\\1', 'g'), "
        ~ "'\\b(of|from|with|for|and|the|in|to|via|on|by|a|an|using|through|based|model)\\b', '', 'g')"
    ) }}
    {%- endif -%}
{%- endmacro %}

{# A text in lower case, its hyphens, slashes and underscores read as spaces. #}
{% macro hyphenless_text(text) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__hyphenless_text(text) }}
    {%- else -%}
    regexp_replace(lower({{ text }}), '[-‐‑–/_]+', ' ', 'g')
    {%- endif -%}
{%- endmacro %}

{# A name in lower case without accents, a space for what is neither letter nor digit. #}
{% macro folded_name(text) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__folded_name(text) }}
    {%- else -%}
    trim(regexp_replace(strip_accents(lower({{ text }})), '[^\p{L}\p{N}]+', ' ', 'g'))
    {%- endif -%}
{%- endmacro %}

{# The words of a name, folded and sorted: those of `Reed, Bo` are those of `Bo Reed`. #}
{% macro sorted_words(text) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__sorted_words(text) }}
    {%- else -%}
    list_sort(string_split({{ folded_name(text) }}, ' '))
    {%- endif -%}
{%- endmacro %}

{# The values of a group in their order, each once; null where it has none. #}
{% macro listed_once(value) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__listed_once(value) }}
    {%- else -%}
    list(distinct {{ value }} order by {{ value }}) filter (where {{ value }} is not null)
    {%- endif -%}
{%- endmacro %}

{# The same without accents. #}
{% macro plain_text(text) -%}
    strip_accents({{ hyphenless_text(text) }})
{%- endmacro %}

{# A plain text without an s at the end of its words. #}
{% macro drop_final_s(text) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__drop_final_s(text) }}
    {%- else -%}
    regexp_replace({{ text }}, 's\b', '', 'g')
    {%- endif -%}
{%- endmacro %}

{# Whether a text holds a digit. #}
{% macro has_digit(text) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__has_digit(text) }}
    {%- else -%}
    regexp_matches({{ text }}, '[0-9]')
    {%- endif -%}
{%- endmacro %}

{# Whether a text has what a regular expression describes. #}
{% macro matches(text, pattern) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__matches(text, pattern) }}
    {%- else -%}
    regexp_matches({{ text }}, '{{ pattern }}')
    {%- endif -%}
{%- endmacro %}

{# What the first group of a regular expression is in a text; empty for none. #}
{% macro first_group(text, pattern) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__first_group(text, pattern) }}
    {%- else -%}
    regexp_extract({{ text }}, '{{ pattern }}', 1)
    {%- endif -%}
{%- endmacro %}

{# Whether a word is spelled as no English word is: two capitals, one inside, or a digit. #}
{% macro is_coined(text) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__is_coined(text) }}
    {%- else -%}
    regexp_matches({{ text }}, '\p{Lu}.*\p{Lu}|\p{Ll}\p{Lu}|[0-9]')
    {%- endif -%}
{%- endmacro %}

{# Whether a text breaks off: it ends with three dots. False for none. #}
{% macro is_cut(text) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__is_cut(text) }}
    {%- else -%}
    coalesce(regexp_matches({{ text }}, '(\.\.\.|…)[\t\n\f\r \])\x22]*$'), false)
    {%- endif -%}
{%- endmacro %}

{# How many items a list has; null where there is no list. #}
{% macro list_length(items) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__list_length(items) }}
    {%- else -%}
    len({{ items }})
    {%- endif -%}
{%- endmacro %}

{# Whether an item is in a list. #}
{% macro has_item(items, item) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__has_item(items, item) }}
    {%- else -%}
    list_contains({{ items }}, {{ item }})
    {%- endif -%}
{%- endmacro %}

{# Whether a text begins with another. #}
{% macro begins_with(text, beginning) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__begins_with(text, beginning) }}
    {%- else -%}
    starts_with({{ text }}, {{ beginning }})
    {%- endif -%}
{%- endmacro %}

{# A text without those of some signs that it ends with. #}
{% macro trimmed_end(text, signs) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__trimmed_end(text, signs) }}
    {%- else -%}
    rtrim({{ text }}, '{{ signs }}')
    {%- endif -%}
{%- endmacro %}

{# The items of lists of one length side by side, a row each; lists by their columns' names. #}
{% macro unnested_together(lists) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__unnested_together(lists) }}
    {%- else -%}
    {%- for name, items in lists.items() %}
        unnest({{ items }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{# The items of one list, then those of another. #}
{% macro joined_lists(items, others) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__joined_lists(items, others) }}
    {%- else -%}
    list_concat({{ items }}, {{ others }})
    {%- endif -%}
{%- endmacro %}

{# A list of what becomes of each `{item}` of another. #}
{% macro transformed(items, change) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__transformed(items, change) }}
    {%- else -%}
    list_transform({{ items }}, lambda item: {{ change | replace('{item}', 'item') }})
    {%- endif -%}
{%- endmacro %}

{# A list of one item. #}
{% macro list_of(item) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__list_of(item) }}
    {%- else -%}
    [{{ item }}]
    {%- endif -%}
{%- endmacro %}

{# A list of texts that has none. #}
{% macro no_texts() -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__no_texts() }}
    {%- else -%}
    cast([] as string[])
    {%- endif -%}
{%- endmacro %}

{#
    A double in so many digits behind the point. Of two numbers as near, each engine's round takes another: DuckDB asks the
    double, which is a little off what it is written as, Spark what it is written as.
#}
{% macro rounded(number, digits) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__rounded(number, digits) }}
    {%- else -%}
    round({{ number }}, {{ digits }})
    {%- endif -%}
{%- endmacro %}

{# The whole number next to a fraction, of two the even one. #}
{% macro nearest_whole(number) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__nearest_whole(number) }}
    {%- else -%}
    cast({{ number }} as bigint)
    {%- endif -%}
{%- endmacro %}

{# The median of a group's values to the last bit: of two in the middle, half of each. #}
{% macro middle(value) -%}
    {%- if target is defined and target.type == 'spark' -%}
        {{ spark__middle(value) }}
    {%- else -%}
    median({{ value }})
    {%- endif -%}
{%- endmacro %}

{#
    Stands behind a table expression of many steps that is read more than once. DuckDB makes such a one once, and this says
    nothing to it; Spark and its like make it anew for each reader, so there it becomes a table (lake.sql).
#}
{% macro made_once(name) -%}
    {%- if target is defined and target.type == 'spark' -%}
        /* made once: {{ name }} */
    {%- endif -%}
{%- endmacro %}
