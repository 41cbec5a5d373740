-- Long, but one grain: most of it are the words in which each kind of news is told.
{{ config(materialized='view') }}

with papers as (
    select * from {{ ref('papers') }}
),

sighted as (
    select * from {{ ref('int_papers__sighted') }}
),

paper_trends as (
    select
        *,
        count(*) over (partition by grain, date_basis, period_start_on) as paper_count
    from {{ ref('paper_trends') }}
),

-- A list and a page of one period are one sighting.
seen as (
    select
        grain,
        period_start_on,
        paper_id,
        max(date_basis) as date_basis,
        min(first_seen_on) as seen_on,
        max(last_seen_on) as last_seen_on,
        max(upvotes) as upvotes,
        max(comment_count) as comment_count
    from sighted
    group by grain, period_start_on, paper_id
),

placed as (
    select
        seen.*,
        papers.title,
        papers.code_url,
        paper_trends.trend_rank,
        paper_trends.trend_score,
        paper_trends.paper_count,
        paper_trends.upvote_percentile,
        paper_trends.upvote_growth,
        paper_trends.rising_keyword_share,
        paper_trends.novel_keyword_share,
        coalesce(
            seen.upvotes || case when seen.upvotes = 1 then ' vote' else ' votes' end,
            'votes unknown'
        ) as votes,
        case when seen.date_basis = 'listed' then 'Listed' else 'Captured' end as verb,
        lag(seen.last_seen_on) over (
            partition by seen.grain, seen.paper_id
            order by seen.period_start_on nulls last
        ) as previous_seen_on,
        cast(
            row_number() over (
                partition by seen.grain, seen.period_start_on
                order by
                    seen.upvotes desc nulls last,
                    seen.comment_count desc nulls last,
                    seen.seen_on asc nulls last,
                    seen.paper_id asc nulls last
            ) as integer
        ) as vote_rank
    from seen
    inner join papers on seen.paper_id = papers.paper_id
    left join paper_trends
        on
            seen.grain = paper_trends.grain
            and seen.period_start_on = paper_trends.period_start_on
            and seen.date_basis = paper_trends.date_basis
            and seen.paper_id = paper_trends.paper_id
),

phrased as (
    select
        *,
        verb || ' for the first time on ' || seen_on || ', ' || votes || '.'
            as new_sentence,
        verb || ' for the first time.' as new_why,
        case
            when vote_rank = 1 then 'No paper of that ' || grain || ' has more votes'
            else 'It is among the papers of that ' || grain || ' with most votes'
        end
        || case
            when rising_keyword_share > 0 then ', and it is about what rises.'
            when novel_keyword_share > 0 then ', and it is about something new.'
            when upvote_growth > 0 then ', and it still gains some.'
            else '.'
        end as trending_why,
        verb
        || ' again after '
        || cast(round({{ days_between('previous_seen_on', 'seen_on') }} / 7.0e0) as integer)
        || ' weeks.' as returning_why,
        'Place '
        || trend_rank
        || ' of '
        || paper_count
        || ' papers '
        || lower(verb)
        || ' that '
        || grain
        || ', '
        || votes
        || case
            when upvote_growth > 0
                then ', ' || upvote_growth || ' of them since the look before'
            else ''
        end
        {% for part, change in [('rising', 'rising'), ('novel', 'new')] %}
            || case
                when {{ part }}_keyword_share > 0
                    then
                        ', '
                        || cast(round(100 * {{ part }}_keyword_share) as integer)
                        || ' % of its followed keywords {{ change }}'
                else ''
            end
        {% endfor %}
        || '.' as trending_sentence,
        verb
        || ' again on '
        || seen_on
        || ', '
        || {{ days_between('previous_seen_on', 'seen_on') }}
        || ' days after '
        || previous_seen_on
        || ', '
        || votes
        || '.' as returning_sentence
    from placed
),

told as (
    {% for kind, rank, condition in [
        ('new', 'vote_rank', 'previous_seen_on is null'),
        (
            'trending', 'trend_rank',
            'upvotes > 0 and upvote_percentile >= 0.5e0 and trend_rank <= '
            ~ var('digest_trending_papers'),
        ),
        (
            'returning', 'vote_rank',
            days_between('previous_seen_on', 'seen_on') ~ ' >= ' ~ var('digest_returning_days'),
        ),
    ] %}
        select
            grain as period_kind,
            period_start_on,
            '{{ kind }}' as kind,
            {{ rank }} as kind_rank,
            paper_id,
            title,
            {{ kind }}_why as why,
            {{ kind }}_sentence as sentence,
            date_basis,
            seen_on,
            previous_seen_on,
            upvotes,
            comment_count,
            code_url
        from phrased
        where {{ condition }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from told
