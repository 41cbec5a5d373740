{#
    The series of every supported keyword at one grain (day, week or month), with the test and the verdict of each
    period. The marts keyword_trends_by_<grain> are this query and nothing else.

    with_zeros: also the periods without the keyword, from its first one to the last one of the date basis.
#}
{% macro keyword_trends(grain, with_zeros=true) %}
{%- set window_length = var('trend_window_' ~ grain ~ 's') -%}
{%- set min_dates = var('trend_min_dates_' ~ grain ~ 's') -%}
with keyword_days as (
    select * from {{ ref('int_keywords__dated') }}
),

dated_papers as (
    select * from {{ ref('int_papers__dated') }}
),

accepted as (
    select * from {{ ref('int_keywords__accepted') }}
),

keywords as (
    select * from {{ ref('keywords') }}
),

-- Periods are numbered without gaps, so that a window is a range of numbers.
found as (
    select
        term_hash,
        date_basis,
        {{ period_number('dated_on', grain) }} as period_number,
        sum(keyword_paper_count) as keyword_paper_count
    from keyword_days
    group by term_hash, date_basis, {{ period_number('dated_on', grain) }}
),

supported as (
    select
        term_hash,
        date_basis,
        min(period_number) as first_period_number,
        sum(keyword_paper_count) as keyword_paper_count
    from found
    group by term_hash, date_basis
    having max(keyword_paper_count) >= {{ var('trend_min_best_period_papers') }}
),

counted_periods as (
    select
        date_basis,
        {{ period_number('dated_on', grain) }} as period_number,
        count(*) as period_paper_count
    from dated_papers
    group by date_basis, {{ period_number('dated_on', grain) }}
),

bases as (
    select
        date_basis,
        min(period_number) as first_period_number,
        max(period_number) as last_period_number,
        sum(period_paper_count) as basis_paper_count
    from counted_periods
    group by date_basis
),

calendar as (
    select
        date_basis,
        basis_paper_count,
        unnest({{ integers('first_period_number', 'last_period_number') }})
            as period_number
    from bases
),

periods as (
    select
        calendar.date_basis,
        calendar.basis_paper_count,
        calendar.period_number,
        coalesce(counted_periods.period_paper_count, 0) as period_paper_count,
        coalesce(sum(counted_periods.period_paper_count) over window_before, 0)
            as previous_paper_count,
        count(counted_periods.period_paper_count) over window_before
            as previous_date_count
    from calendar
    left join counted_periods
        on
            calendar.date_basis = counted_periods.date_basis
            and calendar.period_number = counted_periods.period_number
    window window_before as (
        partition by calendar.date_basis
        order by calendar.period_number
        rows between {{ window_length }} preceding and 1 preceding
    )
),

series as (
    select
        supported.term_hash,
        periods.date_basis,
        periods.period_number,
        periods.period_paper_count,
        periods.previous_paper_count,
        periods.previous_date_count,
        coalesce(found.keyword_paper_count, 0) as keyword_paper_count,
        -- The prior: the keyword's overall share in so many papers, kept off nought and one.
        {{ var('trend_prior_papers') }} * (supported.keyword_paper_count + 0.5)
        / (periods.basis_paper_count + 1) as prior_count
    from supported
    inner join periods
        on
            supported.date_basis = periods.date_basis
            and supported.first_period_number <= periods.period_number
    {{ 'left' if with_zeros else 'inner' }} join found
        on
            supported.term_hash = found.term_hash
            and supported.date_basis = found.date_basis
            and periods.period_number = found.period_number
),

compared as (
    select
        *,
        coalesce(
            sum(keyword_paper_count) over (
                partition by term_hash, date_basis
                order by period_number
                range between {{ window_length }} preceding and 1 preceding
            ), 0
        ) as previous_keyword_paper_count
    from series
),

judged as (
    select
        *,
        previous_date_count >= {{ min_dates }} as has_dates,
        keyword_paper_count + previous_keyword_paper_count
        >= {{ var('trend_min_support') }}
        and least(period_paper_count, previous_paper_count)
        >= {{ var('trend_min_total') }} as has_support
    from compared
),

-- Weighted log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008), each paper one draw.
counts as (
    select
        *,
        keyword_paper_count + prior_count as with_now,
        period_paper_count - keyword_paper_count
        + {{ var('trend_prior_papers') }} - prior_count as without_now,
        previous_keyword_paper_count + prior_count as with_before,
        previous_paper_count - previous_keyword_paper_count
        + {{ var('trend_prior_papers') }} - prior_count as without_before
    from judged
    where has_dates and has_support
),

differences as (
    select
        *,
        {{ stable('ln(with_now / without_now) - ln(with_before / without_before)') }}
            as log_odds_difference,
        sqrt(1 / with_now + 1 / without_now + 1 / with_before + 1 / without_before)
            as standard_error
    from counts
),

