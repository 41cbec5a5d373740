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

{#
    What a side's periods hold. Whole numbers below 2^53, which doubles hold exactly, so that threads may add them in any
    order: a sum of whole numbers of 64 bits is kept in 128 and takes half as long again.
#}
{% macro sum_of_side(summed, grain, frame, subject) -%}
    cast(
        coalesce(
            sum(cast({{ summed }} as double)) over (
                {% if has_all_periods(grain, subject) -%}
                    partition by series_number, stretch_number
                    order by period_number nulls last
                    rows {{ frame }}
                {%- else -%}
                    partition by series_number
                    order by period_number nulls last
                    range {{ frame }}
                {%- endif %}
            ), 0
        ) as bigint
    )
{%- endmacro %}

{#
    Whether a series has a row for each period from its first use on: years, and months of topics, which are few. Then so
    many rows are so many periods, which windows count faster than they look for numbers; no window reaches into another
    stretch (trend_max_gap_days).
#}
{% macro has_all_periods(grain, subject) -%}
    {{ return(grain == 'year' or (grain == 'month' and subject == 'topic')) }}
{%- endmacro %}

{#
    Whether days without papers are so many that a basis whose papers come by the month has no series of this grain, and a
    series no row of the latest period unless it follows a paper closely.
#}
{% macro is_fine_grain(grain) -%}
    {{ return(grain in ('day', 'week')) }}
{%- endmacro %}

{# Whether spikes and what moves within a side are looked at: a year is one period. #}
{% macro looks_within(grain) -%}
    {{ return(grain != 'year') }}
{%- endmacro %}

{# Papers with the keyword expected on the recent side, at the share of both sides together. #}
{% macro expected_papers() -%}
    {{ expected_of('(recent_keyword_paper_count + previous_keyword_paper_count)') }}
{%- endmacro %}

{# The same of so many papers with the keyword on both sides. #}
{% macro expected_of(compared) -%}
    {{ compared }} * recent_paper_count / nullif(recent_paper_count + previous_paper_count, 0)
{%- endmacro %}

{#
    Whether a day, a week or a month has a row: where it holds a paper of the keyword, where it can be compared and where it
    is the latest. All others say nothing of it, and there are as many as days times keywords.
#}
{% macro has_row(grain) -%}
    compared.keyword_paper_count > 0
    or periods.is_latest
    or (
        {{ has_dates(grain) }}
        and {{ has_support() }}
    )
{%- endmacro %}

{#
    Whether a day or a week that was compared is told: where it holds a paper of the keyword, where something is called and
    where it is the latest. All others differ from the one before by what the window lost.
#}
{% macro is_told() -%}
    verdicts.keyword_paper_count > 0
    or verdicts.is_latest
    or verdicts.verdict <> 'steady'
{%- endmacro %}

{# Whether the window has periods with papers enough for a comparison. #}
{% macro has_dates(grain) -%}
    periods.previous_date_count >= {{ var('trend_min_dates_' ~ grain ~ 's') }}
{%- endmacro %}

{# Whether both sides have papers enough of any kind. #}
{% macro has_papers() -%}
    least(periods.recent_paper_count, periods.previous_paper_count) >= {{ var('trend_min_total') }}
{%- endmacro %}

{# What rows are laid out by, ahead of has_support: rounding in another order must not cost one. #}
{% macro nearly_enough_papers() -%}
    {{ var('trend_min_expected_papers') }} - 1e-6
{%- endmacro %}

{# Whether both sides have papers enough, of the keyword and of any kind. #}
{% macro has_support() -%}
    coalesce({{ expected_papers() }}, 0) >= {{ var('trend_min_expected_papers') }}
    and {{ has_papers() }}
{%- endmacro %}

{#
    Whether a day, a week or a month looks back at others for a row of its own: those that can be compared at all, and the
    latest. In an archive of conferences these are few.
#}
{% macro looks_back(grain) -%}
    (
        periods.is_latest
        or (
            {{ has_dates(grain) }}
            and {{ has_papers() }}
        )
    )
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
    days, weeks and months those alone that has_row names), with the keyword's papers that are compared and whether they may be.
    What is known of the period alone is joined where it is used: most rows are compared with nothing. Rows by the million
    are joined by numbers: of the series (keyword and basis) and of the calendar (basis and period).
#}
{% macro judged_series(grain, subject) %}
{% if is_fine_grain(grain) %}
-- No days and weeks of a basis that spans a comparison and whose papers come by the month: each row
-- would say that too few periods of its window have papers, and nothing else.
series_bases as (
    select periods.date_basis
    from periods
    group by periods.date_basis
    having
        count(*) < {{ compared_length(grain) }}
        or bool_or({{ has_dates(grain) }})
),
{% endif %}

found as (
    select
        term_hash,
        date_basis,
        {{ period_number('dated_on', grain) }} as period_number,
        cast(sum(keyword_paper_count) as integer) as keyword_paper_count
    from keyword_days
    where
        {{ knows_period(grain) }}
        {% if is_fine_grain(grain) %}
            and date_basis in (select date_basis from series_bases)
        {% endif %}
    group by term_hash, date_basis, {{ period_number('dated_on', grain) }}
),

found_compared as (
    select
        *,
        sum(cast(keyword_paper_count as double)) over (
            partition by term_hash, date_basis
            order by period_number nulls last
            range between {{ (compared_length(grain) | int) - 1 }} preceding and current row
        ) as compared_keyword_paper_count
    from found
),

-- A keyword that no period expects enough papers of has no series. Its name is with it from here
-- on: rows by the million find it sooner as a column than in a join behind all others.
supported as (
    select
        found.term_hash,
        found.date_basis,
        cast(row_number() over (order by found.term_hash nulls last, found.date_basis nulls last) as integer)
            as series_number,
        min(names.keyword_id) as keyword_id,
        min(names.keyword) as keyword,
        min(found.period_number) as first_period_number,
        sum(found.keyword_paper_count) as basis_keyword_paper_count
    from found_compared as found
    inner join names on found.term_hash = names.term_hash
    inner join periods
        on
            found.date_basis = periods.date_basis
            and found.period_number = periods.period_number
    group by found.term_hash, found.date_basis
    having
        max({{ expected_of('found.compared_keyword_paper_count') }})
        >= {{ var('trend_min_expected_papers') }}
),

{{ made_once('supported') }}

found_supported as (
    select
        supported.series_number,
        found.date_basis,
        found.period_number,
        periods.calendar_number,
        found.keyword_paper_count,
        found.compared_keyword_paper_count,
        -- Of these Pearson's statistic within either side is made (macro within_side): billionths.
        cast(
            round(
                1e9 * found.keyword_paper_count * found.keyword_paper_count
                / periods.period_paper_count
            ) as bigint
        ) as keyword_square
    from found_compared as found
    inner join supported
        on found.term_hash = supported.term_hash and found.date_basis = supported.date_basis
    inner join periods
        on found.date_basis = periods.date_basis and found.period_number = periods.period_number
),

{{ made_once('found_supported') }}

{{ all_periods() if has_all_periods(grain, subject) else periods_that_look_back(grain) }}

compared as (
    select
        series_number,
        calendar_number,
        {% for side, frame in [
            ('recent', recent_periods(grain)), ('previous', previous_periods(grain))
        ] %}
            {{ sum_of_side('keyword_paper_count', grain, frame, subject) }}
                as {{ side }}_keyword_paper_count,
            {% if looks_within(grain) %}
                {{ sum_of_side('keyword_square', grain, frame, subject) }} / 1e9 as {{ side }}_squares,
            {% endif %}
        {% endfor %}
        {% if looks_within(grain) %}
            {{ sum_of_side('keyword_paper_count', grain, periods_before(grain), subject) }}
                as before_keyword_paper_count,
        {% endif %}
        keyword_paper_count
    from laid_out
),

judged as (
    select
        supported.series_number,
        supported.keyword_id,
        supported.keyword,
        compared.calendar_number,
        compared.keyword_paper_count,
        compared.recent_keyword_paper_count,
        compared.previous_keyword_paper_count,
        {% if looks_within(grain) %}
            compared.before_keyword_paper_count,
            compared.recent_squares,
            compared.previous_squares,
        {% endif %}
        {{ has_dates(grain) }} as has_dates,
        {{ has_support() }} as has_support
    from compared
    inner join supported on compared.series_number = supported.series_number
    inner join periods on compared.calendar_number = periods.calendar_number
    {% if not has_all_periods(grain, subject) %}
        where
            {{ has_row(grain) }}
    {% endif %}
),

{{ made_once('judged') }}
{% endmacro %}

{# All periods of a series from its first use on. #}
{% macro all_periods() %}
laid_out as (
    select
        supported.series_number,
        periods.stretch_number,
        periods.period_number,
        periods.calendar_number,
        coalesce(found.keyword_paper_count, 0) as keyword_paper_count,
        coalesce(found.keyword_square, 0) as keyword_square
    from supported
    inner join periods
        on
            supported.date_basis = periods.date_basis
            and supported.first_period_number <= periods.period_number
    left join found_supported as found
        on
            supported.series_number = found.series_number
            and periods.calendar_number = found.calendar_number
),
{% endmacro %}

{# The periods of a series with papers, and those that look back at one. #}
{% macro periods_that_look_back(grain) %}
-- Periods that look back, numbered: which of them see a period on one of their sides, and of so
-- many papers with the keyword on both sides how large a part the next of them expect at most.
looks as (
    select
        date_basis,
        period_number,
        calendar_number,
        looks_back,
        part,
        count(case when looks_back then 1 end) over (
            partition by date_basis order by period_number nulls last
            rows between unbounded preceding and current row
        ) as look_number,
        count(case when looks_back then 1 end) over (
            partition by date_basis order by period_number nulls last
            range between unbounded preceding
            and {{ (compared_length(grain) | int) - 1 }} following
        ) as last_look_number,
        max(part) over (
            partition by date_basis order by period_number nulls last
            range between 1 following and {{ (compared_length(grain) | int) - 1 }} following
        ) as next_part
    from (
        select
            periods.date_basis,
            periods.period_number,
            periods.calendar_number,
            {{ looks_back(grain) }} as looks_back,
            -- The latest has a row whatever it expects.
            case
                when periods.is_latest then 1e9
                when {{ looks_back(grain) }}
                    then {{ expected_of('1e0') }}
            end as part
        from periods
    ) as calendar
),

-- From each period with papers up to the next one: whatever is seen from several is there once.
-- Until then the papers compared grow fewer: what is too few for the best of the next periods has
-- no row in any.
seen as (
    select
        series_number,
        date_basis,
        compared_keyword_paper_count,
        next_part,
        look_number + 1 as first_look_number,
        least(
            last_look_number,
            coalesce(
                lead(earlier_look_number) over (
                    partition by series_number order by period_number nulls last
                ), last_look_number
            )
        ) as last_look_number
    from (
        select
            found.series_number,
            found.date_basis,
            found.period_number,
            looks.look_number,
            looks.last_look_number,
            looks.next_part,
            found.compared_keyword_paper_count,
            looks.look_number - case when looks.looks_back then 1 else 0 end
                as earlier_look_number
        from found_supported as found
        inner join looks on found.calendar_number = looks.calendar_number
    ) as numbered
),

unfolded as (
    select
        series_number,
        date_basis,
        compared_keyword_paper_count,
        {{ unnested(integers('first_look_number', 'last_look_number')) }} as look_number
    from seen
    where
        first_look_number <= last_look_number
        and compared_keyword_paper_count * next_part >= {{ nearly_enough_papers() }}
),

laid_out as (
    select
        unfolded.series_number,
        looks.period_number,
        looks.calendar_number,
        cast(0 as integer) as keyword_paper_count,
        cast(0 as bigint) as keyword_square
    from unfolded
    inner join looks
        on
            unfolded.date_basis = looks.date_basis
            and unfolded.look_number = looks.look_number
    where
        looks.looks_back
        and unfolded.compared_keyword_paper_count * looks.part >= {{ nearly_enough_papers() }}
    union all
    {% if not is_fine_grain(grain) %}
        -- The latest month of those that no look from a paper reaches.
        select
            supported.series_number,
            periods.period_number,
            periods.calendar_number,
            cast(0 as integer) as keyword_paper_count,
            cast(0 as bigint) as keyword_square
        from supported
        inner join periods
            on
                supported.date_basis = periods.date_basis
                and supported.first_period_number <= periods.period_number
        left join found_supported as near
            on
                supported.series_number = near.series_number
                and near.period_number
                between periods.period_number - {{ (compared_length(grain) | int) - 1 }}
                and periods.period_number
        where periods.is_latest and near.series_number is null
        union all
    {% endif %}
    select
        series_number,
        period_number,
        calendar_number,
        keyword_paper_count,
        keyword_square
    from found_supported
),
{% endmacro %}
