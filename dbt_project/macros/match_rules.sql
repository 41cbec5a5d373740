{#
    What measures of pairs of records are kept under: raised with every change of int_record_pairs__measured, and different
    under other settings of it.
#}
{% macro match_rules_version() -%}
    {{ [
        14, var('match_min_abstract_words'), var('match_crowded_words'),
        var('match_telling_words'), var('match_close_abstract'),
    ] | join('.') }}
{%- endmacro %}

{#
    Words that a record may have in its title because they have no column of their own there: names of authors and the
    year of another record, where it knows none itself. One and other are aliases of int_records__described. Initials
    that marks of titles take for Roman numerals are among them as these.
#}
{% macro misplaced_words(one, other) -%}
    {%- set names -%}
        case
            when {{ one }}.author_words is null and {{ other }}.author_names is not null
                then {{ joined_lists(
                    'flatten(' ~ other ~ '.author_names)',
                    transformed(
                        'flatten(' ~ other ~ '.author_names)',
                        "case {item} when 'i' then '1' when 'v' then '5' when 'x' then '10' else {item} end"
                    )
                ) }}
            else {{ no_texts() }}
        end
    {%- endset -%}
    {%- set year -%}
        case
            when {{ one }}.published_year is null and {{ other }}.published_year is not null
                then {{ list_of('cast(' ~ other ~ '.published_year as string)') }}
            else {{ no_texts() }}
        end
    {%- endset -%}
    {{ joined_lists(names, year) }}
{%- endmacro %}

{#
    Whether a title without stop words looks as if the columns of its venue and year stood in it: it ends with a year, or
    has a word that names what papers appear in.
#}
{% macro has_venue(title_core) -%}
    {{ matches(
        title_core,
        ' (19[5-9][0-9]|20[0-4][0-9])$'
        ~ '| (acm|bulletin|conf|conference|ieee|journal|letters|magazine|newsletter|proc|proceedings'
        ~ '|record|symposium|trans|transactions|workshop)( |$)'
    ) }}
{%- endmacro %}
