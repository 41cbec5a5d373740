{#
    Tests that look at many p values, under their textbook names, as queries over a table of them. Expressions over columns
    are in statistics.sql.
#}

{#
    A table of tests with their q values (Benjamini and Hochberg 1995), corrected within the columns of a family; without
    any, over the whole table. Tests of one p value are ranked by the columns in ties, so that each has a rank of its own.
#}
{% macro benjamini_hochberg(tests, p, q, family, ties) -%}
    select
        *,
        {{ benjamini_hochberg_q(p, 'p_rank', 'test_count', family) }} as {{ q }}
    from ({{ ranked_tests(tests, p, family, ties) }}) as ranked
{%- endmacro %}

{#
    The same over a whole table in which a row stands for as many tests of one p value as its column counted says. Tests of
    one p value have one q value, whatever rank each has among them: that of the last.
#}
{% macro benjamini_hochberg_of_many(tests, p, q, counted) -%}
    select
        *,
        {{ benjamini_hochberg_q(p, 'p_rank', 'test_count', []) }} as {{ q }}
    from (
        select
            *,
            sum({{ counted }}) over (
                order by {{ p }} nulls last
                range between unbounded preceding and current row
            ) as p_rank,
            sum({{ counted }}) over () as test_count
        from {{ tests }}
    ) as ranked
{%- endmacro %}

{#
    One p value for each family of tests, that of none of them finding anything (Simes 1986, Biometrika 73, 751-754).
#}
{% macro simes(tests, p, family_p, family) -%}
    select
        {{ family | join(', ') }},
        min({{ p }} * test_count / p_rank) as {{ family_p }}
    from ({{ ranked_tests(tests, p, family) }}) as ranked
    group by {{ family | join(', ') }}
{%- endmacro %}

{# A table of tests, each with its rank by p value in the family and the number of tests in it. #}
{% macro ranked_tests(tests, p, family, ties=[]) -%}
    {%- set partition = 'partition by ' ~ family | join(', ') if family else '' -%}
    select
        *,
        row_number() over (
            {{ partition }}
            order by {{ ([p] + ties) | join(' nulls last, ') }} nulls last
        ) as p_rank,
        count(*) over ({{ partition }}) as test_count
    from {{ tests }}
{%- endmacro %}
