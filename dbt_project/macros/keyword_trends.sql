{#
    The series of every supported keyword at one grain (day, week or month), with the test and the verdict of each
    period. The marts keyword_trends_by_<grain> are this query and nothing else.

    The share in the recent periods (this one and those just before it) is compared with the share in the window of
    periods before those. A single month of a few hundred papers holds too little to see a share double.

    subject: keyword, or topic, whose series are judged in the same way.
#}
{% macro keyword_trends(grain, subject='keyword') %}
    {%- set recent_length = var('trend_recent_' ~ grain ~ 's') | int -%}
    {%- set window_length = var('trend_window_' ~ grain ~ 's') | int -%}
    {%- set min_dates = var('trend_min_dates_' ~ grain ~ 's') -%}
with keyword_days as (
    select * from {{ ref('int_' ~ subject ~ 's__dated') }}
),

periods as (
    select * from {{ ref('int_periods__counted') }}
    where grain = '{{ grain }}'
),

{% if subject == 'topic' %}
    names as (
        select
            {{ text_number('topic_id') }} as term_hash,
            topic_id as keyword_id,
            topic as keyword
        from {{ ref('topics') }}
    ),
{% else %}
    names as (
        select
            accepted.term_hash,
            keywords.keyword_id,
            keywords.keyword
        from {{ ref('int_keywords__accepted') }} as accepted
        inner join {{ ref('keywords') }} as keywords
            on accepted.keyword_id = keywords.keyword_id
    ),
{% endif %}

found as (
    select
        term_hash,
        date_basis,
        {{ period_number('dated_on', grain) }} as period_number,
        sum(keyword_paper_count) as keyword_paper_count
    from keyword_days
    group by term_hash, date_basis, {{ period_number('dated_on', grain) }}
),

found_compared as (
    select
        *,
        {{ keyword_windows(recent_length, window_length) }}
    from found
),

-- A keyword without one period that can be judged has no series.
supported as (
    select
        found.term_hash,
        found.date_basis,
        min(found.period_number) as first_period_number,
        sum(found.keyword_paper_count) as basis_keyword_paper_count
    from found_compared as found
    inner join periods
        on
            found.date_basis = periods.date_basis
            and found.period_number = periods.period_number
    group by found.term_hash, found.date_basis
    having max({{ expected_papers() }}) >= {{ var('trend_min_expected_papers') }}
),

series as (
    select
        supported.term_hash,
        periods.date_basis,
        periods.period_number,
        periods.is_complete,
        periods.period_paper_count,
        periods.recent_paper_count,
        periods.previous_paper_count,
        periods.previous_date_count,
        coalesce(found.keyword_paper_count, 0) as keyword_paper_count,
        -- The prior: the keyword's overall share in so many papers, kept off nought and one.
        {{ var('trend_prior_papers') }} * (supported.basis_keyword_paper_count + 0.5)
        / (periods.basis_paper_count + 1) as prior_count
    from supported
    inner join periods
        on
            supported.date_basis = periods.date_basis
            and supported.first_period_number <= periods.period_number
    left join found
        on
            supported.term_hash = found.term_hash
            and supported.date_basis = found.date_basis
            and periods.period_number = found.period_number
),

compared as (
    select
        *,
        {{ keyword_windows(recent_length, window_length) }},
        coalesce(
            sum(keyword_paper_count) over (
                partition by term_hash, date_basis
                order by period_number
                range between unbounded preceding and {{ recent_length }} preceding
            ), 0
        ) as earlier_keyword_paper_count
    from series
),

expected as (
    select
        *,
        {{ expected_papers() }} as expected_paper_count
    from compared
),

judged as (
    select
        *,
        previous_date_count >= {{ min_dates }} as has_dates,
        coalesce(expected_paper_count, 0) >= {{ var('trend_min_expected_papers') }}
        and least(recent_paper_count, previous_paper_count)
        >= {{ var('trend_min_total') }} as has_support
    from expected
),

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
                    range between {{ recent_length + window_length - 1 }} preceding
                    and current row
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

corrected as (
    select
        *,
        {{ benjamini_hochberg_q(
            'p_value', 'p_rank', 'test_count', ['date_basis', 'period_number']
        ) }} as q_value
    from ordered
),

verdicts as (
    select
        judged.*,
        corrected.log_odds_difference,
        corrected.excess_variance,
        corrected.z_score,
        corrected.p_value,
        corrected.q_value,
        case
            when not judged.has_dates then 'insufficient_dates'
            when not judged.has_support then 'insufficient_support'
            when corrected.q_value > {{ var('trend_false_discovery_rate') }}
                then 'steady'
            when corrected.z_score < 0 then 'falling'
            when judged.earlier_keyword_paper_count = 0 then 'new'
            else 'rising'
        end as verdict
    from judged
    left join corrected
        on
            judged.term_hash = corrected.term_hash
            and judged.date_basis = corrected.date_basis
            and judged.period_number = corrected.period_number
),

-- Since when: of all ways to split the compared periods in two, the one whose two shares
-- make the counts likeliest (Hinkley 1970, the binomial change point).
moved as (
    select
        term_hash,
        date_basis,
        period_number
    from verdicts
    where verdict in ('rising', 'new', 'falling')
),

sides as (
    select
        moved.term_hash,
        moved.date_basis,
        moved.period_number,
        series.period_number as split_number,
        coalesce(sum(series.keyword_paper_count) over before, 0) as with_before,
        coalesce(sum(series.period_paper_count) over before, 0) as papers_before,
        sum(series.keyword_paper_count) over after as with_after,
        sum(series.period_paper_count) over after as papers_after
    from moved
    inner join series
        on
            moved.term_hash = series.term_hash
            and moved.date_basis = series.date_basis
            and series.period_number
            between moved.period_number - {{ recent_length + window_length - 1 }}
            and moved.period_number
    window
        before as (
            partition by moved.term_hash, moved.date_basis, moved.period_number
            order by series.period_number
            rows between unbounded preceding and 1 preceding
        ),
        after as (
            partition by moved.term_hash, moved.date_basis, moved.period_number
            order by series.period_number
            rows between current row and unbounded following
        )
),

likelihoods as (
    select
        *,
        round(
            {{ binomial_log_likelihood('with_before', 'papers_before') }}
            + {{ binomial_log_likelihood('with_after', 'papers_after') }}, 6
        ) as log_likelihood
    from sides
),

change_points as (
    select
        term_hash,
        date_basis,
        period_number,
        min_by(split_number, (-log_likelihood, split_number)) as since_number
    from likelihoods
    group by term_hash, date_basis, period_number
),

trends as (
    select
        names.keyword_id,
        names.keyword,
        verdicts.date_basis,
        {{ period_start('verdicts.period_number', grain) }} as period_start_on,
        verdicts.is_complete,
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
        {% for window in ['recent', 'previous'] %}
            cast(verdicts.{{ window }}_keyword_paper_count as integer)
                as {{ window }}_keyword_paper_count,
            cast(verdicts.{{ window }}_paper_count as integer)
                as {{ window }}_paper_count,
            {{ share(
                'verdicts.' ~ window ~ '_keyword_paper_count',
                'verdicts.' ~ window ~ '_paper_count'
            ) }} as {{ window }}_share,
        {% endfor %}
{{ stable('verdicts.log_odds_difference') }} as log_odds_difference,
        verdicts.excess_variance,
        {{ stable('verdicts.z_score') }} as z_score,
        {{ stable('verdicts.p_value') }} as p_value,
        verdicts.q_value,
        verdicts.verdict,
        {{ period_start('change_points.since_number', grain) }} as since_on,
        {{ percent_of(
            'verdicts.recent_keyword_paper_count', 'verdicts.recent_paper_count'
        ) }}
        || ' in {{ recent_length }} {{ grain }}s, against '
        || {{ percent_of(
            'verdicts.previous_keyword_paper_count', 'verdicts.previous_paper_count'
        ) }}
        || ' in the {{ window_length }} {{ grain }}s before'
        || case verdicts.verdict
            when 'insufficient_dates'
                then
                    ', of which ' || cast(verdicts.previous_date_count as varchar)
                    || ' have papers; a comparison needs {{ min_dates }}'
            when 'insufficient_support'
                then
                    '; at equal shares '
                    || cast(
                        cast(
                            coalesce(verdicts.expected_paper_count, 0) as decimal(9, 1)
                        ) as varchar
                    )
                    || ' are expected, and a comparison needs'
                    || ' {{ var("trend_min_expected_papers") }} of them, and'
                    || ' {{ var("trend_min_total") }} papers on either side'
            else
                case verdicts.verdict
                    when 'new' then ' and in none ever before them' else ''
                end
                || '; z ' || cast(cast(verdicts.z_score as decimal(9, 2)) as varchar)
                || case
                    when verdicts.q_value < 0.0001 then ', q below 0.0001'
                    else
                        ', q ' || cast(
                            cast(verdicts.q_value as decimal(5, 4)) as varchar
                        )
                end
        end
        || case
            when verdicts.is_complete then '.'
            else '; the {{ grain }} is not complete.'
        end as because
    from verdicts
    left join change_points
        on
            verdicts.term_hash = change_points.term_hash
            and verdicts.date_basis = change_points.date_basis
            and verdicts.period_number = change_points.period_number
    inner join names on verdicts.term_hash = names.term_hash
)

select * from trends
{% endmacro %}

{# Papers with the keyword in the recent periods and in the window before them. #}
{% macro keyword_windows(recent_length, window_length) -%}
    coalesce(
        sum(keyword_paper_count) over (
            partition by term_hash, date_basis
            order by period_number
            range between {{ recent_length - 1 }} preceding and current row
        ), 0
    ) as recent_keyword_paper_count,
    coalesce(
        sum(keyword_paper_count) over (
            partition by term_hash, date_basis
            order by period_number
            range between {{ recent_length + window_length - 1 }} preceding
            and {{ recent_length }} preceding
        ), 0
    ) as previous_keyword_paper_count
{%- endmacro %}

{# Papers with the keyword expected in the recent periods at the share of both together. #}
{% macro expected_papers() -%}
    (recent_keyword_paper_count + previous_keyword_paper_count) * recent_paper_count
    / nullif(recent_paper_count + previous_paper_count, 0)
{%- endmacro %}

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

{# Share of a burst, kept below one. #}
{% macro burst_share(base_share) -%}
    least({{ var('trend_burst_ratio') }} * {{ base_share }}, (1 + {{ base_share }}) / 2)
{%- endmacro %}
