{#
    Since when a share is another one. Tables from verdicts and series to change_points: one row per period in which a
    keyword rises or falls, with the period it does so from.
#}
{% macro change_points(grain) %}
-- Since when: of all ways to split the compared periods in two, the one whose two shares
-- make the counts likeliest (Hinkley 1970, the binomial change point).
moved as (
    select
        series_number,
        date_basis,
        period_number
    from verdicts
    where verdict in ('rising', 'new', 'falling')
),

sides as (
    select
        moved.series_number,
        moved.period_number,
        periods.period_number as split_number,
        coalesce(sum(found.keyword_paper_count) over before, 0) as with_before,
        coalesce(sum(periods.period_paper_count) over before, 0) as papers_before,
        coalesce(sum(found.keyword_paper_count) over after, 0) as with_after,
        sum(periods.period_paper_count) over after as papers_after
    from moved
    inner join supported on moved.series_number = supported.series_number
    -- All periods compared, also those that have no row of their own.
    inner join periods
        on
            moved.date_basis = periods.date_basis
            and supported.first_period_number <= periods.period_number
            and periods.period_number
            between moved.period_number - {{ compared_length(grain) }} + 1
            and moved.period_number
    left join found
        on
            supported.term_hash = found.term_hash
            and supported.date_basis = found.date_basis
            and periods.period_number = found.period_number
    window
        before as (
            partition by moved.series_number, moved.period_number
            order by periods.period_number nulls last
            rows between unbounded preceding and 1 preceding
        ),
        after as (
            partition by moved.series_number, moved.period_number
            order by periods.period_number nulls last
            rows between current row and unbounded following
        )
),

likelihoods as (
    select
        *,
        {{ rounded(
            binomial_log_likelihood('with_before', 'papers_before') ~ ' + '
            ~ binomial_log_likelihood('with_after', 'papers_after'), 6
        ) }} as log_likelihood
    from sides
),

change_points as (
    select
        series_number,
        period_number,
        min_by(split_number, (-log_likelihood, split_number)) as since_number
    from likelihoods
    group by series_number, period_number
),
{% endmacro %}
