{{ config(materialized='view') }}

with trends as (
    {% for grain in ['day', 'week', 'month'] %}
        select
            '{{ grain }}' as trend_grain,
            date_basis,
            period_start_on,
            keyword_id,
            keyword,
            verdict,
            is_complete,
            recent_share,
            previous_share,
            q_value,
            because
        from {{ ref('keyword_trends_by_' ~ grain) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- Words that papers use and hardly one is about are no news.
passing as (
    select keyword_id from {{ ref('keywords') }}
    where is_in_passing
),

-- A month's verdict is news on the day and in the week that the month ends. When pages were
-- captured says nothing about the field.
called as (
    select
        trends.*,
        case trends.trend_grain
            when 'month'
                then {{ period_start(
                    period_number('trends.period_start_on', 'month') ~ ' + 1', 'month'
                ) }} - 1
            else trends.period_start_on
        end as news_on
    from trends
    left join passing on trends.keyword_id = passing.keyword_id
    where
        trends.verdict in ('rising', 'new')
        and trends.is_complete
        and trends.date_basis in ('listed', 'published')
        and passing.keyword_id is null
),

placed as (
    {% for grain in ['day', 'week'] %}
        select
            '{{ grain }}' as period_kind,
            {{ period_start_of('news_on', grain) }} as period_start_on,
            news_on,
            trend_grain,
            date_basis,
            keyword_id,
            keyword,
            verdict,
            recent_share,
            previous_share,
            q_value,
            because
        from called
        where trend_grain in ('{{ grain }}', 'month')
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- By publication before by listing, the longer view before the shorter.
preferred as (
    select
        *,
        row_number() over (
            partition by period_kind, period_start_on, keyword_id
            order by
                (date_basis = 'published') desc nulls last,
                (trend_grain = 'month') desc nulls last
        ) as choice
    from placed
),

told as (
    select
        period_kind,
        period_start_on,
        cast(
            row_number() over (
                partition by period_kind, period_start_on
                order by q_value asc nulls last, keyword_id asc nulls last
            ) as integer
        ) as kind_rank,
        keyword_id,
        keyword,
        case verdict
            when 'new' then 'It is new: papers use it now, and none did before.'
            else 'A larger share of papers uses it than before.'
        end as why,
        because,
        date_basis,
        news_on,
        trend_grain,
        recent_share,
        previous_share,
        q_value
    from preferred
    where choice = 1
)

select * from told
