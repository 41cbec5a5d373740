-- Long, but one grain: each step is a part of the score that no other model reads.
{% set period = ['timed.grain', 'timed.date_basis', 'timed.period_start_on'] %}

with sighted as (
    select * from {{ ref('int_papers__sighted') }}
),

looks as (
    select
        paper_id,
        coalesce(captured_on, listed_on) as looked_on,
        max(upvotes) as upvotes
    from {{ ref('vote_observations') }}
    where upvotes is not null and coalesce(captured_on, listed_on) is not null
    group by paper_id, coalesce(captured_on, listed_on)
),

papers_keywords as (
    select * from {{ ref('paper_keywords') }}
),

lifecycles as (
    select * from {{ ref('keyword_lifecycles') }}
),

months as (
    select * from {{ ref('keyword_trends_by_month') }}
    where verdict in ('rising', 'new', 'spike')
),

spans as (
    select
        date_basis,
        min(first_seen_on) as first_appeared_on
    from sighted
    group by date_basis
),

gains as (
    select
        paper_id,
        looked_on,
        upvotes - lag(upvotes) over (partition by paper_id order by looked_on nulls last)
            as upvotes_gained
    from looks
),

grown as (
    {% for grain in ['day', 'week'] %}
        select
            '{{ grain }}' as grain,
            {{ period_start_of('looked_on', grain) }} as period_start_on,
            paper_id,
            sum(upvotes_gained) as upvote_growth
        from gains
        where upvotes_gained is not null
        group by {{ period_start_of('looked_on', grain) }}, paper_id
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

timed as (
    select
        sighted.*,
        spans.first_appeared_on as basis_first_on,
        {{ period_start_of('sighted.period_start_on', 'month') }} as month_start_on,
        sum(sighted.appearance_count) over (
            partition by sighted.grain, sighted.date_basis, sighted.paper_id
            order by sighted.period_start_on nulls last
            rows between unbounded preceding and 1 preceding
        ) as earlier_appearance_count
    from sighted
    inner join spans on sighted.date_basis = spans.date_basis
),

-- Only keywords that caught on have a lifecycle; a name that no other paper uses is no
-- novelty to anyone.
followed as (
    select
        papers_keywords.paper_id,
        papers_keywords.keyword_id,
        lifecycles.date_basis,
        lifecycles.first_seen_on
    from papers_keywords
    inner join lifecycles on papers_keywords.keyword_id = lifecycles.keyword_id
),

news as (
    select
        timed.grain,
        timed.date_basis,
        timed.period_start_on,
        timed.paper_id,
        count(*) as followed_keyword_count,
        count(*) filter (
            where
            followed.first_seen_on
            > timed.period_start_on - {{ var('novelty_days') }}
        ) as novel_keyword_count,
        count(months.keyword_id) as rising_keyword_count
    from timed
    inner join followed
        on
            timed.paper_id = followed.paper_id
            and timed.date_basis = followed.date_basis
    left join months
        on
            followed.keyword_id = months.keyword_id
            and followed.date_basis = months.date_basis
            and timed.month_start_on = months.period_start_on
    group by
        timed.grain, timed.date_basis, timed.period_start_on, timed.paper_id
),

parts as (
    select
        timed.grain,
        timed.date_basis,
        timed.period_start_on,
        timed.paper_id,
        timed.upvotes,
        timed.appearance_count,
        grown.upvote_growth,
        coalesce(timed.earlier_appearance_count, 0) as earlier_appearance_count,
        coalesce(news.followed_keyword_count, 0) as followed_keyword_count,
        coalesce(news.novel_keyword_count, 0) as novel_keyword_count,
        coalesce(news.rising_keyword_count, 0) as rising_keyword_count,
        timed.basis_first_on
        <= timed.period_start_on - 2 * {{ var('novelty_days') }} as has_history,
        case
            when timed.upvotes is not null
                then {{ mid_percentile('timed.upvotes', period) }}
        end as upvote_percentile,
        case
            when grown.upvote_growth is not null
                then {{ mid_percentile('grown.upvote_growth', period) }}
        end as growth_percentile
    from timed
    left join grown
        on
            timed.grain = grown.grain
            and timed.period_start_on = grown.period_start_on
            and timed.paper_id = grown.paper_id
    left join news
        on
            timed.grain = news.grain
            and timed.date_basis = news.date_basis
            and timed.period_start_on = news.period_start_on
            and timed.paper_id = news.paper_id
),

shared as (
    select
        *,
        -- In the first months of a warehouse everything is new.
        case
            when has_history and followed_keyword_count > 0
                then cast(novel_keyword_count as double) / followed_keyword_count
        end as novel_keyword_share,
        case
            when followed_keyword_count > 0
                then cast(rising_keyword_count as double) / followed_keyword_count
        end as rising_keyword_share
    from parts
),

scored as (
    select
        *,
        {{ stable(
            var('paper_weight_upvotes') ~ ' * coalesce(upvote_percentile, 0) + '
            ~ var('paper_weight_growth') ~ ' * coalesce(growth_percentile, 0) + '
            ~ var('paper_weight_novelty') ~ ' * coalesce(novel_keyword_share, 0) + '
            ~ var('paper_weight_rising') ~ ' * coalesce(rising_keyword_share, 0) + '
            ~ var('paper_weight_returning')
            ~ ' * case when earlier_appearance_count > 0 then 1 else 0 end'
        ) }} as trend_score
    from shared
),

paper_trends as (
    select
        grain,
        date_basis,
        period_start_on,
        paper_id,
        cast(
            row_number() over (
                partition by grain, date_basis, period_start_on
                order by
                    trend_score desc nulls last, upvotes desc nulls last, paper_id asc nulls last
            ) as integer
        ) as trend_rank,
        trend_score,
        upvotes,
        {{ stable('upvote_percentile') }} as upvote_percentile,
        try_cast(upvote_growth as integer) as upvote_growth,
        {{ stable('growth_percentile') }} as growth_percentile,
        cast(appearance_count as integer) as appearance_count,
        cast(earlier_appearance_count as integer) as earlier_appearance_count,
        earlier_appearance_count > 0 as is_returning,
        cast(followed_keyword_count as integer) as followed_keyword_count,
        {{ stable('novel_keyword_share') }} as novel_keyword_share,
        {{ stable('rising_keyword_share') }} as rising_keyword_share
    from scored
)

select * from paper_trends
