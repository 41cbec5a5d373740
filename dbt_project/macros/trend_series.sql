-- noqa: disable=LT02
{#
    What is compared: the series of keywords, the recent periods of each period and the window before them, and whether
    both hold enough to judge by. The tests are in trend_tests.sql.
#}

{# Periods that a verdict looks at: the recent ones and the window before them. #}
{% macro compared_length(grain) -%}
    {{ (var('trend_recent_' ~ grain ~ 's') | int) + (var('trend_window_' ~ grain ~ 's') | int) }}
{%- endmacro %}

{# The recent periods as the frame of a window, this one included. #}
{% macro recent_periods(grain) -%}
    between {{ (var('trend_recent_' ~ grain ~ 's') | int) - 1 }} preceding and current row
{%- endmacro %}

{# The periods before the recent ones. #}
{% macro previous_periods(grain) -%}
    between {{ (compared_length(grain) | int) - 1 }} preceding
    and {{ var('trend_recent_' ~ grain ~ 's') }} preceding
{%- endmacro %}

{# Both together. #}
{% macro compared_periods(grain) -%}
    between {{ (compared_length(grain) | int) - 1 }} preceding and current row
{%- endmacro %}

{# Papers with the keyword in the recent periods and in the window before them. #}
{% macro keyword_windows(grain) -%}
    {%- for part in ['recent', 'previous'] %}
        coalesce(
            sum(keyword_paper_count) over (
                partition by term_hash, date_basis
                order by period_number
                range {{ recent_periods(grain) if part == 'recent' else previous_periods(grain) }}
            ), 0
        ) as {{ part }}_keyword_paper_count{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# Papers with the keyword expected in the recent periods at the share of both together. #}
{% macro expected_papers() -%}
    (recent_keyword_paper_count + previous_keyword_paper_count) * recent_paper_count
    / nullif(recent_paper_count + previous_paper_count, 0)
{%- endmacro %}

{# A share as a number from 0 to 1; null where there is nothing to share. #}
{% macro share(part, whole) -%}
    {{ stable(part ~ ' / nullif(' ~ whole ~ ', 0)') }}
{%- endmacro %}

{#
    Tables from keyword_days and periods to judged: one row per keyword, date basis and period from its first use on (of
    days and weeks those alone whose windows hold a paper of it), with what is compared and whether it may be.
#}
{% macro judged_series(grain) %}
found as (
    select
        term_hash,
        date_basis,
        {{ period_number('dated_on', grain) }} as period_number,
        sum(keyword_paper_count) as keyword_paper_count
    from keyword_days
    where {{ "date_precision = 'day'" if grain != 'month' else 'true' }}
    group by term_hash, date_basis, {{ period_number('dated_on', grain) }}
),

found_compared as (
    select
        *,
        {{ keyword_windows(grain) }}
    from found
),

-- A keyword without one period that can be judged has no series.
supported as (
    select
        found.term_hash,
        found.date_basis,
        min(found.period_number) as first_period_number,
        sum(found.keyword_paper_count) as basis_keyword_paper_count
    from found_compared as found
    inner join periods
        on
            found.date_basis = periods.date_basis
            and found.period_number = periods.period_number
    group by found.term_hash, found.date_basis
    having max({{ expected_papers() }}) >= {{ var('trend_min_expected_papers') }}
),

{% if grain != 'month' %}
    -- A day or a week has a row where what it compares has a paper of the keyword: all others say
    -- the same of it, nothing, and there are as many as days times keywords.
    touched as (
        select distinct
            found.term_hash,
            found.date_basis,
            found.period_number + steps.step as period_number
        from found
        inner join supported
            on found.term_hash = supported.term_hash and found.date_basis = supported.date_basis
        cross join (
            {% for step in range(compared_length(grain) | int) %}
                select {{ step }} as step{{ ' union all' if not loop.last }}
            {% endfor %}
        ) as steps
    ),
{% endif %}

series as (
    select
        supported.term_hash,
        periods.date_basis,
        periods.period_number,
        periods.is_complete,
        periods.period_paper_count,
        periods.recent_paper_count,
        periods.previous_paper_count,
        periods.previous_date_count,
        coalesce(found.keyword_paper_count, 0) as keyword_paper_count,
        -- The prior: the keyword's overall share in so many papers, kept off nought and one.
        {{ var('trend_prior_papers') }} * (supported.basis_keyword_paper_count + 0.5)
        / (periods.basis_paper_count + 1) as prior_count
    from supported
    {% if grain != 'month' %}
        inner join touched
            on
                supported.term_hash = touched.term_hash
                and supported.date_basis = touched.date_basis
    {% endif %}
    inner join periods
        on
            supported.date_basis = periods.date_basis
            {% if grain == 'month' %}
                and supported.first_period_number <= periods.period_number
            {% else %}
                and touched.period_number = periods.period_number
            {% endif %}
    left join found
        on
            supported.term_hash = found.term_hash
            and supported.date_basis = found.date_basis
            and periods.period_number = found.period_number
),

compared as (
    select
        *,
        {{ keyword_windows(grain) }},
        coalesce(
            sum(keyword_paper_count) over (
                partition by term_hash, date_basis
                order by period_number
                range between unbounded preceding
                and {{ var('trend_recent_' ~ grain ~ 's') }} preceding
            ), 0
        ) as earlier_keyword_paper_count
    from series
),

expected as (
    select
        *,
        {{ expected_papers() }} as expected_paper_count
    from compared
),

judged as (
    select
        *,
        previous_date_count >= {{ var('trend_min_dates_' ~ grain ~ 's') }} as has_dates,
        coalesce(expected_paper_count, 0) >= {{ var('trend_min_expected_papers') }}
        and least(recent_paper_count, previous_paper_count)
        >= {{ var('trend_min_total') }} as has_support
    from expected
),
{% endmacro %}
