{#
    Statistics under their textbook names, as SQL expressions over columns. No thresholds and
    no rules belong here.
#}

{#
    Rounded to ten decimals: exp and ln may differ in the last bit between machines, tables must not.
#}
{% macro stable(number) -%}
    {{ rounded(number, 10) }}
{%- endmacro %}

{#
    Bounds of the Wilson score interval at 95 % for a share of successes in trials (Wilson 1927, JASA 22, 209-212).
    sign is - for the lower bound and + for the upper one; null without trials.
#}
{% macro wilson_bound(successes, trials, sign) -%}
    {%- set bound -%}
        (
            {{ successes }} + 1.9207294103e0 {{ sign }} 1.9599639845e0 * sqrt(
                cast({{ successes }} as double)
                * ({{ trials }} - {{ successes }}) / {{ trials }}
                + 0.9603647051e0
            )
        ) / ({{ trials }} + 3.8414588206e0)
    {%- endset -%}
    case when {{ trials }} > 0 then {{ stable(bound) }} end
{%- endmacro %}

{#
    Two-sided p value of a standard normal z: 2 * (1 - CDF(|z|)). Rational approximation of Hart (1968), algorithm
    5666, as given by West (2005), "Better approximations to cumulative normal functions",
    Wilmott Magazine. Within 4e-16 of erfc(|z| / sqrt(2)) for every thousandth from -40 to 40.
    z must be a column name: it is repeated.
#}
{% macro two_sided_p(z) -%}
    case
        when abs({{ z }}) > 37 then 0e0
        when abs({{ z }}) < 7.07106781186547e0
            then
                2 * exp(-{{ z }} * {{ z }} / 2) * (
                    (
                        (
                            (
                                (
                                    (3.52624965998911e-2 * abs({{ z }}) + 0.700383064443688e0)
                                    * abs({{ z }}) + 6.37396220353165e0
                                ) * abs({{ z }}) + 33.912866078383e0
                            ) * abs({{ z }}) + 112.079291497871e0
                        ) * abs({{ z }}) + 221.213596169931e0
                    ) * abs({{ z }}) + 220.206867912376e0
                ) / (
                    (
                        (
                            (
                                (
                                    (
                                        (
                                            8.83883476483184e-2 * abs({{ z }})
                                            + 1.75566716318264e0
                                        ) * abs({{ z }}) + 16.064177579207e0
                                    ) * abs({{ z }}) + 86.7807322029461e0
                                ) * abs({{ z }}) + 296.564248779674e0
                            ) * abs({{ z }}) + 637.333633378831e0
                        ) * abs({{ z }}) + 793.826512519948e0
                    ) * abs({{ z }}) + 440.413735824752e0
                )
        else
            2 * exp(-{{ z }} * {{ z }} / 2) / 2.506628274631e0 / (
                abs({{ z }}) + 1 / (
                    abs({{ z }}) + 2 / (
                        abs({{ z }}) + 3 / (abs({{ z }}) + 4 / (abs({{ z }}) + 0.65e0))
                    )
                )
            )
    end
{%- endmacro %}

{#
    One cell's part of Dunning's log-likelihood ratio: observed * ln(observed / expected), 0 for an empty cell. The
    expected count is row total * column total / n; n must be a column.
#}
{% macro g2_term(observed, row_total, column_total) -%}
    case
        when {{ observed }} > 0
            then
                {{ observed }}
                * ln({{ observed }} * n / ({{ row_total }} * {{ column_total }}))
        else 0
    end
{%- endmacro %}

{#
    Median of the chi-square distribution, by Wilson and Hilferty's cube (1931, PNAS 17, 684-688): 3.5 % above it with one
    degree of freedom, 0.7 % with three, 0.1 % with ten.
#}
{% macro chi_square_median(df) -%}
    ({{ df }} * power(1 - 2 / (9e0 * {{ df }}), 3))
{%- endmacro %}

{#
    Signed root of the deviance of two shares being one (McCullagh and Nelder 1989, section 4.4), a of n against c of m
    with so many expected of n; a is moved half a paper towards them for continuity, which keeps its tails close to those
    of the exact test, down to few papers.
#}
{% macro signed_root_deviance(a, n, c, m, expected) -%}
    {%- set moved -%}
        ({{ a }} - 0.5e0 * sign({{ a }} - {{ expected }}))
    {%- endset -%}
    case
        when abs({{ a }} - {{ expected }}) <= 0.5e0 then 0
        else sign({{ a }} - {{ expected }})
    end * sqrt(
        greatest(
            0, 2 * (
                {{ deviance_part(moved, expected) }}
                + {{ deviance_part(a ~ ' + ' ~ c ~ ' - ' ~ moved, a ~ ' + ' ~ c ~ ' - ' ~ expected) }}
                + {{ deviance_part(n ~ ' - ' ~ moved, n ~ ' - ' ~ expected) }}
                + {{ deviance_part(
                    m ~ ' - ' ~ a ~ ' - ' ~ c ~ ' + ' ~ moved,
                    m ~ ' - ' ~ a ~ ' - ' ~ c ~ ' + ' ~ expected
                ) }}
            )
        )
    )
{%- endmacro %}

{#
    Signed root of the deviance of a count of a binomial total (McCullagh and Nelder 1989, section 4.4), of which so many
    are expected; the count is moved half a paper towards them for continuity. Few expected papers have long tails above
    and none below, which a difference over its standard deviation takes for alike.
#}
{% macro signed_root_binomial(count, total, expected) -%}
    {%- set moved -%}
        ({{ count }} - 0.5e0 * sign({{ count }} - {{ expected }}))
    {%- endset -%}
    case
        when abs({{ count }} - {{ expected }}) <= 0.5e0 then 0
        else sign({{ count }} - {{ expected }})
    end * sqrt(
        greatest(
            0, 2 * (
                {{ deviance_part(moved, expected) }}
                + {{ deviance_part(total ~ ' - ' ~ moved, total ~ ' - ' ~ expected) }}
            )
        )
    )
{%- endmacro %}

{# One cell of it. #}
{% macro deviance_part(observed, expected) -%}
    case
        when {{ observed }} > 1e-9 and {{ expected }} > 1e-9
            then ({{ observed }}) * ln(({{ observed }}) / ({{ expected }}))
        else 0
    end
{%- endmacro %}

{#
    The standard normal deviate with the tail of Student's t (Hill 1970, Communications of the ACM 13, algorithm 395).
    Within 1e-4 of it from five degrees of freedom on, where |t| is below 8.
#}
{% macro normal_deviate(t, df) -%}
    {%- set a = '(' ~ df ~ ' - 0.5e0)' -%}
    {%- set y = '(' ~ a ~ ' * ln(1 + ' ~ t ~ ' * ' ~ t ~ ' / ' ~ df ~ '))' -%}
    {%- set b = '(48 * ' ~ a ~ ' * ' ~ a ~ ')' -%}
    sign({{ t }}) * sqrt({{ y }}) * (
        1 + (
            (((-0.4e0 * {{ y }} - 3.3e0) * {{ y }} - 24) * {{ y }} - 85.5e0)
            / (0.8e0 * {{ y }} * {{ y }} + 100 + {{ b }})
            + {{ y }} + 3
        ) / {{ b }}
    )
{%- endmacro %}

{#
    z of two shares, a of n and c of m, by the variance of their common share (Pearson 1900); 0 where neither has any.
#}
{% macro two_proportion_z(a, n, c, m) -%}
    coalesce(
        ({{ a }} / cast({{ n }} as double) - {{ c }} / cast({{ m }} as double))
        / nullif(
            sqrt(
                ({{ a }} + {{ c }}) / cast({{ n }} + {{ m }} as double)
                * (1 - ({{ a }} + {{ c }}) / cast({{ n }} + {{ m }} as double))
                * (1 / cast({{ n }} as double) + 1 / cast({{ m }} as double))
            ), 0
        ), 0
    )
{%- endmacro %}

{#
    Ratio of two shares, a of n over c of m, with half a paper added to each count, and the bounds of its interval at 95 %
    (Walter 1975, Biometrika 62, 371-374), widened by a dispersion. bound is - or +, or nothing for the ratio.
#}
{% macro share_ratio(a, n, c, m, dispersion, bound='') -%}
    {{ stable(
        '(' ~ a ~ ' + 0.5e0) * (' ~ m ~ ' + 0.5e0) / ((' ~ n ~ ' + 0.5e0) * (' ~ c ~ ' + 0.5e0))'
        ~ ('' if not bound else
            ' * exp(' ~ bound ~ '1.9599639845e0 * sqrt(' ~ dispersion ~ ' * greatest(0, 1 / (' ~ a ~ ' + 0.5e0) - 1 / ('
            ~ n ~ ' + 0.5e0) + 1 / (' ~ c ~ ' + 0.5e0) - 1 / (' ~ m ~ ' + 0.5e0))))')
    ) }}
{%- endmacro %}

{#
    q values of Benjamini and Hochberg (1995, JRSS B 57, 289-300): the smallest p * tests / rank among this and all larger p.
    p_rank is the rank of p within the family, from 1; families are told apart by the columns given, if any.
#}
{% macro benjamini_hochberg_q(p, p_rank, test_count, family) -%}
    {{ stable('min(' ~ p ~ ' * ' ~ test_count ~ ' / ' ~ p_rank ~ ') over (
        ' ~ ('partition by ' ~ family | join(', ') if family else '') ~ '
        order by ' ~ p_rank ~ ' desc
        rows between unbounded preceding and current row
    )') }}
{%- endmacro %}

{#
    Log-likelihood of the best share for so many successes in so many trials, without the part that no share changes.
#}
{% macro binomial_log_likelihood(successes, trials) -%}
    (
        case
            when {{ successes }} > 0 and {{ successes }} < {{ trials }}
                then
                    {{ successes }} * ln(cast({{ successes }} as double) / {{ trials }})
                    + ({{ trials }} - {{ successes }})
                    * ln(1 - cast({{ successes }} as double) / {{ trials }})
            else 0
        end
    )
{%- endmacro %}

{#
    Share of a family's values that are smaller, those as large counted half; a family is told apart by the columns given.
    Rows without a value take no part.
#}
{% macro mid_percentile(value, family) -%}
    (
        rank() over (
            partition by {{ family | join(', ') }}, {{ value }} is null
            order by {{ value }} nulls last
        ) - 1
        + 0.5e0 * count(*) over (partition by {{ family | join(', ') }}, {{ value }})
    ) / cast(count({{ value }}) over (partition by {{ family | join(', ') }}) as double)
{%- endmacro %}
