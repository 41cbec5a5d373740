-- noqa: disable=LT02
{#
    How the comparisons of trend_series.sql are tested. Tables from judged to corrected: one row per comparison that may be
    made, with dispersion, z, p and q of each scale.
#}

{# The scales of a grain that are tested here; a year has no spike. #}
{% macro tested_scales(grain) -%}
    {{ return(['window'] if grain == 'year' else ['window', 'spike']) }}
{%- endmacro %}

{# How many scales a grain tests: window and spike, of years the window alone. #}
{% macro scale_count(grain) -%}
    {{ return(tested_scales(grain) | length) }}
{%- endmacro %}

{# Grains judged before this one, whose calls hand on their part of the error rate. #}
{% macro earlier_grains(grain, subject='keyword') -%}
    {%- set order = ['year', 'month', 'week', 'day'] -%}
    {{ return(order[:order.index(grain)] if subject == 'keyword' else []) }}
{%- endmacro %}

{#
    Tables up to levels: of each basis the scales that can be tested on it, and how many parts of the error rate this grain
    (or, with own given, another scale) has: its own, and those of earlier grains that call anything. The scales share the
    rate in equal parts; what has called something needs its part no more to keep the promise that nothing is called where
    nothing moves, and hands it on (recycling along a fixed order: Bretz, Maurer, Brannath and Posch 2009).
#}
{% macro scale_levels(earlier, own) %}
tested_grains as (
    {% for grain in ['day', 'week', 'month', 'year'] %}
        select
            periods.date_basis,
            {{ (scale_count(grain) | int) + (1 if grain == 'month' else 0) }} as scales
        from {{ ref('int_periods__counted') }} as periods
        where periods.grain = '{{ grain }}'
        group by periods.date_basis
        having
            bool_or(
                {{ has_dates(grain) }}
                and {{ has_papers() }}
            )
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

basis_scales as (
    select
        date_basis,
        sum(scales) as scales
    from tested_grains
    group by date_basis
),

shares as (
    select
        date_basis,
        {{ own }} as shares
    from basis_scales
    {% for grain in earlier %}
        union all
        select
            date_basis,
            {{ scale_count(grain) }} as shares
        from {{ ref('keyword_trends_by_' ~ grain) }}
        where direction is not null
        group by date_basis
    {% endfor %}
),

levels as (
    select
        basis_scales.date_basis,
        basis_scales.scales,
        sum(shares.shares) as shares
    from basis_scales
    inner join shares on basis_scales.date_basis = shares.date_basis
    group by basis_scales.date_basis, basis_scales.scales
),

{{ made_once('levels') }}
{% endmacro %}

{#
    Table of the factor that each q of this grain's scales is multiplied by: as many tests more as there are scales for each
    part of the rate. Of two scales each has half of the parts, or all of them where both show something at that level
    (Benjamini and Bogomolov 2014, families selected by the smallest q, which is Simes' p of the family).
#}
{% macro scale_factors(name, scales, families, q) %}
{{ name }} as (
    select
        levels.date_basis,
        {% if scales | length == 1 -%}
            levels.scales / cast(levels.shares as double) as factor
        {%- else -%}
            levels.scales / cast(levels.shares as double)
            * case
                when
                    greatest(
                        {% for scale in scales -%}
                            coalesce({{ scale }}_least.q, 1){{ ', ' if not loop.last }}
                        {%- endfor %}
                    ) * levels.scales
                    <= {{ var('trend_false_discovery_rate') }} * levels.shares
                    then 1
                else {{ scales | length }}
            end as factor
        {%- endif %}
    from levels
    {% if scales | length > 1 %}
        {% for scale in scales %}
            left join (
                select
                    date_basis,
                    min({{ q }}) as q
                from {{ scale }}_{{ families }}
                group by date_basis
            ) as {{ scale }}_least
                on levels.date_basis = {{ scale }}_least.date_basis
        {% endfor %}
    {% endif %}
),
{% endmacro %}

{#
    Pearson's statistic within one side, its periods against the side's share: (sum of k²/n - K²/N) / (s (1 - s)), for
    counts k of n papers, K of N together and s = K/N (McCullagh and Nelder 1989, section 4.5).
#}
{% macro within_side(side) -%}
    case
        when
            {{ side }}_keyword_paper_count > 0
            and {{ side }}_keyword_paper_count < {{ side }}_paper_count
            then
                greatest(
                    0,
                    {{ side }}_squares - cast({{ side }}_keyword_paper_count as double)
                    * {{ side }}_keyword_paper_count / {{ side }}_paper_count
                )
                * {{ side }}_paper_count / {{ side }}_keyword_paper_count
                * {{ side }}_paper_count
                / ({{ side }}_paper_count - {{ side }}_keyword_paper_count)
        else 0
    end
{%- endmacro %}

{# Its degrees of freedom: periods with papers, less one. #}
{% macro within_side_df(side) -%}
    case
        when
            {{ side }}_keyword_paper_count > 0
            and {{ side }}_keyword_paper_count < {{ side }}_paper_count
            then {{ side }}_date_count - 1
        else 0
    end
{%- endmacro %}

{% macro change_tests(grain) %}
-- What moves from period to period within a side is no difference between the sides: quasi-binomial
-- dispersion (Wedderburn 1974) by the moments of Pearson's statistic.
within as (
    select
        *,
        {% if looks_within(grain) %}
            {{ within_side('recent') }} + {{ within_side('previous') }} as within_chi_square,
            {{ within_side_df('recent') }} + {{ within_side_df('previous') }} as within_df,
            before_date_count >= {{ var('trend_min_dates_' ~ grain ~ 's') }}
            and coalesce(expected_spike_count, 0) >= {{ var('trend_min_expected_papers') }}
            and least(period_paper_count, before_paper_count) >= {{ var('trend_min_total') }}
                as has_spike_support,
        {% endif %}
        cast(floor(log2(greatest(expected_paper_count, 1))) as integer) as support_class
    from (
        select
            judged.*,
            supported.term_hash,
            periods.date_basis,
            periods.period_number,
            {{ shown_period_columns() }}
            periods.recent_date_count,
            periods.before_paper_count,
            periods.before_date_count,
            {% for year in [1, 2] %}
                periods.recent_paper_count_{{ year }},
                periods.period_paper_count_{{ year }},
            {% endfor %}
            periods.period_number - supported.first_period_number
            < {{ var('trend_recent_' ~ grain ~ 's') }} as is_first_seen,
            {{ expected_papers() }} as expected_paper_count,
            {% if looks_within(grain) %}
                (judged.keyword_paper_count + judged.before_keyword_paper_count)
                * periods.period_paper_count
                / nullif(periods.period_paper_count + periods.before_paper_count, 0)
                    as expected_spike_count,
            {% endif %}
            -- The prior: the keyword's overall share in so many papers, kept off nought and one.
            {{ var('trend_prior_papers') }} * (supported.basis_keyword_paper_count + 0.5e0)
            / (periods.basis_paper_count + 1) as prior_count
        from judged
        inner join periods on judged.calendar_number = periods.calendar_number
        inner join supported on judged.series_number = supported.series_number
        where judged.has_dates and judged.has_support
    ) as comparable
),

{% if looks_within(grain) %}
-- Pooled over keywords of like counts, by the median: words of one workshop or one season move
-- more than all others, and must not hide them.
pooled as (
    select
        date_basis,
        support_class,
        median(within_chi_square / {{ chi_square_median('within_df') }}) as dispersion,
        -- A period lies in as many comparisons as have it on a side.
        cast(sum(within_df) as double) / {{ compared_length(grain) }} as df
    from within
    where within_df > 0
    group by date_basis, support_class
),

-- Few periods tell little: until there are more, chance alone counts as if so many had shown it.
dispersions as (
    select
        date_basis,
        support_class,
        {{ stable(
            'greatest(1, (df * dispersion + ' ~ var('trend_dispersion_prior_df') ~ ') / (df + '
            ~ var('trend_dispersion_prior_df') ~ '))'
        ) }} as dispersion,
        {{ stable('df + ' ~ var('trend_dispersion_prior_df')) }} as dispersion_df
    from pooled
),
{% endif %}

differences as (
    select
        within.*,
        -- Weighted log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008),
        -- each paper one draw.
        ln(
            (recent_keyword_paper_count + prior_count)
            / (
                recent_paper_count - recent_keyword_paper_count
                + {{ var('trend_prior_papers') }} - prior_count
            )
        )
        - ln(
            (previous_keyword_paper_count + prior_count)
            / (
                previous_paper_count - previous_keyword_paper_count
                + {{ var('trend_prior_papers') }} - prior_count
            )
        ) as log_odds_difference,
        {% if not looks_within(grain) %}
            -- A year is one period: nothing lies within. What any year's share moves by counts.
            {{ stable(
                '1 + 2 * ' ~ var('trend_year_wobble') ~ ' * ' ~ var('trend_year_wobble')
                ~ ' * expected_paper_count * previous_paper_count'
                ~ ' / cast(recent_paper_count + previous_paper_count as double)'
            ) }} as dispersion,
            cast(1e9 as double) as dispersion_df
        {% else %}
            coalesce(dispersions.dispersion, 1) as dispersion,
            coalesce(dispersions.dispersion_df, {{ var('trend_dispersion_prior_df') }})
                as dispersion_df
        {% endif %}
    from within
    {% if looks_within(grain) %}
        left join dispersions
            on
                within.date_basis = dispersions.date_basis
                and within.support_class = dispersions.support_class
    {% endif %}
),

scored as (
    select
        *,
        {{ signed_root_deviance(
            'recent_keyword_paper_count', 'recent_paper_count', 'previous_keyword_paper_count',
            'previous_paper_count', 'expected_paper_count'
        ) }} / sqrt(dispersion) as window_score,
        -- A year has no other period beside it on its side: its spike would be its rise.
        {% if looks_within(grain) %}
            case
                when has_spike_support
                    then {{ signed_root_deviance(
                        'keyword_paper_count', 'period_paper_count', 'before_keyword_paper_count',
                        'before_paper_count', 'expected_spike_count'
                    ) }} / sqrt(dispersion)
            end as spike_score
        {% else %}
            cast(null as double) as spike_score
        {% endif %}
    from differences
),

-- Student's t with the dispersion's degrees of freedom, as the normal deviate of the same tail.
normal as (
    select
        *,
        {{ normal_deviate('window_score', 'dispersion_df') }} as z_score,
        {{ normal_deviate('spike_score', 'dispersion_df') }} as spike_z_score
    from scored
),

{{ made_once('normal') }}

{% for scale, z in [('window', 'z_score'), ('spike', 'spike_z_score')] %}
    {% if scale in tested_scales(grain) %}
        {{ scale }}_tested as (
            select
                series_number,
                date_basis,
                period_number,
                {{ two_sided_p(z) }} as p
            from normal
            where {{ z }} is not null
        ),

        -- Over all keywords and periods: whatever is called anywhere counts.
        {{ scale }}_corrected as (
            {{ benjamini_hochberg(
                scale ~ '_tested', 'p', 'q', ['date_basis'], ['series_number', 'period_number']
            ) }}
        ),
    {% endif %}
{% endfor %}

{{ scale_factors('change_factors', tested_scales(grain), 'corrected', 'q') }}

corrected as (
    select
        normal.*,
        window_corrected.p as p_value,
        -- The error rate is shared by the scales.
        least(1, change_factors.factor * window_corrected.q) as q_value,
        {% if grain == 'year' %}
            cast(null as double) as spike_p_value,
            cast(null as double) as spike_q_value
        {% else %}
            spike_corrected.p as spike_p_value,
            least(1, change_factors.factor * spike_corrected.q) as spike_q_value
        {% endif %}
    from normal
    inner join change_factors on normal.date_basis = change_factors.date_basis
    inner join window_corrected
        on
            normal.series_number = window_corrected.series_number
            and normal.period_number = window_corrected.period_number
    {% if grain != 'year' %}
        left join spike_corrected
            on
                normal.series_number = spike_corrected.series_number
                and normal.period_number = spike_corrected.period_number
    {% endif %}
),

{{ made_once('corrected') }}
{% endmacro %}
