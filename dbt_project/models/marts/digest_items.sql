with papers as (
    select * from {{ ref('int_papers__told') }}
),

keywords as (
    select * from {{ ref('int_keywords__told') }}
),

items as (
    select
        period_kind,
        period_start_on,
        kind,
        kind_rank,
        paper_id,
        cast(null as string) as keyword_id,
        title as headline,
        why,
        sentence,
        date_basis,
        seen_on,
        previous_seen_on,
        upvotes,
        comment_count,
        code_url,
        cast(null as string) as trend_grain,
        cast(null as double) as recent_share,
        cast(null as double) as previous_share,
        cast(null as double) as q_value
    from papers
    union all
    select
        period_kind,
        period_start_on,
        'rising' as kind,
        kind_rank,
        cast(null as string) as paper_id,
        keyword_id,
        keyword as headline,
        why,
        because as sentence,
        date_basis,
        news_on as seen_on,
        cast(null as date) as previous_seen_on,
        cast(null as integer) as upvotes,
        cast(null as integer) as comment_count,
        cast(null as string) as code_url,
        trend_grain,
        recent_share,
        previous_share,
        q_value
    from keywords
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
                order by
                    kind_rank asc nulls last,
                    coalesce(paper_id, keyword_id) asc nulls last
            ) as integer
        ) as item_rank,
        paper_id,
        keyword_id,
        headline,
        why,
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
