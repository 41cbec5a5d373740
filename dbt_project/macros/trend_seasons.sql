-- noqa: disable=LT02
{#
    Whether a season explains what the tests of trend_tests.sql show: conferences fill three months of a year, each with its
    words. Tables from corrected to seasons: one row per comparison of months or years that shows something.

    Months of the year are the strata. A change passes where it goes beyond what the same months hold in other years, by one
    of two tests: of both sides, each against what its months would hold at their shares in all other
    years (indirect standardisation), or of one side against the same months beside it (Cochran 1954, Mantel and Haenszel
    1959): the recent one against earlier years; of a fall from one year to the next the year before against later years,
    which is a rise told backwards.
#}

{# The months of a side, counted back from the comparison's own period; of years, the years. #}
{% macro side_of_season(scale, side) -%}
    {%- set recent = (1 if scale == 'spike' else var('trend_recent_months')) | int -%}
    {%- set window = var('trend_window_months') | int -%}
    {%- if scale == 'year' -%}
        step = {{ 0 if side == 'recent' else 1 }}
    {%- elif side == 'recent' -%}
        step < {{ recent }}
    {%- else -%}
        step between {{ recent }} and {{ recent + window - 1 }}
    {%- endif -%}
{%- endmacro %}

{# The side that is held against the years beside it. #}
{% macro side_beside(scale) -%}
    {%- if scale == 'year' -%}
        step = case when window_sign < 0 then 1 else 0 end
    {%- else -%}
        {{ side_of_season(scale, 'recent') }}
    {%- endif -%}
{%- endmacro %}

{# What a side's months hold, and would hold at the shares of the same months in other years. #}
{% macro season_sums(scale, side) -%}
    {%- set where = 'filter (where ' ~ side_of_season(scale, side) ~ ')' -%}
    {%- set name = scale ~ '_' ~ side -%}
    sum(keyword_count) {{ where }} as {{ name }}_count,
    sum(paper_count) {{ where }} as {{ name }}_paper_count,
    sum(paper_count) {{ where }}
    - coalesce(
        sum(paper_count) filter (
            where other_paper_count < {{ var('trend_min_total') }}
            and {{ side_of_season(scale, side) }}
        ), 0
    ) as {{ name }}_known_count,
    sum(expected_count) {{ where }} as {{ name }}_expected,
    sum(expected_variance) {{ where }} as {{ name }}_variance
{%- endmacro %}

{#
    z of both sides against their expected counts: of the keyword's papers on either side, so many would be recent at the
    shares of other years, give or take what these are uncertain by (delta method on the ratio of the expected counts).
#}
{% macro standardised_z(scale) -%}
    {%- set a = scale ~ '_recent_expected' -%}
    {%- set b = scale ~ '_previous_expected' -%}
    {%- set total = '(' ~ scale ~ '_recent_count + ' ~ scale ~ '_previous_count)' -%}
    {%- set expected = '(' ~ total ~ ' * ' ~ a ~ ' / (' ~ a ~ ' + ' ~ b ~ '))' -%}
    {%- set information = total ~ ' * ' ~ a ~ ' * ' ~ b ~ ' / power(' ~ a ~ ' + ' ~ b ~ ', 2)' -%}
    case
        when
            {{ scale }}_recent_known_count >= 0.5e0 * {{ scale }}_recent_paper_count
            and {{ scale }}_previous_known_count >= 0.5e0 * {{ scale }}_previous_paper_count
            then
                {{ signed_root_binomial(scale ~ '_recent_count', total, expected) }}
                / sqrt(
                    1 + {{ information }} * (
                        {{ scale }}_recent_variance / power({{ a }}, 2)
                        + {{ scale }}_previous_variance / power({{ b }}, 2)
                    )
                )
    end
{%- endmacro %}

{#
    z of the like months: of the keyword's papers in them, so many would be on this side were the shares those of the months
    beside, and vary by Cochran's, Mantel's and Haenszel's variance, which is a part of the binomial's: papers without the
    keyword run out, too. Null without papers enough in the years beside.
#}
{% macro like_months_z(scale) -%}
    case
        when
            least({{ scale }}_like_paper_count, {{ scale }}_beside_paper_count)
            >= {{ var('trend_min_total') }}
            and {{ scale }}_like_variance > 0
            then
                {{ signed_root_binomial(
                    scale ~ '_like_count', scale ~ '_like_total', scale ~ '_like_expected'
                ) }}
                * sqrt(
                    {{ scale }}_like_expected / {{ scale }}_like_total
                    * ({{ scale }}_like_total - {{ scale }}_like_expected)
                    / {{ scale }}_like_variance
                )
    end
{%- endmacro %}

{% macro season_tests(grain) %}
{%- set scales = ['year'] if grain == 'year' else ['window', 'spike'] -%}
{%- set corrected_scales = ['window'] if grain == 'year' else ['window', 'spike'] -%}
-- Papers of each month, of all years' same months and of the earlier ones; a basis that spans two
-- years has seasons.
month_papers as (
    select
        date_basis,
        period_number as month_number,
        period_number % 12 as season,
        period_paper_count as paper_count,
        sum(period_paper_count) over same_months as all_paper_count,
        coalesce(sum(period_paper_count) over years_before, 0) as earlier_paper_count,
        coalesce(sum(period_paper_count) over last_year, 0) as last_year_paper_count,
        coalesce(sum(period_paper_count) over next_year, 0) as next_year_paper_count,
        max(period_number) over basis - min(period_number) over basis >= 23 as has_seasons
    from {{ ref('int_periods__counted') }}
    where grain = 'month'
    window
        basis as (partition by date_basis),
        same_months as (partition by date_basis, period_number % 12),
        years_before as (
            partition by date_basis, period_number % 12
            order by period_number nulls last
            rows between unbounded preceding and 1 preceding
        ),
        last_year as (
            partition by date_basis
            order by period_number nulls last
            range between 12 preceding and 12 preceding
        ),
        next_year as (
            partition by date_basis
            order by period_number nulls last
            range between 12 following and 12 following
        )
),

shown as (
    select
        corrected.term_hash,
        corrected.date_basis,
        corrected.period_number,
        sign(corrected.z_score) as window_sign,
        corrected.q_value <= {{ var('trend_false_discovery_rate') }} as is_window,
        coalesce(corrected.spike_q_value <= {{ var('trend_false_discovery_rate') }}, false) as is_spike,
        supported.basis_keyword_paper_count
        / cast(periods.basis_paper_count as double) as basis_share
    from corrected
    inner join supported on corrected.series_number = supported.series_number
    inner join periods
        on
            corrected.date_basis = periods.date_basis
            and corrected.period_number = periods.period_number
    where
        corrected.q_value <= {{ var('trend_false_discovery_rate') }}
        or corrected.spike_q_value <= {{ var('trend_false_discovery_rate') }}
),

month_found as (
    select
        days.term_hash,
        days.date_basis,
        {{ period_number('days.dated_on', 'month') }} as month_number,
        sum(days.keyword_paper_count) as keyword_paper_count
    from keyword_days as days
    inner join (select distinct term_hash from shown) as terms on days.term_hash = terms.term_hash
    where {{ knows_period('month') }}
    group by days.term_hash, days.date_basis, {{ period_number('days.dated_on', 'month') }}
),

shown_months as (
    select
        shown.term_hash,
        shown.date_basis,
        shown.period_number,
        shown.is_window,
        shown.is_spike,
        shown.window_sign,
        shown.basis_share,
        {% if grain == 'year' %}
            shown.period_number - cast(floor(months.month_number / 12e0) as bigint) as step,
        {% else %}
            shown.period_number - months.month_number as step,
        {% endif %}
        months.paper_count,
        months.has_seasons,
        months.all_paper_count,
        -- Of years, the same month is in both: what the one is expected by must not be the other.
        {% if grain == 'year' %}
            case
                when shown.window_sign < 0
                    then months.all_paper_count - months.paper_count - months.earlier_paper_count
                else months.earlier_paper_count
            end as beside_paper_count,
            coalesce(
                sum(found.keyword_paper_count) filter (
                    where shown.window_sign * (months.month_number - found.month_number) > 0
                ), 0
            ) as beside_keyword_count,
            months.all_paper_count - months.paper_count - case
                when months.month_number >= 12 * shown.period_number
                    then months.last_year_paper_count
                else months.next_year_paper_count
            end as other_paper_count,
            coalesce(
                sum(found.keyword_paper_count) filter (
                    where found.month_number not between 12 * shown.period_number - 12
                    and 12 * shown.period_number + 11
                ), 0
            ) as other_keyword_count,
        {% else %}
            months.earlier_paper_count as beside_paper_count,
            coalesce(
                sum(found.keyword_paper_count) filter (
                    where found.month_number < months.month_number
                ), 0
            ) as beside_keyword_count,
            months.all_paper_count - months.paper_count as other_paper_count,
            coalesce(
                sum(found.keyword_paper_count) filter (
                    where found.month_number <> months.month_number
                ), 0
            ) as other_keyword_count,
        {% endif %}
        {% for name, condition in [
            ('keyword_count', '= months.month_number'),
            ('keyword_count_1', '= months.month_number - 12'),
            ('keyword_count_2', '= months.month_number - 24'),
        ] %}
            coalesce(
                sum(found.keyword_paper_count) filter (where found.month_number {{ condition }}), 0
            ) as {{ name }},
        {% endfor %}
        coalesce(sum(found.keyword_paper_count), 0) as all_keyword_count
    from shown
    inner join month_papers as months
        on
            shown.date_basis = months.date_basis
            {% if grain == 'year' %}
                and months.month_number between 12 * shown.period_number - 12
                and 12 * shown.period_number + 11
            {% else %}
                and months.month_number
                between shown.period_number - {{ (compared_length('month') | int) - 1 }}
                and shown.period_number
            {% endif %}
    left join month_found as found
        on
            shown.term_hash = found.term_hash
            and shown.date_basis = found.date_basis
            and months.season = found.month_number % 12
    group by
        shown.term_hash,
        shown.date_basis,
        shown.period_number,
        shown.is_window,
        shown.is_spike,
        shown.window_sign,
        shown.basis_share,
        months.month_number,
        months.paper_count,
        months.all_paper_count,
        months.earlier_paper_count,
        months.last_year_paper_count,
        months.next_year_paper_count,
        months.has_seasons
),

months_expected as (
    select
        *,
        -- Few papers in other years: their share leans on the keyword's over all months.
        cast(paper_count as double)
        * (other_keyword_count + {{ var('trend_season_prior_papers') }} * basis_share)
        / (other_paper_count + {{ var('trend_season_prior_papers') }}) as expected_count,
        -- By the share of all years, as of one: that of few papers may be nought.
        cast(paper_count as double) * paper_count
        * (all_keyword_count + {{ var('trend_season_prior_papers') }} * basis_share)
        / (all_paper_count + {{ var('trend_season_prior_papers') }})
        / (other_paper_count + {{ var('trend_season_prior_papers') }}) as expected_variance,
        paper_count > 0 and beside_paper_count > 0 as has_like,
        (keyword_count + beside_keyword_count) * cast(paper_count as double)
        / nullif(paper_count + beside_paper_count, 0) as like_expected,
        cast(keyword_count + beside_keyword_count as double)
        * (paper_count + beside_paper_count - keyword_count - beside_keyword_count)
        * paper_count * beside_paper_count
        / nullif(
            power(paper_count + beside_paper_count, 2)
            * (paper_count + beside_paper_count - 1), 0
        ) as like_variance
    from shown_months
),

season_summed as (
    select
        term_hash,
        date_basis,
        period_number,
        is_window,
        is_spike,
        window_sign,
        bool_or(has_seasons) as has_seasons,
        {% if grain == 'month' %}
            {% for year in [1, 2] %}
                sum(keyword_count_{{ year }}) filter (where {{ side_of_season('window', 'recent') }})
                    as recent_keyword_paper_count_{{ year }},
                sum(keyword_count_{{ year }}) filter (where step = 0)
                    as period_keyword_paper_count_{{ year }},
            {% endfor %}
        {% endif %}
        {% for scale in scales %}
            {{ season_sums(scale, 'recent') }},
            {{ season_sums(scale, 'previous') }},
            {% for name, summed in [
                ('like_count', 'keyword_count'),
                ('like_paper_count', 'paper_count'),
                ('beside_paper_count', 'beside_paper_count'),
                ('like_expected', 'like_expected'),
                ('like_total', 'keyword_count + beside_keyword_count'),
                ('like_variance', 'like_variance'),
            ] %}
                sum({{ summed }}) filter (where has_like and {{ side_beside(scale) }})
                    as {{ scale }}_{{ name }}{{ ',' if not loop.last }}
            {% endfor %}
            {{- ',' if not loop.last }}
        {% endfor %}
    from months_expected
    group by term_hash, date_basis, period_number, is_window, is_spike, window_sign
),

-- In the direction of the change, the better of both tests: its p value counts twice for that.
season_scored as (
    select
        *,
        {% for scale in scales %}
            {%- set direction = '1' if scale == 'spike' else 'window_sign' -%}
            greatest(
                {{ direction }} * {{ standardised_z(scale) }},
                {{ '' if grain == 'year' else direction ~ ' * ' }}{{ like_months_z(scale) }}
            ) as {{ 'spike' if scale == 'spike' else 'window' }}_season_z{{ ',' if not loop.last }}
        {% endfor %}
    from season_summed
),

{{ made_once('season_scored') }}

-- As many tests as the scale has: what shows nothing without its season has no chance to here.
test_counts as (
    select
        date_basis,
        count(p_value) as window_count,
        count(spike_p_value) as spike_count
    from corrected
    group by date_basis
),

{% for scale in corrected_scales %}
    {{ scale }}_seasons as (
        select
            term_hash,
            date_basis,
            period_number,
            {{ benjamini_hochberg_q('p', 'p_rank', 'test_count', ['date_basis']) }} as q
        from (
            select
                scored.term_hash,
                scored.date_basis,
                scored.period_number,
                test_counts.{{ scale }}_count as test_count,
                case
                    when scored.{{ scale }}_season_z > 0
                        then least(1, 2 * {{ two_sided_p('scored.' ~ scale ~ '_season_z') }})
                    else 1
                end as p,
                row_number() over (
                    partition by scored.date_basis
                    order by
                        greatest(coalesce(scored.{{ scale }}_season_z, 0), 0) desc nulls last,
                        scored.term_hash nulls last, scored.period_number nulls last
                ) as p_rank
            from season_scored as scored
            inner join test_counts on scored.date_basis = test_counts.date_basis
            where scored.is_{{ scale }}
        ) as ranked
    ),
{% endfor %}

{{ scale_factors('season_factors', corrected_scales, 'seasons', 'q') }}

seasons as (
    select
        supported.series_number,
        scored.period_number,
        {% if grain == 'month' %}
            {% for year in [1, 2] %}
                scored.recent_keyword_paper_count_{{ year }},
                scored.period_keyword_paper_count_{{ year }},
            {% endfor %}
        {% endif %}
        scored.has_seasons
        {%- if grain == 'year' %}
            -- A source of years has no months to compare: its year is its season.
            and coalesce(
                scored.year_recent_paper_count >= 0.5e0 * periods.recent_paper_count
                and scored.year_previous_paper_count >= 0.5e0 * periods.previous_paper_count, false
            )
        {%- endif %} as has_seasons,
        case
            when scored.is_window then scored.window_season_z * scored.window_sign
            {% if grain == 'month' %}
                else scored.spike_season_z
            {% endif %}
        end as season_z_score,
        {% for scale in corrected_scales %}
            least(
                1, {{ var('trend_season_strictness') }} * season_factors.factor * {{ scale }}_seasons.q
            ) as {{ scale }}_season_q
            {{- ',' if not loop.last }}
        {% endfor %}
    from season_scored as scored
    inner join season_factors on scored.date_basis = season_factors.date_basis
    inner join supported
        on
            scored.term_hash = supported.term_hash
            and scored.date_basis = supported.date_basis
    {% if grain == 'year' %}
        inner join periods
            on
                scored.date_basis = periods.date_basis
                and scored.period_number = periods.period_number
    {% endif %}
    {% for scale in corrected_scales %}
        left join {{ scale }}_seasons
            on
                scored.term_hash = {{ scale }}_seasons.term_hash
                and scored.date_basis = {{ scale }}_seasons.date_basis
                and scored.period_number = {{ scale }}_seasons.period_number
    {% endfor %}
),
{% endmacro %}

{#
    Whether the season explains a change: the same periods of the year before, or of the one before that, show a share that
    the change does not exceed; or, where the basis spans two years, the months of other years hold it (season_tests).

    part: recent, or period for a spike. Months and years alone have seasons here.
#}
{% macro season_explains(grain, part, z) -%}
    {%- set q = ('spike' if part == 'period' else 'window') ~ '_season_q' -%}
    {% if grain == 'year' and part == 'recent' -%}
        coalesce(seasons.has_seasons and seasons.{{ q }} > {{ var('trend_false_discovery_rate') }}, false)
    {%- elif grain == 'month' -%}
        coalesce(
            seasons.has_seasons and seasons.{{ q }} > {{ var('trend_false_discovery_rate') }}
            {% for year in [1, 2] %}
                or (
                    seasons.series_number is not null
                    and corrected.{{ part }}_paper_count_{{ year }} >= {{ var('trend_min_total') }}
                    and sign({{ z }}) * {{ two_proportion_z(
                        'corrected.' ~ ('keyword_paper_count' if part == 'period' else 'recent_keyword_paper_count'),
                        'corrected.' ~ part ~ '_paper_count',
                        'seasons.' ~ part ~ '_keyword_paper_count_' ~ year,
                        'corrected.' ~ part ~ '_paper_count_' ~ year
                    ) }} < {{ var('trend_season_z') }}
                )
            {% endfor %}, false
        )
    {%- else -%}
        false
    {%- endif %}
{%- endmacro %}
