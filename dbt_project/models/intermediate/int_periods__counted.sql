-- Long, but one grain: a period's counts by basis, from the calendar of its stretch.
-- noqa: disable=LT02
with dated_papers as (
    select * from {{ ref('int_papers__dated') }}
    where stretch_number is not null
),

-- Periods are numbered as the calendar has them, so that a window is a range of numbers.
counted as (
    {% for grain in ['day', 'week', 'month', 'year'] %}
        select
            '{{ grain }}' as grain,
            date_basis,
            stretch_number,
            {{ period_number('dated_on', grain) }} as period_number,
            min(dated_on) as first_dated_on,
            max({{ last_known_day('dated_on', 'date_precision', grain) }}) as last_dated_on,
            count(*) as period_paper_count
        from dated_papers
        where {{ knows_period(grain) }}
        group by date_basis, stretch_number, {{ period_number('dated_on', grain) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

bases as (
    select
        grain,
        date_basis,
        sum(period_paper_count) as basis_paper_count
    from counted
    group by grain, date_basis
),

stretches as (
    select
        counted.grain,
        counted.date_basis,
        counted.stretch_number,
        min(counted.first_dated_on) as first_dated_on,
        max(counted.last_dated_on) as last_dated_on,
        min(counted.period_number) as first_period_number,
        max(counted.period_number) as last_period_number
    from counted
    group by counted.grain, counted.date_basis, counted.stretch_number
),

-- Filled within a stretch alone: whatever is dated, a paper adds no more periods than
-- trend_max_gap_days has.
calendar as (
    select
        stretches.grain,
        stretches.date_basis,
        stretches.stretch_number,
        bases.basis_paper_count,
        stretches.first_dated_on,
        stretches.last_dated_on,
        {{ unnested(integers('stretches.first_period_number', 'stretches.last_period_number')) }}
            as period_number
    from stretches
    inner join bases
        on
            stretches.grain = bases.grain
            and stretches.date_basis = bases.date_basis
),

filled as (
    select
        calendar.grain,
        calendar.date_basis,
        calendar.stretch_number,
        calendar.period_number,
        calendar.basis_paper_count,
        calendar.first_dated_on,
        calendar.last_dated_on,
        counted.period_paper_count
    from calendar
    left join counted
        on
            calendar.grain = counted.grain
            and calendar.date_basis = counted.date_basis
            and calendar.period_number = counted.period_number
),

{% for grain in ['day', 'week', 'month', 'year'] %}
    {{ grain }}s as (
        select
            grain,
            date_basis,
            stretch_number,
            period_number,
            -- A first or last period that the papers of its stretch do not span is not complete.
            {{ period_start('period_number', grain) }} >= first_dated_on
            and {{ period_start('period_number + 1', grain) }} <= last_dated_on + 1
                as is_complete,
            cast(basis_paper_count as integer) as basis_paper_count,
            cast(coalesce(period_paper_count, 0) as integer) as period_paper_count,
            cast(coalesce(sum(period_paper_count) over recent, 0) as integer)
                as recent_paper_count,
            cast(coalesce(sum(period_paper_count) over window_before, 0) as integer)
                as previous_paper_count,
            cast(count(period_paper_count) over recent as integer) as recent_date_count,
            cast(count(period_paper_count) over window_before as integer)
                as previous_date_count,
            cast(coalesce(sum(period_paper_count) over just_before, 0) as integer)
                as before_paper_count,
            cast(count(period_paper_count) over just_before as integer) as before_date_count,
            {% for year in [1, 2] %}
                cast(coalesce(sum(period_paper_count) over recent_{{ year }}, 0) as integer)
                    as recent_paper_count_{{ year }},
                cast(coalesce(sum(period_paper_count) over period_{{ year }}, 0) as integer)
                    as period_paper_count_{{ year }}{{ ',' if not loop.last }}
            {% endfor %}
        from filled
        where grain = '{{ grain }}'
        window
            recent as (
                partition by date_basis
                order by period_number nulls last
                range {{ recent_periods(grain) }}
            ),
            window_before as (
                partition by date_basis
                order by period_number nulls last
                range {{ previous_periods(grain) }}
            ),
            just_before as (
                partition by date_basis
                order by period_number nulls last
                range {{ periods_before(grain) }}
            ),
            {% for year in [1, 2] %}
                recent_{{ year }} as (
                    partition by date_basis
                    order by period_number nulls last
                    range {{ recent_periods(grain, year) }}
                ),
                period_{{ year }} as (
                    partition by date_basis
                    order by period_number nulls last
                    range {{ same_period(grain, year) }}
                ){{ ',' if not loop.last }}
            {% endfor %}
    ),

{% endfor %}
periods as (
    select * from days
    union all
    select * from weeks
    union all
    select * from months
    union all
    select * from years
),

-- The period that speaks: the latest complete one, where none is complete the latest.
numbered as (
    select
        *,
        period_number = coalesce(
            max(case when is_complete then period_number end) over basis,
            max(period_number) over basis
        ) as is_latest
    from periods
    window basis as (partition by grain, date_basis)
)

select * from numbered
