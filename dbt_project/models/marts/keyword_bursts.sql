-- Kleinberg (2002), Bursty and hierarchical structure in streams, KDD: the two-state
-- automaton for batches (section 4). A month either draws its papers at the keyword's
-- overall share or at trend_burst_ratio times it, yet below one; entering the upper state
-- costs trend_burst_cost * ln(months). The cheapest sequence of states is found exactly.
with series as (
    select * from {{ ref('keyword_trends_by_month') }}
),

bases as (
    select
        date_basis,
        count(*) as period_count,
        min(basis_paper_count) as basis_paper_count
    from {{ ref('int_periods__counted') }}
    where grain = 'month'
    group by date_basis
),

rated as (
    select
        series.keyword_id,
        series.keyword,
        series.date_basis,
        series.period_start_on,
        series.is_complete,
        series.keyword_paper_count,
        series.period_paper_count,
        series.q_value,
        series.verdict,
        -- Months before the first use have no row; their papers count all the same.
        sum(series.keyword_paper_count) over keyword_series
        / cast(bases.basis_paper_count as double) as base_share,
        {{ var('trend_burst_cost') }} * ln(bases.period_count) as entry_cost,
        row_number() over (
            partition by series.keyword_id, series.date_basis
            order by series.period_start_on
        ) as step
    from series
    inner join bases on series.date_basis = bases.date_basis
    window keyword_series as (partition by series.keyword_id, series.date_basis)
),

raised as (
    select
        *,
        least({{ var('trend_burst_ratio') }} * base_share, (1 + base_share) / 2)
            as raised_share
    from rated
    where base_share > 0 and base_share < 1
),

-- What a month saves by being in the upper state: the log of the likelihood ratio.
gains as (
    select
        *,
        keyword_paper_count * ln(raised_share / base_share)
        + (period_paper_count - keyword_paper_count)
        * ln((1 - raised_share) / (1 - base_share)) as gain
    from raised
),

-- A series that gains less than entering costs, in all its good months together, has no burst.
bursting as (
    select
        keyword_id,
        date_basis,
        min(entry_cost) as entry_cost,
        {{ listed('gain', 'step') }} as gains
    from gains
    group by keyword_id, date_basis
    having sum(greatest(gain, 0)) > min(entry_cost)
),

-- The advantage of the upper state over the lower one, month by month. Behind the
-- cheaper of the two by more than the cost of entering it, or ahead at all, the past no
-- longer matters.
-- The linter knows no lambda of two arguments.
-- noqa: disable=PRS
walked as (
    select
        keyword_id,
        date_basis,
        {{ folded(
            'gains', '-entry_cost', '{item} + least(0, greatest(-entry_cost, {state}))'
        ) }} as advantages
    from bursting
),

-- noqa: enable=PRS
-- Backwards: a month is in the state that the next month with a sure one came from.
decided as (
    select
        gains.*,
        case
            when walked.advantages[gains.step] > 0 then 1
            when walked.advantages[gains.step] < -gains.entry_cost then 0
        end as sure_state
    from gains
    inner join walked
        on gains.keyword_id = walked.keyword_id and gains.date_basis = walked.date_basis
),

states as (
    select
        *,
        coalesce(
            first_value(sure_state ignore nulls) over (
                partition by keyword_id, date_basis
                order by step
                rows between current row and unbounded following
            ), 0
        ) as state
    from decided
),

onsets as (
    select
        *,
        max(step) over (partition by keyword_id, date_basis) as last_step,
        step - sum(state) over (
            partition by keyword_id, date_basis
            order by step
            rows between unbounded preceding and current row
        ) as burst_group
    from states
),

bursts as (
    select
        keyword_id,
        keyword,
        date_basis,
        min(period_start_on) as onset_on,
        max(period_start_on) as last_month_on,
        max(step) = max(last_step) as is_ongoing,
        cast(count(*) as integer) as month_count,
        cast(sum(keyword_paper_count) as integer) as keyword_paper_count,
        cast(sum(period_paper_count) as integer) as burst_paper_count,
        {{ share('sum(keyword_paper_count)', 'sum(period_paper_count)') }}
            as burst_share,
        {{ stable('min(base_share)') }} as base_share,
        {{ stable('sum(gain)') }} as burst_weight,
        min(q_value) filter (where verdict in ('rising', 'new')) as q_value
    from onsets
    where state = 1
    group by keyword_id, keyword, date_basis, burst_group
)

select * from bursts
