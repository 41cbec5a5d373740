with dated_papers as (
    select * from {{ ref('int_papers__dated') }}
),

-- Periods are numbered without gaps, so that a window is a range of numbers.
counted as (
    {% for grain in ['day', 'week', 'month'] %}
        select
            '{{ grain }}' as grain,
            date_basis,
            {{ period_number('dated_on', grain) }} as period_number,
            count(*) as period_paper_count
        from dated_papers
        group by date_basis, {{ period_number('dated_on', grain) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

bases as (
    select
        grain,
        date_basis,
        min(period_number) as first_period_number,
        max(period_number) as last_period_number,
        sum(period_paper_count) as basis_paper_count
    from counted
    group by grain, date_basis
),

calendar as (
    select
        grain,
        date_basis,
        basis_paper_count,
        unnest({{ integers('first_period_number', 'last_period_number') }})
            as period_number
    from bases
),

filled as (
    select
        calendar.grain,
        calendar.date_basis,
        calendar.period_number,
        calendar.basis_paper_count,
        counted.period_paper_count
    from calendar
    left join counted
        on
            calendar.grain = counted.grain
            and calendar.date_basis = counted.date_basis
            and calendar.period_number = counted.period_number
),

{% for grain in ['day', 'week', 'month'] %}
    {{ grain }}s as (
        select
            grain,
            date_basis,
            period_number,
            cast(basis_paper_count as integer) as basis_paper_count,
            cast(coalesce(period_paper_count, 0) as integer) as period_paper_count,
            cast(coalesce(sum(period_paper_count) over window_before, 0) as integer)
                as previous_paper_count,
            cast(count(period_paper_count) over window_before as integer)
                as previous_date_count
        from filled
        where grain = '{{ grain }}'
        window window_before as (
            partition by date_basis
            order by period_number
            rows between
            {{ var('trend_window_' ~ grain ~ 's') }} preceding and 1 preceding
        )
    ),

{% endfor %}
periods as (
    select * from days
    union all
    select * from weeks
    union all
    select * from months
)

select * from periods
