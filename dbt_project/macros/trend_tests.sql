-- noqa: disable=LT02
{#
    How the comparisons of trend_series.sql are tested. Tables from judged to corrected: one row per comparison that may be
    made, with dispersion, z, p and q of each scale.
#}

{# The scales of a grain that are tested here; a year has no spike. #}
{% macro tested_scales(grain) -%}
    {{ ['window'] if grain == 'year' else ['window', 'spike'] }}
{%- endmacro %}

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
            {{ shown_period_columns() }}
            periods.recent_date_count,
            periods.before_paper_count,
            periods.before_date_count,
            {% for year in [1, 2] %}
                periods.recent_paper_count_{{ year }},
                periods.period_paper_count_{{ year }},
            {% endfor %}
            judged.period_number - supported.first_period_number
            < {{ var('trend_recent_' ~ grain ~ 's') }} as is_first_seen,
            {{ expected_papers() }} as expected_paper_count,
            {% if looks_within(grain) %}
                (judged.keyword_paper_count + judged.before_keyword_paper_count)
                * periods.period_paper_count
                / nullif(periods.period_paper_count + periods.before_paper_count, 0)
                    as expected_spike_count,
            {% endif %}
            -- The prior: the keyword's overall share in so many papers, kept off nought and one.
            {{ var('trend_prior_papers') }} * (supported.basis_keyword_paper_count + 0.5)
            / (periods.basis_paper_count + 1) as prior_count
        from judged
        inner join periods
            on
                judged.date_basis = periods.date_basis
                and judged.period_number = periods.period_number
        inner join supported
            on
                judged.term_hash = supported.term_hash
                and judged.date_basis = supported.date_basis
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
        sum(within_df) / {{ compared_length(grain) }}.0 as df
    from within
    where within_df > 0
    group by date_basis, support_class
),

-- Few periods tell little: until there are more, chance alone counts as if so many had shown it.
dispersions as (
    select
        date_basis,
        support_class,
        round(
            greatest(
                1,
                (df * dispersion + {{ var('trend_dispersion_prior_df') }})
                / (df + {{ var('trend_dispersion_prior_df') }})
            ), 10
        ) as dispersion,
        round(df + {{ var('trend_dispersion_prior_df') }}, 10) as dispersion_df
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
            round(
                1 + 2 * {{ var('trend_year_wobble') }} * {{ var('trend_year_wobble') }}
                * expected_paper_count * previous_paper_count
                / cast(recent_paper_count + previous_paper_count as double), 10
            ) as dispersion,
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

{% for scale, z in [('window', 'z_score'), ('spike', 'spike_z_score')] %}
    {% if scale in tested_scales(grain) %}
        {{ scale }}_tested as (
            select
                term_hash,
                date_basis,
                period_number,
                {{ two_sided_p(z) }} as p
            from normal
            where {{ z }} is not null
        ),

        -- Over all keywords and periods: whatever is called anywhere counts.
        {{ scale }}_corrected as (
            {{ benjamini_hochberg(
                scale ~ '_tested', 'p', 'q', ['date_basis'], ['term_hash', 'period_number']
            ) }}
        ),
    {% endif %}
{% endfor %}

corrected as (
    select
        normal.*,
        window_corrected.p as p_value,
        -- The error rate is shared by the scales: each test counts once more for each of them.
        least(1, {{ var('trend_scales') }} * window_corrected.q) as q_value,
        {% if grain == 'year' %}
            cast(null as double) as spike_p_value,
            cast(null as double) as spike_q_value
        {% else %}
            spike_corrected.p as spike_p_value,
            least(1, {{ var('trend_scales') }} * spike_corrected.q) as spike_q_value
        {% endif %}
    from normal
    inner join window_corrected
        on
            normal.term_hash = window_corrected.term_hash
            and normal.date_basis = window_corrected.date_basis
            and normal.period_number = window_corrected.period_number
    {% if grain != 'year' %}
        left join spike_corrected
            on
                normal.term_hash = spike_corrected.term_hash
                and normal.date_basis = spike_corrected.date_basis
                and normal.period_number = spike_corrected.period_number
    {% endif %}
),
{% endmacro %}