scored as (
    select
        *,
        {{ stable('log_odds_difference / standard_error') }} as z_score
    from differences
),

tested as (
    select
        term_hash,
        date_basis,
        period_number,
        log_odds_difference,
        z_score,
        {{ stable(two_sided_p('z_score')) }} as p_value
    from scored
),

ordered as (
    select
        *,
        row_number() over (
            partition by date_basis, period_number
            order by p_value, term_hash
        ) as p_rank,
        count(*) over (partition by date_basis, period_number) as test_count
    from tested
),

-- Benjamini and Hochberg (1995): the smallest p * tests / rank among this and all larger p.
corrected as (
    select
        *,
        {{ stable('min(p_value * test_count / p_rank) over (
            partition by date_basis, period_number
            order by p_rank desc
            rows between unbounded preceding and current row
        )') }} as q_value
    from ordered
),

verdicts as (
    select
        judged.*,
        corrected.log_odds_difference,
        corrected.z_score,
        corrected.p_value,
        corrected.q_value,
        case
            when not judged.has_dates then 'insufficient_dates'
            when not judged.has_support then 'insufficient_support'
            when corrected.q_value > {{ var('trend_false_discovery_rate') }}
                then 'steady'
            when corrected.z_score > 0 then 'rising'
            else 'falling'
        end as verdict
    from judged
    left join corrected
        on
            judged.term_hash = corrected.term_hash
            and judged.date_basis = corrected.date_basis
            and judged.period_number = corrected.period_number
),

trends as (
    select
        keywords.keyword_id,
        keywords.keyword,
        verdicts.date_basis,
        {{ period_start('verdicts.period_number', grain) }} as period_start_on,
        cast(verdicts.keyword_paper_count as integer) as keyword_paper_count,
        cast(verdicts.period_paper_count as integer) as period_paper_count,
        {{ share('verdicts.keyword_paper_count', 'verdicts.period_paper_count') }}
            as keyword_share,
        {{ wilson_bound(
            'verdicts.keyword_paper_count', 'verdicts.period_paper_count', '-'
        ) }} as share_low,
        {{ wilson_bound(
            'verdicts.keyword_paper_count', 'verdicts.period_paper_count', '+'
        ) }} as share_high,
        cast(verdicts.previous_keyword_paper_count as integer)
            as previous_keyword_paper_count,
        cast(verdicts.previous_paper_count as integer) as previous_paper_count,
        {{ share(
            'verdicts.previous_keyword_paper_count', 'verdicts.previous_paper_count'
        ) }} as previous_share,
        verdicts.log_odds_difference,
        verdicts.z_score,
        verdicts.p_value,
        verdicts.q_value,
        verdicts.verdict,
        {{ percent_of('verdicts.keyword_paper_count', 'verdicts.period_paper_count') }}
        || ' against '
        || {{ percent_of(
            'verdicts.previous_keyword_paper_count', 'verdicts.previous_paper_count'
        ) }}
        || ' in the {{ window_length }} {{ grain }}s before'
        || case verdicts.verdict
            when 'insufficient_dates'
                then
                    ', of which ' || cast(verdicts.previous_date_count as varchar)
                    || ' have papers; a comparison needs {{ min_dates }}.'
            when 'insufficient_support'
                then
                    '; a comparison needs {{ var("trend_min_support") }} papers with the'
                    || ' keyword and {{ var("trend_min_total") }} of any kind on either side.'
            else
                '; z ' || cast(cast(verdicts.z_score as decimal(9, 2)) as varchar)
                || case
                    when verdicts.q_value < 0.0001 then ', q below 0.0001.'
                    else
                        ', q ' || cast(
                            cast(verdicts.q_value as decimal(5, 4)) as varchar
                        ) || '.'
                end
        end as because
    from verdicts
    inner join accepted on verdicts.term_hash = accepted.term_hash
    inner join keywords on accepted.keyword_id = keywords.keyword_id
)

select * from trends
{% endmacro %}

{# A share as a number from 0 to 1; null where there is nothing to share. #}
{% macro share(part, whole) -%}
    {{ stable(part ~ ' / nullif(' ~ whole ~ ', 0)') }}
{%- endmacro %}

{# A count and its share, for people: 12 of 310 papers (3.9 %). #}
{% macro percent_of(part, whole) -%}
    cast({{ part }} as varchar) || ' of ' || cast({{ whole }} as varchar) || ' papers'
    || case
        when {{ whole }} = 0 then ''
        else
            ' (' || cast(
                cast(100 * {{ part }} / nullif({{ whole }}, 0) as decimal(5, 1)) as varchar
            ) || ' %)'
    end
{%- endmacro %}
