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

{# What a side's periods hold. Whole numbers, so that threads may add them in any order. #}
{% macro sum_of_side(summed, frame) -%}
    cast(
        coalesce(
            sum({{ summed }}) over (
                partition by series_number
                order by period_number
                range {{ frame }}
            ), 0
        ) as bigint
    )
{%- endmacro %}

{# Papers with the keyword expected on one side, at the share of both sides together. #}
{% macro expected_papers(side='recent', other='previous') -%}
    ({{ side }}_keyword_paper_count + {{ other }}_keyword_paper_count) * {{ side }}_paper_count
    / nullif({{ side }}_paper_count + {{ other }}_paper_count, 0)
{%- endmacro %}

{#
    Whether a period has a row. Days and weeks have one where they hold a paper of the keyword, where they can be compared
    and where they are the latest: all others say nothing of it, and there are as many as days times keywords.
#}
{% macro has_row(grain) -%}
    {% if grain in ('day', 'week') -%}
        compared.keyword_paper_count > 0
        or periods.is_latest
        or (
            {{ has_dates(grain) }}
            and {{ has_support() }}
        )
    {%- else -%}
        true
    {%- endif %}
{%- endmacro %}

{# Whether the window has periods with papers enough for a comparison. #}
{% macro has_dates(grain) -%}
    periods.previous_date_count >= {{ var('trend_min_dates_' ~ grain ~ 's') }}
{%- endmacro %}

{# Whether both sides have papers enough of any kind. #}
{% macro has_papers() -%}
    least(periods.recent_paper_count, periods.previous_paper_count) >= {{ var('trend_min_total') }}
{%- endmacro %}

{# Whether both sides have papers enough, of the keyword and of any kind. #}
{% macro has_support() -%}
    coalesce({{ expected_papers() }}, 0) >= {{ var('trend_min_expected_papers') }}
    and {{ has_papers() }}
{%- endmacro %}

{#
    Whether a period looks back at others for a row of its own: of days and weeks those that can be compared at all, and the
    latest. In an archive of conferences these are few.
#}
{% macro looks_back(grain) -%}
    {% if grain in ('day', 'week') -%}
        (
            periods.is_latest
            or (
                {{ has_dates(grain) }}
                and {{ has_papers() }}
            )
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
    days and weeks those alone that has_row names), with the keyword's papers that are compared and whether they may be.
    What is known of the period alone is joined where it is used: most rows are compared with nothing.
#}
{% macro judged_series(grain) %}
{%- set compared_length = compared_length(grain) | int -%}
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

-- A keyword that no period expects enough papers of has no series.
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

found_supported as (
    select
        supported.series_number,
        found.date_basis,
        found.period_number,
        found.keyword_paper_count,
        -- Of these Pearson's statistic within either side is made (macro within_side): billionths.
        cast(
            round(
                1e9 * found.keyword_paper_count * found.keyword_paper_count
                / periods.period_paper_count
            ) as bigint
        ) as keyword_square,
        {{ looks_back(grain) }} as looks_back
    from found_compared as found
    inner join supported
        on found.term_hash = supported.term_hash and found.date_basis = supported.date_basis
    inner join periods
        on found.date_basis = periods.date_basis and found.period_number = periods.period_number
),

-- Periods that look back, numbered: which of them see a period on one of their sides.
looks as (
    select
        date_basis,
        period_number,
        looks_back,
        count(*) filter (where looks_back) over (
            partition by date_basis order by period_number
            rows between unbounded preceding and current row
        ) as look_number,
        count(*) filter (where looks_back) over (
            partition by date_basis order by period_number
            range between unbounded preceding and {{ compared_length - 1 }} following
        ) as last_look_number
    from (
        select
            periods.date_basis,
            periods.period_number,
            {{ looks_back(grain) }} as looks_back
        from periods
    ) as calendar
),

-- Each once, although several papers of a series may be seen from there.
seen as (
    select
        found.series_number,
        found.date_basis,
        greatest(
            looks.look_number + case when looks.looks_back then 0 else 1 end,
            coalesce(
                lag(looks.last_look_number) over (
                    partition by found.series_number order by found.period_number
                ) + 1, 0
            )
        ) as first_look_number,
        looks.last_look_number
    from found_supported as found
    inner join looks
        on found.date_basis = looks.date_basis and found.period_number = looks.period_number
),

unfolded as (
    select
        series_number,
        date_basis,
        {{ unnested(integers('first_look_number', 'last_look_number')) }} as look_number
    from seen
),

sighted as (
    select
        unfolded.series_number,
        looks.period_number,
        cast(0 as integer) as keyword_paper_count,
        cast(0 as bigint) as keyword_square,
        true as is_compared
    from unfolded
    inner join looks
        on
            unfolded.date_basis = looks.date_basis
            and unfolded.look_number = looks.look_number
    where looks.looks_back
    union all
    select
        series_number,
        period_number,
        keyword_paper_count,
        keyword_square,
        -- Where nothing looks back, it has a row for itself.
        not looks_back as is_compared
    from found_supported
),

summed as (
    select
        series_number,
        period_number,
        is_compared,
        {{ sum_of_side('keyword_paper_count', 'between current row and current row') }}
            as keyword_paper_count,
        {{ sum_of_side('keyword_paper_count', periods_before(grain)) }}
            as before_keyword_paper_count,
        {% for side, frame in [
            ('recent', recent_periods(grain)), ('previous', previous_periods(grain))
        ] %}
            {{ sum_of_side('keyword_paper_count', frame) }} as {{ side }}_keyword_paper_count,
            {{ sum_of_side('keyword_square', frame) }} / 1e9 as {{ side }}_squares
            {{- ',' if not loop.last }}
        {% endfor %}
    from sighted
),

compared as (
    select
        series_number,
        period_number,
        keyword_paper_count,
        before_keyword_paper_count,
        recent_keyword_paper_count,
        recent_squares,
        previous_keyword_paper_count,
        previous_squares
    from summed
    where is_compared
),

judged as (
    select
        supported.term_hash,
        supported.date_basis,
        periods.period_number,
        {% for name in [
            'keyword_paper_count', 'before_keyword_paper_count', 'recent_keyword_paper_count',
            'recent_squares', 'previous_keyword_paper_count', 'previous_squares'
        ] %}
            coalesce(compared.{{ name }}, 0) as {{ name }},
        {% endfor %}
        {{ has_dates(grain) }} as has_dates,
        {{ has_support() }} as has_support
    from supported
    inner join periods
        on
            supported.date_basis = periods.date_basis
            and supported.first_period_number <= periods.period_number
    {{ 'inner' if grain in ('day', 'week') else 'left' }} join compared
        on
            supported.series_number = compared.series_number
            and periods.period_number = compared.period_number
    where
        {{ has_row(grain) }}
),
{% endmacro %}
