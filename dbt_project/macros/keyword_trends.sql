-- noqa: disable=LT02
{# The marts keyword_trends_by_<grain> are this query and nothing else. #}
{% macro keyword_trends(grain) %}
{{ trend_tables(grain) }}

select * from trends
{% endmacro %}

{#
    Table expressions up to trends: the series of every supported keyword at one grain (day, week, month or year), with the
    test and the verdict of each period.

    The share in the recent periods (this one and those just before it) is compared with the share in the window of
    periods before those. A single month of a few hundred papers holds too little to see a share double.

    subject: keyword, or topic, whose series are judged in the same way.
#}
{% macro trend_tables(grain, subject='keyword') %}
{{ verdict_series(grain, subject) }}

{{ made_once('verdicts') }}

{{ change_points(grain) }}

{{ told_series(grain) }}
{%- endmacro %}

{#
    All tables up to judged, a row per keyword and period, and verdicts, a row per comparison with its tests and its verdict.
    Benchmarks count calls by it, without a word of what is told of them.
#}
{% macro verdict_series(grain, subject='keyword') %}
with keyword_days as (
    select * from {{ ref('int_' ~ subject ~ 's__dated') }}
),

-- One number for basis and period, since rows by the million are joined by it.
periods as (
    select
        *,
        cast(row_number() over (order by date_basis nulls last, period_number nulls last) as integer) as calendar_number
    from {{ ref('int_periods__counted') }}
    where grain = '{{ grain }}'
),

{{ made_once('periods') }}

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
        from {{ ref('int_keywords__counted') }} as accepted
        inner join {{ ref('keywords') }} as keywords
            on accepted.keyword_id = keywords.keyword_id
        where accepted.paper_count >= {{ var('trend_min_papers') }}
    ),
{% endif %}

{{ scale_levels(earlier_grains(grain, subject), scale_count(grain)) }}

{{ judged_series(grain, subject) }}

{{ change_tests(grain) }}

{% if grain in ('month', 'year') %}
    {{ season_tests(grain) }}
{% endif %}

seasonal as (
    select
        corrected.*,
        {% if grain == 'month' %}
            {% for year in [1, 2] %}
                seasons.recent_keyword_paper_count_{{ year }},
            {% endfor %}
        {% endif %}
        {% if grain in ('month', 'year') %}
            seasons.has_seasons,
            seasons.season_z_score,
            case
                when corrected.q_value <= {{ var('trend_false_discovery_rate') }}
                    then seasons.window_season_q
                {% if grain == 'month' %}
                    else seasons.spike_season_q
                {% endif %}
            end as season_q_value,
        {% else %}
            cast(null as double) as season_z_score,
            cast(null as double) as season_q_value,
        {% endif %}
        {% for part, z in [('recent', 'z_score'), ('period', 'spike_z_score')] %}
            {{ season_explains(grain, part, 'corrected.' ~ z) }}
                as is_{{ part }}_seasonal{{ ',' if not loop.last }}
        {% endfor %}
    from corrected
    {% if grain in ('month', 'year') %}
        left join seasons
            on
                corrected.series_number = seasons.series_number
                and corrected.period_number = seasons.period_number
    {% endif %}
),

verdicts as (
    select
        *,
        case
            when q_value <= {{ var('trend_false_discovery_rate') }} and not is_recent_seasonal
                then
                    case
                        when z_score < 0 then 'falling'
                        when is_first_seen then 'new'
                        else 'rising'
                    end
            when
                spike_q_value <= {{ var('trend_false_discovery_rate') }}
                and spike_z_score > 0 and not is_period_seasonal
                then 'spike'
            else 'steady'
        end as verdict
    from seasonal
),
{% endmacro %}

{# What is told of each row: tables from change_points to trends. #}
{% macro told_series(grain) %}
told as (
    select
        verdicts.keyword_id,
        verdicts.keyword,
        verdicts.date_basis,
        verdicts.period_number,
        verdicts.is_complete,
        verdicts.is_latest,
        verdicts.keyword_paper_count,
        verdicts.period_paper_count,
        verdicts.recent_keyword_paper_count,
        verdicts.recent_paper_count,
        verdicts.previous_keyword_paper_count,
        verdicts.previous_paper_count,
        {% for name in [
            'log_odds_difference', 'z_score', 'p_value', 'spike_z_score', 'spike_p_value',
            'season_z_score'
        ] %}
            {{ stable('verdicts.' ~ name) }} as {{ name }},
        {% endfor %}
        verdicts.dispersion,
        verdicts.dispersion_df,
        verdicts.q_value,
        verdicts.spike_q_value,
        verdicts.season_q_value,
        {% for name, bound in [('share_ratio', ''), ('ratio_low', '-'), ('ratio_high', '+')] %}
            {{ verdict_ratio(grain, bound) }} as {{ name }},
        {% endfor %}
        verdicts.verdict,
        case
            when verdicts.verdict = 'spike' then verdicts.period_number
            else change_points.since_number
        end as since_number,
        {{ trend_reason(grain) }} as because
    from verdicts
    left join change_points
        on
            verdicts.series_number = change_points.series_number
            and verdicts.period_number = change_points.period_number
    {% if is_fine_grain(grain) %}
        where
            {{ is_told() }}
    {% endif %}
),

{{ untold_series(grain) }}

trends as (
    select
        told.keyword_id,
        told.keyword,
        {{ stated_columns('told', grain) }}
    from told
    union all
    select
        judged.keyword_id,
        judged.keyword,
        {% for name in stated_names() %}
            untold.{{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from judged
    inner join untold
        on
            judged.calendar_number = untold.calendar_number
            and judged.keyword_paper_count = untold.keyword_paper_count
            and judged.recent_keyword_paper_count = untold.recent_keyword_paper_count
            and judged.previous_keyword_paper_count = untold.previous_keyword_paper_count
    where not (judged.has_dates and judged.has_support)
)
{%- endmacro %}

{#
    Rows of which nothing can be said, with the reason. Most rows are such, and differ in a few counts alone: whatever else
    they hold is made once for all keywords of the same counts.
#}
{% macro untold_series(grain) %}
untold_counts as (
    select distinct
        calendar_number,
        keyword_paper_count,
        recent_keyword_paper_count,
        previous_keyword_paper_count,
        has_dates
    from judged
    where not (has_dates and has_support)
),

untold as (
    select
        reasons.calendar_number,
        {{ stated_columns('reasons', grain) }}
    from (
        select
            periods.calendar_number,
            periods.date_basis,
            periods.period_number,
            {{ shown_period_columns() }}
            counts.keyword_paper_count,
            counts.recent_keyword_paper_count,
            counts.previous_keyword_paper_count,
            {% for name in stated_measures() %}
                cast(null as double) as {{ name }},
            {% endfor %}
            case when counts.has_dates then 'insufficient_support' else 'insufficient_dates' end
                as verdict,
            cast(null as bigint) as since_number,
            {{ untold_reason(grain) }} as because
        from untold_counts as counts
        inner join periods on counts.calendar_number = periods.calendar_number
    ) as reasons
),
{% endmacro %}

{# What a comparison that was made shows, beside its counts and its verdict. #}
{% macro stated_measures() -%}
    {{ return([
        'log_odds_difference', 'dispersion', 'dispersion_df', 'z_score', 'p_value', 'q_value',
        'spike_z_score', 'spike_p_value', 'spike_q_value', 'season_z_score', 'season_q_value',
        'share_ratio', 'ratio_low', 'ratio_high'
    ]) }}
{%- endmacro %}

{# The columns of a trend table behind the keyword's. #}
{% macro stated_names() -%}
    {{ return(
        ['date_basis', 'period_start_on', 'is_complete', 'is_latest']
        + ['keyword_paper_count', 'period_paper_count', 'keyword_share', 'share_low', 'share_high']
        + ['recent_keyword_paper_count', 'recent_paper_count', 'recent_share']
        + ['previous_keyword_paper_count', 'previous_paper_count', 'previous_share']
        + stated_measures()
        + ['verdict', 'direction', 'scale', 'since_on', 'because']
    ) }}
{%- endmacro %}

{# Those columns, of a table shaped as told. #}
{% macro stated_columns(stated, grain) %}
    {{ stated }}.date_basis,
    {{ period_start(stated ~ '.period_number', grain) }} as period_start_on,
    {{ stated }}.is_complete,
    {{ stated }}.is_latest,
    cast({{ stated }}.keyword_paper_count as integer) as keyword_paper_count,
    cast({{ stated }}.period_paper_count as integer) as period_paper_count,
    {{ share(stated ~ '.keyword_paper_count', stated ~ '.period_paper_count') }} as keyword_share,
    {% for name, sign in [('share_low', '-'), ('share_high', '+')] %}
        {{ wilson_bound(
            stated ~ '.keyword_paper_count', stated ~ '.period_paper_count', sign
        ) }} as {{ name }},
    {% endfor %}
    {% for window in ['recent', 'previous'] %}
        cast({{ stated }}.{{ window }}_keyword_paper_count as integer)
            as {{ window }}_keyword_paper_count,
        cast({{ stated }}.{{ window }}_paper_count as integer)
            as {{ window }}_paper_count,
        {{ share(
            stated ~ '.' ~ window ~ '_keyword_paper_count', stated ~ '.' ~ window ~ '_paper_count'
        ) }} as {{ window }}_share,
    {% endfor %}
    {% for name in stated_measures() %}
        {{ stated }}.{{ name }},
    {% endfor %}
    {{ stated }}.verdict,
    case
        when {{ stated }}.verdict in ('rising', 'new', 'spike') then 'up'
        when {{ stated }}.verdict = 'falling' then 'down'
    end as direction,
    case
        when {{ stated }}.verdict = 'spike' then 'spike'
        when {{ stated }}.verdict in ('rising', 'new', 'falling') then 'window'
    end as scale,
    {{ period_start(stated ~ '.since_number', grain) }} as since_on,
    {{ stated }}.because
{%- endmacro %}

{# By how much: the ratio of the shares that the verdict compares, or a bound of its interval. #}
{% macro verdict_ratio(grain, bound) -%}
    case
        {% if looks_within(grain) -%}
            when verdicts.verdict = 'spike'
                then {{ share_ratio(
                    'verdicts.keyword_paper_count', 'verdicts.period_paper_count',
                    'verdicts.before_keyword_paper_count', 'verdicts.before_paper_count',
                    'verdicts.dispersion', bound
                ) }}
        {%- endif %}
        when verdicts.verdict is not null then {{ share_ratio(
            'verdicts.recent_keyword_paper_count', 'verdicts.recent_paper_count',
            'verdicts.previous_keyword_paper_count', 'verdicts.previous_paper_count',
            'verdicts.dispersion', bound
        ) }}
    end
{%- endmacro %}
