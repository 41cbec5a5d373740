with appearances as (
    select * from {{ ref('appearances') }}
),

-- The day of the list where that is known, else of the page.
dated as (
    select
        paper_id,
        upvotes,
        comment_count,
        case when listed_on is null then 'captured' else 'listed' end as date_basis,
        coalesce(listed_on, captured_on) as seen_on
    from appearances
    where listed_on is not null or captured_on is not null
),

{{ stretches('dated', 'seen_on', 'placed') }},

-- A list of another time says nothing of what is new or trending.
kept as (
    select dated.*
    from dated
    inner join placed
        on
            dated.date_basis = placed.date_basis
            and dated.seen_on = placed.seen_on
    where placed.stretch_number is not null
),

sighted as (
    {% for grain in ['day', 'week'] %}
        select
            '{{ grain }}' as grain,
            date_basis,
            {{ period_start_of('seen_on', grain) }} as period_start_on,
            paper_id,
            min(seen_on) as first_seen_on,
            max(seen_on) as last_seen_on,
            max(upvotes) as upvotes,
            max(comment_count) as comment_count,
            count(*) as appearance_count
        from kept
        group by date_basis, {{ period_start_of('seen_on', grain) }}, paper_id
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from sighted
