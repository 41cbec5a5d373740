with appearances as (
    select * from {{ ref('appearances') }}
),

papers as (
    select * from {{ ref('papers') }}
),

trends as (
    {% for grain in ('day', 'week', 'month') %}
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
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- A day on which a paper was seen: the day of the list where that is known, else of the page.
sightings as (
    select
        paper_id,
        coalesce(listed_on, captured_on) as seen_on,
        min(case when listed_on is null then 'captured' else 'listed' end)
            as date_basis,
        max(upvotes) as upvotes,
        max(comment_count) as comment_count
    from appearances
    where coalesce(listed_on, captured_on) is not null
    group by 1, 2
),

followed as (
    select
        *,
        lag(seen_on) over (partition by paper_id order by seen_on) as previous_seen_on
    from sightings
),

-- One row per paper and period: its first day in the period, and the day before that.
seen as (
    {% for grain in ('day', 'week') %}
        select
            '{{ grain }}' as period_kind,
            {{ period_start(period_number('seen_on', grain), grain) }}
                as period_start_on,
            paper_id,
            min(seen_on) as seen_on,
            {{ first_known('previous_seen_on', 'seen_on') }} as later_previous_on,
            min(date_basis) as date_basis,
            max(upvotes) as upvotes,
            max(comment_count) as comment_count
        from followed
        group by 1, 2, 3
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

placed as (
    select
        seen.*,
        papers.title,
        papers.code_url,
        -- A day within the period is no earlier sighting.
        case
            when seen.later_previous_on < seen.period_start_on
                then seen.later_previous_on
        end as previous_seen_on,
        cast(
            count(*) over (
                partition by seen.period_kind, seen.period_start_on
            ) as integer
        ) as seen_count,
        cast(
            row_number() over (
                partition by seen.period_kind, seen.period_start_on
                order by
                    seen.upvotes desc nulls last,
                    seen.comment_count desc nulls last,
                    seen.seen_on asc,
                    seen.paper_id asc
            ) as integer
        ) as vote_rank
    from seen
    inner join papers on seen.paper_id = papers.paper_id
),

phrased as (
    select
        *,
        coalesce(
            upvotes || case when upvotes = 1 then ' vote' else ' votes' end,
            'votes unknown'
        ) as votes,
        case when date_basis = 'listed' then 'Listed' else 'Captured' end as verb
    from placed
),

new_papers as (
    select
        *,
        'new' as kind,
        verb || ' for the first time on ' || seen_on || ', ' || votes || '.' as sentence
    from phrased
    where previous_seen_on is null
),

trending_papers as (
    select
        *,
        'trending' as kind,
        votes
        || ', place '
        || vote_rank
        || ' of '
        || seen_count
        || ' papers seen '
        || case when period_kind = 'day' then 'that day' else 'that week' end
        || ', first on '
        || seen_on
        || '.' as sentence
    from phrased
    where upvotes > 0 and vote_rank <= {{ var('digest_trending_papers') }}
),

returning_papers as (
    select
        *,
        'returning' as kind,
        verb
        || ' again on '
        || seen_on
        || ', '
        || (seen_on - previous_seen_on)
        || ' days after '
        || previous_seen_on
        || ', '
        || votes
        || '.' as sentence
    from phrased
    where seen_on - previous_seen_on >= {{ var('digest_returning_days') }}
),

paper_items as (
    select * from new_papers
    union all
    select * from trending_papers
    union all
    select * from returning_papers
),

-- A month's verdict is news on the day and in the week that the month ends.
called as (
    select
        *,
        case trend_grain
            when 'month'
                then {{ period_start(
                    period_number('period_start_on', 'month') ~ ' + 1', 'month'
                ) }} - 1
            else period_start_on
        end as news_on
    from trends
    where verdict in ('rising', 'new') and is_complete
),

rising_keywords as (
    {% for grain in ('day', 'week') %}
        select
            '{{ grain }}' as period_kind,
            {{ period_start(period_number('news_on', grain), grain) }}
                as period_start_on,
            news_on,
            trend_grain,
            date_basis,
            keyword_id,
            keyword,
            recent_share,
            previous_share,
            q_value,
            because
        from called
        where trend_grain in ('{{ grain }}', 'month')
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- A keyword once per period: by publication before by listing, the longer view before
-- the shorter. When pages were captured says nothing about the field.
once_told_keywords as (
    select * from rising_keywords
    where date_basis in ('listed', 'published')
    qualify row_number() over (
        partition by period_kind, period_start_on, keyword_id
        order by
            date_basis = 'published' desc,
            trend_grain = 'month' desc
    ) = 1
),

ranked_keywords as (
    select
        *,
        cast(
            row_number() over (
                partition by period_kind, period_start_on
                order by q_value asc, keyword_id asc
            ) as integer
        ) as keyword_rank
    from once_told_keywords
),

items as (
    select
        period_kind,
        period_start_on,
        kind,
        vote_rank as kind_rank,
        paper_id,
        cast(null as varchar) as keyword_id,
        title as headline,
        sentence,
        date_basis,
        seen_on,
        previous_seen_on,
        upvotes,
        comment_count,
        code_url,
        cast(null as varchar) as trend_grain,
        cast(null as double) as recent_share,
        cast(null as double) as previous_share,
        cast(null as double) as q_value
    from paper_items
    union all
    select
        period_kind,
        period_start_on,
        'rising' as kind,
        keyword_rank,
        cast(null as varchar) as paper_id,
        keyword_id,
        keyword,
        because,
        date_basis,
        news_on,
        cast(null as date) as previous_seen_on,
        cast(null as integer) as upvotes,
        cast(null as integer) as comment_count,
        cast(null as varchar) as code_url,
        trend_grain,
        recent_share,
        previous_share,
        q_value
    from ranked_keywords
),

digest_items as (
    select
        {{ content_id(
            'i',
            "period_kind || ' ' || period_start_on || ' ' || kind || ' ' || coalesce(paper_id, keyword_id)"
        ) }} as item_id,
        period_kind,
        period_start_on,
        kind,
        cast(
            row_number() over (
                partition by period_kind, period_start_on, kind
                order by kind_rank asc, coalesce(paper_id, keyword_id) asc
            ) as integer
        ) as item_rank,
        paper_id,
        keyword_id,
        headline,
        sentence,
        date_basis,
        seen_on,
        previous_seen_on,
        upvotes,
        comment_count,
        code_url,
        trend_grain,
        recent_share,
        previous_share,
        q_value
    from items
)

select * from digest_items
