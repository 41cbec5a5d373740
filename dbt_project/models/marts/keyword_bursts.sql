-- Long, but one grain: the automaton in its steps, each named.
-- Kleinberg (2002), Bursty and hierarchical structure in streams, KDD: the two-state
-- automaton for batches (section 4). A month either draws its papers at the keyword's
-- overall share or at trend_burst_ratio times it, yet below one; entering the upper state
-- costs trend_burst_cost * ln(months). The cheapest sequence of states is found exactly.
with series as (
    select * from {{ ref('keyword_trends_by_month') }}
),

months as (
    select
        date_basis,
        {{ period_start('period_number', 'month') }} as period_start_on,
        period_paper_count,
        basis_paper_count,
        row_number() over (partition by date_basis order by period_number nulls last)
            as month_number
    from {{ ref('int_periods__counted') }}
    where grain = 'month'
),

bases as (
    select
        date_basis,
        count(*) as period_count,
        min(basis_paper_count) as basis_paper_count
    from months
    group by date_basis
),

-- Months without papers of the keyword have no row; their papers count all the same. A series goes
-- by a number: months by the million are held in order below.
rated as (
    select
        series.keyword_id,
        series.date_basis,
        min(series.keyword) as keyword,
        min(series.period_start_on) as first_on,
        row_number() over (
            order by series.keyword_id nulls last, series.date_basis nulls last
        ) as series_number,
        sum(series.keyword_paper_count)
        / cast(min(bases.basis_paper_count) as double) as base_share,
        {{ var('trend_burst_cost') }} * ln(min(bases.period_count)) as entry_cost
    from series
    inner join bases on series.date_basis = bases.date_basis
    group by series.keyword_id, series.date_basis
),

raised as (
    select
        *,
        least({{ var('trend_burst_ratio') }} * base_share, (1 + base_share) / 2)
            as raised_share
    from rated
    where base_share > 0 and base_share < 1
),

-- What a month saves by being in the upper state: the log of the likelihood ratio. Only months with
-- papers of the keyword can save anything.
found as (
    select
        raised.series_number,
        series.period_start_on,
        series.keyword_paper_count,
        series.q_value,
        series.verdict,
        series.keyword_paper_count * ln(raised.raised_share / raised.base_share)
        + (series.period_paper_count - series.keyword_paper_count)
        * ln((1 - raised.raised_share) / (1 - raised.base_share)) as gain
    from series
    inner join raised
        on series.keyword_id = raised.keyword_id and series.date_basis = raised.date_basis
),

gained as (
    select
        series_number,
        sum(greatest(gain, 0)) as gain
    from found
    group by series_number
),

-- A series that gains less than entering costs, in all its good months together, has no burst.
bursting as (
    select raised.*
    from raised
    inner join gained on raised.series_number = gained.series_number
    where gained.gain > raised.entry_cost
),

-- All its months from its first use on.
laid_out as (
    select
        bursting.series_number,
        bursting.raised_share,
        bursting.base_share,
        months.period_start_on,
        months.period_paper_count,
        months.month_number - firsts.month_number + 1 as step
    from bursting
    inner join months as firsts
        on
            bursting.date_basis = firsts.date_basis
            and bursting.first_on = firsts.period_start_on
    inner join months
        on
            firsts.date_basis = months.date_basis
            and firsts.month_number <= months.month_number
),

numbered as (
    select
        laid_out.series_number,
        laid_out.period_start_on,
        laid_out.period_paper_count,
        laid_out.step,
        coalesce(found.keyword_paper_count, 0) as keyword_paper_count,
        case when found.verdict in ('rising', 'new') then found.q_value end as q_value,
        coalesce(
            found.gain,
            laid_out.period_paper_count
            * ln((1 - laid_out.raised_share) / (1 - laid_out.base_share))
        ) as gain
    from laid_out
    left join found
        on
            laid_out.series_number = found.series_number
            and laid_out.period_start_on = found.period_start_on
),

