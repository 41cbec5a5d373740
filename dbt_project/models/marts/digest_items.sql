with appearances as (
    select * from {{ ref('appearances') }}
),

papers as (
    select * from {{ ref('papers') }}
),

paper_trends as (
    select
        *,
        count(*) over (partition by grain, date_basis, period_start_on) as paper_count
    from {{ ref('paper_trends') }}
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
        max(case when listed_on is null then 'captured' else 'listed' end)
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
            max(date_basis) as date_basis,
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
        'new' as kind,
        vote_rank as kind_rank,
        period_kind,
        period_start_on,
        paper_id,
        title,
        date_basis,
        seen_on,
        previous_seen_on,
        upvotes,
        comment_count,
        code_url,
        verb || ' for the first time on ' || seen_on || ', ' || votes || '.' as sentence
    from phrased
    where previous_seen_on is null
),

trending_papers as (
    select
        'trending' as kind,
        paper_trends.trend_rank as kind_rank,
        phrased.period_kind,
        phrased.period_start_on,
        phrased.paper_id,
        phrased.title,
        phrased.date_basis,
        phrased.seen_on,
        phrased.previous_seen_on,
        phrased.upvotes,
        phrased.comment_count,
        phrased.code_url,
        'Place '
        || paper_trends.trend_rank
        || ' of '
        || paper_trends.paper_count
        || ' papers '
        || lower(phrased.verb)
        || ' that '
        || phrased.period_kind
        || ', '
        || phrased.votes
        || case
            when paper_trends.upvote_growth > 0
                then ', ' || paper_trends.upvote_growth || ' of them since the look before'
            else ''
        end
        || case
            when paper_trends.rising_keyword_share > 0
                then
                    ', '
                    || cast(round(100 * paper_trends.rising_keyword_share) as integer)
                    || ' % of its followed keywords rising'
            else ''
        end
        || case
            when paper_trends.novel_keyword_share > 0
                then
                    ', '
                    || cast(round(100 * paper_trends.novel_keyword_share) as integer)
                    || ' % of its followed keywords new'
            else ''
        end
        || '.' as sentence
    from phrased
    inner join paper_trends
        on
            phrased.period_kind = paper_trends.grain
            and phrased.period_start_on = paper_trends.period_start_on
            and phrased.date_basis = paper_trends.date_basis
            and phrased.paper_id = paper_trends.paper_id
    where
        paper_trends.trend_score > 0
        and paper_trends.trend_rank <= {{ var('digest_trending_papers') }}
),

returning_papers as (
    select
        'returning' as kind,
        vote_rank as kind_rank,
        period_kind,
        period_start_on,
        paper_id,
        title,
        date_basis,
        seen_on,
        previous_seen_on,
        upvotes,
        comment_count,
        code_url,
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
        kind_rank,
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
