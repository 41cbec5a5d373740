-- Every dated paper lies within the day, ISO week and month it is counted in.
with days as (
    select distinct dated_on from {{ ref('int_papers__dated') }}
),

placed as (
    {% for grain in ['day', 'week', 'month', 'year'] %}
        select
            '{{ grain }}' as grain,
            dated_on,
            {{ period_start_of('dated_on', grain) }} as period_start_on,
            {{ period_start(period_number('dated_on', grain) ~ ' + 1', grain) }}
                as next_start_on,
            cast(date_trunc('{{ grain }}', dated_on) as date) as calendar_start_on
        from days
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select *
from placed
where
    dated_on < period_start_on
    or dated_on >= next_start_on
    or period_start_on <> calendar_start_on
