-- noqa: disable=LT02
{#
    The series of every supported keyword at one grain (day, week, month or year), with the test and the verdict of each
    period. The marts keyword_trends_by_<grain> are this query and nothing else.

    The share in the recent periods (this one and those just before it) is compared with the share in the window of
    periods before those. A single month of a few hundred papers holds too little to see a share double.

    subject: keyword, or topic, whose series are judged in the same way.
#}
{% macro keyword_trends(grain, subject='keyword') %}
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
        from {{ ref('int_keywords__counted') }} as accepted
        inner join {{ ref('keywords') }} as keywords
            on accepted.keyword_id = keywords.keyword_id
    ),
{% endif %}

{{ judged_series(grain) }}

{{ change_tests(grain) }}

{% if grain in ('month', 'year') %}
    {{ season_tests(grain) }}
{% endif %}

seasonal as (
    select
        judged.*,
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
        corrected.log_odds_difference,
        corrected.dispersion,
        corrected.dispersion_df,
        corrected.z_score,
        corrected.p_value,
        corrected.q_value,
        corrected.spike_z_score,
        corrected.spike_p_value,
        corrected.spike_q_value,
        {% for part, z in [('recent', 'z_score'), ('period', 'spike_z_score')] %}
            {{ season_explains(grain, part, 'corrected.' ~ z) }}
                as is_{{ part }}_seasonal{{ ',' if not loop.last }}
        {% endfor %}
    from judged
    left join corrected
        on
            judged.term_hash = corrected.term_hash
            and judged.date_basis = corrected.date_basis
            and judged.period_number = corrected.period_number
    {% if grain in ('month', 'year') %}
        left join seasons
            on
                judged.term_hash = seasons.term_hash
                and judged.date_basis = seasons.date_basis
                and judged.period_number = seasons.period_number
    {% endif %}
),

verdicts as (
    select
        *,
        case
            when not has_dates then 'insufficient_dates'
            when not has_support then 'insufficient_support'
            when q_value <= {{ var('trend_false_discovery_rate') }} and not is_recent_seasonal
                then
                    case
                        when z_score < 0 then 'falling'
                        when earlier_keyword_paper_count = 0 then 'new'
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

{{ change_points(grain) }}

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
        verdicts.dispersion,
        verdicts.dispersion_df,
        {{ stable('verdicts.z_score') }} as z_score,
        {{ stable('verdicts.p_value') }} as p_value,
        verdicts.q_value,
        {{ stable('verdicts.spike_z_score') }} as spike_z_score,
        {{ stable('verdicts.spike_p_value') }} as spike_p_value,
        verdicts.spike_q_value,
        {{ stable('verdicts.season_z_score') }} as season_z_score,
        verdicts.season_q_value,
        {% for name, bound in [('share_ratio', ''), ('ratio_low', '-'), ('ratio_high', '+')] %}
            case
                when verdicts.z_score is not null
                    then {{ verdict_ratio(bound) }}
            end as {{ name }},
        {% endfor %}
        verdicts.verdict,
        case
            when verdicts.verdict in ('rising', 'new', 'spike') then 'up'
            when verdicts.verdict = 'falling' then 'down'
        end as direction,
        case
            when verdicts.verdict = 'spike' then 'spike'
            when verdicts.verdict in ('rising', 'new', 'falling') then 'window'
        end as scale,
        case
            when verdicts.verdict = 'spike'
                then {{ period_start('verdicts.period_number', grain) }}
            else {{ period_start('change_points.since_number', grain) }}
        end as since_on,
        {{ trend_reason(grain) }} as because
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

{# By how much: the ratio of the shares that the verdict compares, or a bound of its interval. #}
{% macro verdict_ratio(bound) -%}
    case
        when verdicts.verdict = 'spike'
            then {{ share_ratio(
                'verdicts.keyword_paper_count', 'verdicts.period_paper_count',
                'verdicts.before_keyword_paper_count', 'verdicts.before_paper_count',
                'verdicts.dispersion', bound
            ) }}
        else {{ share_ratio(
            'verdicts.recent_keyword_paper_count', 'verdicts.recent_paper_count',
            'verdicts.previous_keyword_paper_count', 'verdicts.previous_paper_count',
            'verdicts.dispersion', bound
        ) }}
    end
{%- endmacro %}