-- The advantage of the upper state over the lower one goes from month to month: behind by more
-- than the cost of entering, or ahead at all, the past no longer matters. So a month adds its gain
-- and lets nothing out of two bounds, and so do months on end, together: adding, then bounds.
scanned_1 as (
    select
        numbered.series_number,
        numbered.step,
        bursting.entry_cost,
        numbered.gain as added,
        numbered.gain - bursting.entry_cost as lowest,
        numbered.gain as highest
    from numbered
    inner join bursting on numbered.series_number = bursting.series_number
),

-- What 1, 2, 4 ... months up to each one do to what was before them (Hillis and Steele 1986, Data
-- parallel algorithms, CACM): after twelve rounds all months of 341 years. A list of states that
-- grew month by month would take memory by the square of the months.
{% set rounds = 12 %}
{% for round in range(rounds) %}
    {% set months = 2 ** round %}
    paired_{{ months }} as (
        select
            *,
            lag(added, {{ months }}) over earlier as added_before,
            lag(lowest, {{ months }}) over earlier as lowest_before,
            lag(highest, {{ months }}) over earlier as highest_before
        from scanned_{{ months }}
        window earlier as (partition by series_number order by step nulls last)
    ),

    scanned_{{ 2 * months }} as (
        select
            series_number,
            step,
            entry_cost,
            added + coalesce(added_before, 0) as added,
            case
                when added_before is null then lowest
                else least(highest, greatest(lowest, lowest_before + added))
            end as lowest,
            case
                when added_before is null then highest
                else least(highest, greatest(lowest, highest_before + added))
            end as highest
        from paired_{{ months }}
    ),
{% endfor %}

-- Before its first month a series is in the lower state.
walked as (
    select
        series_number,
        step,
        entry_cost,
        least(highest, greatest(lowest, added - entry_cost)) as advantage
    from scanned_{{ 2 ** rounds }}
),

-- Ahead, a month is sure of the upper state, and behind by more than the cost of the lower one.
-- Any other is in the state of the next one that is sure.
stated as (
    select
        series_number,
        step,
        max(step) over (partition by series_number) as last_step,
        min(
            case
                when advantage > 0 then 2 * step + 1
                when advantage < -entry_cost then 2 * step
            end
        ) over (
            partition by series_number
            order by step nulls last
            rows between current row and unbounded following
        ) as next_sure
    from walked
),

raised_months as (
    select
        series_number,
        last_step,
        step
    from stated
    where next_sure % 2 = 1
),

-- Months on end have one difference from their own count.
onsets as (
    select
        raised_months.last_step,
        numbered.*,
        numbered.step - row_number() over (
            partition by numbered.series_number
            order by numbered.step nulls last
        ) as burst_group
    from raised_months
    inner join numbered
        on
            raised_months.series_number = numbered.series_number
            and raised_months.step = numbered.step
),

bursts as (
    select
        raised.keyword_id,
        raised.keyword,
        raised.date_basis,
        min(onsets.period_start_on) as onset_on,
        max(onsets.period_start_on) as last_month_on,
        max(onsets.step) = max(onsets.last_step) as is_ongoing,
        cast(count(*) as integer) as month_count,
        cast(sum(onsets.keyword_paper_count) as integer) as keyword_paper_count,
        cast(sum(onsets.period_paper_count) as integer) as burst_paper_count,
        {{ share('sum(onsets.keyword_paper_count)', 'sum(onsets.period_paper_count)') }}
            as burst_share,
        {{ stable('min(raised.base_share)') }} as base_share,
        {{ stable('sum(onsets.gain)') }} as burst_weight,
        min(onsets.q_value) as q_value
    from onsets
    inner join raised on onsets.series_number = raised.series_number
    group by raised.keyword_id, raised.keyword, raised.date_basis, onsets.burst_group
)

select * from bursts
