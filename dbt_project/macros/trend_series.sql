-- noqa: disable=LT02
{#
    What is compared: the series of keywords, the recent periods of each period and the window before them, and whether
    both hold enough to judge by. The tests are in trend_tests.sql.
#}

{# Periods that a verdict looks at: the recent ones and the window before them. #}
{% macro compared_length(grain) -%}
    {{ (var('trend_recent_' ~ grain ~ 's') | int) + (var('trend_window_' ~ grain ~ 's') | int) }}
{%- endmacro %}

{# Whether a paper's date says which period it is in. #}
{% macro knows_period(grain) -%}
    {% if grain == 'year' -%}
        date_precision in ('day', 'month', 'year')
    {%- elif grain == 'month' -%}
        date_precision in ('day', 'month')
    {%- else -%}
        date_precision = 'day'
    {%- endif %}
{%- endmacro %}

{#
    The last day up to which a dated paper spans its basis: its day, in series of years the last of what it knows, since
    a source of months or years dates all of December to its first day.
#}
{% macro last_known_day(day, precision, grain) -%}
    {% if grain == 'year' -%}
        case {{ precision }}
            {% for known in ['year', 'month'] -%}
                when '{{ known }}'
                    then {{ period_start(period_number(day, known) ~ ' + 1', known) }} - 1
            {% endfor -%}
            else {{ day }}
        end
    {%- else -%}
        {{ day }}
    {%- endif %}
{%- endmacro %}

{# Periods of a grain in a year: of these grains, months alone have seasons here. #}
{% macro periods_a_year(grain) -%}
    {{ {'day': 364, 'week': 52, 'month': 12, 'year': 1}[grain] }}
{%- endmacro %}

{# The recent periods as the frame of a window, this one included; or those some years before. #}
{% macro recent_periods(grain, years_ago=0) -%}
    {%- set last = years_ago * (periods_a_year(grain) | int) -%}
    {%- set first = last + (var('trend_recent_' ~ grain ~ 's') | int) - 1 -%}
    between {{ first }} preceding
    and {{ last ~ ' preceding' if last else 'current row' }}
{%- endmacro %}

{# The same period some years before. #}
{% macro same_period(grain, years_ago) -%}
    {%- set last = years_ago * (periods_a_year(grain) | int) -%}
    between {{ last }} preceding and {{ last }} preceding
{%- endmacro %}

{# The periods just before this one, as many as the window has: what a spike stands out from. #}
{% macro periods_before(grain) -%}
    between {{ var('trend_window_' ~ grain ~ 's') }} preceding and 1 preceding
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

{#
    A sum over a keyword's series in a frame of periods; 0 where it has none there. Months and years are all there within a
    stretch, and no frame reaches from one stretch to the next: rows are counted, which costs half of looking for numbers.
#}
{% macro sum_over_periods(grain, summed, frame) -%}
    coalesce(
        sum({{ summed }}) over (
            partition by series_number, stretch_number
            order by period_number
            {{ 'rows' if grain in ('month', 'year') else 'range' }} {{ frame }}
        ), 0
    )
{%- endmacro %}

{# Papers with the keyword expected on one side, at the share of both sides together. #}
{% macro expected_papers(side='recent', other='previous') -%}
    ({{ side }}_keyword_paper_count + {{ other }}_keyword_paper_count) * {{ side }}_paper_count
    / nullif({{ side }}_paper_count + {{ other }}_paper_count, 0)
{%- endmacro %}

{#
    Whether a period of a day or a week can be compared at all, whatever the keyword: papers on both sides, on days or weeks
    enough. Months and years that cannot be are told so.
#}
{% macro may_be_judged(grain) -%}
    {% if grain in ('day', 'week') -%}
        (
            periods.previous_date_count >= {{ var('trend_min_dates_' ~ grain ~ 's') }}
            and least(periods.recent_paper_count, periods.previous_paper_count)
            >= {{ var('trend_min_total') }}
        )
    {%- else -%}
        true
    {%- endif %}
{%- endmacro %}

{# A share as a number from 0 to 1; null where there is nothing to share. #}
{% macro share(part, whole) -%}
    {{ stable(part ~ ' / nullif(' ~ whole ~ ', 0)') }}
{%- endmacro %}

{# Columns of a period that a row shows or is told by. #}
{% macro shown_period_columns() -%}
    {%- for name in [
        'is_complete', 'is_latest', 'period_paper_count', 'recent_paper_count', 'previous_paper_count',
        'previous_date_count'
    ] %}
        periods.{{ name }},
    {%- endfor %}
{%- endmacro %}

{#
    Tables from keyword_days and periods to judged: one row per keyword, date basis and period from its first use on (of
    days and weeks those alone whose windows hold a paper of it), with the keyword's papers that are compared and whether
    they may be. What is known of the period alone is joined where it is used: most rows are compared with nothing.
#}
{% macro judged_series(grain) %}
found as (
    select
        term_hash,
        date_basis,
        {{ period_number('dated_on', grain) }} as period_number,
        cast(sum(keyword_paper_count) as integer) as keyword_paper_count
    from keyword_days
    where {{ knows_period(grain) }}
    group by term_hash, date_basis, {{ period_number('dated_on', grain) }}
),

found_compared as (
    select
        *,
        {% for side, frame in [
            ('recent', recent_periods(grain)), ('previous', previous_periods(grain))
        ] %}
            coalesce(
                sum(keyword_paper_count) over (
                    partition by term_hash, date_basis
                    order by period_number
                    range {{ frame }}
                ), 0
            ) as {{ side }}_keyword_paper_count{{ ',' if not loop.last }}
        {% endfor %}
    from found
),

-- A keyword that no period expects enough papers of has no series. They are numbered: windows over
-- one number cost half of those over a keyword and a basis.
supported as (
    select
        found.term_hash,
        found.date_basis,
        cast(row_number() over (order by found.term_hash, found.date_basis) as integer)
            as series_number,
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

{% if grain in ('day', 'week') %}
    -- A day or a week has a row where it has a paper of the keyword, or compares one and can: all
    -- others say nothing of it, and there are as many as days times keywords.
    comparing as (
        select
            periods.date_basis,
            periods.period_number,
            periods.period_number - steps.step as compared_number
        from periods
        cross join (
            {% for step in range(compared_length(grain) | int) %}
                select {{ step }} as step{{ ' union all' if not loop.last }}
            {% endfor %}
        ) as steps
        where {{ may_be_judged(grain) }}
    ),

    touched as (
        select
            term_hash,
            date_basis,
            period_number
        from found
        union
        select
            found.term_hash,
            found.date_basis,
            comparing.period_number
        from found
        inner join supported
            on found.term_hash = supported.term_hash and found.date_basis = supported.date_basis
        inner join comparing
            on
                found.date_basis = comparing.date_basis
                and found.period_number = comparing.compared_number
    ),
{% endif %}

series as (
    select
        supported.series_number,
        supported.term_hash,
        supported.date_basis,
        periods.stretch_number,
        periods.period_number,
        coalesce(found.keyword_paper_count, 0) as keyword_paper_count,
        -- Of these Pearson's statistic within either side is made (macro within_side).
        cast(found.keyword_paper_count as double) * found.keyword_paper_count
        / periods.period_paper_count as keyword_square
    from supported
    {% if grain in ('day', 'week') %}
        inner join touched
            on
                supported.term_hash = touched.term_hash
                and supported.date_basis = touched.date_basis
    {% endif %}
    inner join periods
        on
            supported.date_basis = periods.date_basis
            {% if grain in ('month', 'year') %}
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
        {% for side, frame in [
            ('recent', recent_periods(grain)), ('previous', previous_periods(grain))
        ] %}
            {{ sum_over_periods(grain, 'keyword_paper_count', frame) }}
                as {{ side }}_keyword_paper_count,
            {{ sum_over_periods(grain, 'keyword_square', frame) }} as {{ side }}_squares,
        {% endfor %}
        {{ sum_over_periods(grain, 'keyword_paper_count', periods_before(grain)) }}
            as before_keyword_paper_count
    from series
),

judged as (
    select
        compared.*,
        periods.previous_date_count >= {{ var('trend_min_dates_' ~ grain ~ 's') }} as has_dates,
        coalesce({{ expected_papers() }}, 0) >= {{ var('trend_min_expected_papers') }}
        and least(periods.recent_paper_count, periods.previous_paper_count)
        >= {{ var('trend_min_total') }} as has_support
    from compared
    inner join periods
        on
            compared.date_basis = periods.date_basis
            and compared.period_number = periods.period_number
),
{% endmacro %}
