{#
    How the comparisons of trend_series.sql are tested. Tables from judged to corrected: one row per comparison that may be
    made, with z, p and q.
#}
{% macro change_tests(grain) %}
-- Weighted log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn
-- 2008), each paper one draw.
counts as (
    select
        *,
        recent_keyword_paper_count + prior_count as with_now,
        recent_paper_count - recent_keyword_paper_count
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
        ln(with_now / without_now) - ln(with_before / without_before)
            as log_odds_difference,
        1 / with_now + 1 / without_now + 1 / with_before + 1 / without_before
            as sampling_variance
    from counts
),

-- Shares move from window to window by more than chance: conferences, fashions in wording.
-- The excess variance that is common to all keywords of a period is estimated by moments, as
-- between-study variance is in a meta-analysis (DerSimonian and Laird 1986): chance and
-- excess together spread the squared differences, whose median is 0.4549 times their mean.
-- The median keeps the few keywords that do rise or fall from counting as excess.
excesses as (
    select
        *,
        log_odds_difference * log_odds_difference / {{ chi_square_median() }} - sampling_variance
            as excess,
        1 / sampling_variance as weight
    from differences
),

weighed as (
    select
        *,
        sum(weight) over (
            partition by date_basis, period_number
            order by excess, term_hash
        ) as weight_so_far,
        sum(weight) over (partition by date_basis, period_number) as weight_total
    from excesses
),

medians as (
    select
        date_basis,
        period_number,
        min(excess) filter (where weight_so_far >= weight_total / 2) as median_excess
    from weighed
    group by date_basis, period_number
    having count(*) >= {{ var('trend_min_excess_keywords') }}
),

excess_variances as (
    select
        date_basis,
        period_number,
        -- Rounded here, so that a row's own numbers give its z.
        round(
            greatest(
                0, avg(median_excess) over (
                    partition by date_basis
                    order by period_number
                    range {{ compared_periods(grain) }}
                )
            ), 10
        ) as excess_variance
    from medians
),

scored as (
    select
        differences.*,
        coalesce(excess_variances.excess_variance, 0) as excess_variance,
        differences.log_odds_difference / sqrt(
            differences.sampling_variance
            + coalesce(excess_variances.excess_variance, 0)
        ) as z_score
    from differences
    left join excess_variances
        on
            differences.date_basis = excess_variances.date_basis
            and differences.period_number = excess_variances.period_number
),

tested as (
    select
        term_hash,
        date_basis,
        period_number,
        log_odds_difference,
        excess_variance,
        z_score,
        {{ two_sided_p('z_score') }} as p_value
    from scored
),

corrected as (
    {{ benjamini_hochberg(
        'tested', 'p_value', 'q_value', ['date_basis', 'period_number'], ['term_hash']
    ) }}
),
{% endmacro %}
