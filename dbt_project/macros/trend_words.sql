-- noqa: disable=LT02
{# Trends in words for people, over the columns of verdicts in keyword_trends.sql. #}

{# A count and its share, for people: 12 of 310 papers (3.9 %). #}
{% macro percent_of(part, whole) -%}
    cast({{ part }} as string) || ' of ' || cast({{ whole }} as string) || ' papers'
    || case
        when {{ whole }} = 0 then ''
        else
            ' (' || cast(
                cast(100 * {{ part }} / nullif({{ whole }}, 0) as decimal(5, 1)) as string
            ) || ' %)'
    end
{%- endmacro %}

{# So many periods, for people: 3 months, 1 year. #}
{% macro periods_in_words(count, grain) -%}
    {{ count }} {{ grain }}{{ 's' if (count | int) != 1 }}
{%- endmacro %}

{# A q value, for people. #}
{% macro q_in_words(q) -%}
    case
        when {{ q }} < 0.0001e0 then ', q below 0.0001'
        else ', q ' || cast(cast({{ q }} as decimal(5, 4)) as string)
    end
{%- endmacro %}

{# What is compared: the recent periods and the window before them. #}
{% macro sides_in_words(grain, counts, papers) -%}
    {{ percent_of(counts ~ '.recent_keyword_paper_count', papers ~ '.recent_paper_count') }}
    || ' in {{ periods_in_words(var("trend_recent_" ~ grain ~ "s"), grain) }}, against '
    || {{ percent_of(counts ~ '.previous_keyword_paper_count', papers ~ '.previous_paper_count') }}
    || ' in the {{ periods_in_words(var("trend_window_" ~ grain ~ "s"), grain) }} before'
{%- endmacro %}

{# The end of the sentence. #}
{% macro completeness_in_words(grain, is_complete) -%}
    case when {{ is_complete }} then '.' else '; the {{ grain }} is not complete.' end
{%- endmacro %}

{# What a verdict rests on, in one sentence. #}
{% macro trend_reason(grain) -%}
    case
        {% if looks_within(grain) -%}
            when verdicts.verdict = 'spike'
                then
                    {{ percent_of('verdicts.keyword_paper_count', 'verdicts.period_paper_count') }}
                    || ' in this {{ grain }}, against '
                    || {{ percent_of(
                        'verdicts.before_keyword_paper_count', 'verdicts.before_paper_count'
                    ) }}
                    || ' in the {{ periods_in_words(var("trend_window_" ~ grain ~ "s"), grain) }} before; z '
                    || cast(cast(verdicts.spike_z_score as decimal(9, 2)) as string)
                    || {{ q_in_words('verdicts.spike_q_value') }}
        {%- endif %}
        when verdicts.verdict is not null then
            {{ sides_in_words(grain, 'verdicts', 'verdicts') }}
            || case verdicts.verdict
                when 'new' then ' and in none ever before them' else ''
            end
            || '; z ' || cast(cast(verdicts.z_score as decimal(9, 2)) as string)
            || {{ q_in_words('verdicts.q_value') }}
    end
    {%- if grain in ('month', 'year') %}
        || {{ season_in_words(grain) }}
    {%- endif %}
    || {{ completeness_in_words(grain, 'verdicts.is_complete') }}
{%- endmacro %}

{# Why there is no verdict, in one sentence, of counts beside periods. #}
{% macro untold_reason(grain) -%}
    {{ sides_in_words(grain, 'counts', 'periods') }}
    || case
        when counts.has_dates
            then
                '; at equal shares '
                || cast(cast(coalesce({{ expected_papers() }}, 0) as decimal(9, 1)) as string)
                || ' are expected, and a comparison needs'
                || ' {{ var("trend_min_expected_papers") }} of them, and'
                || ' {{ var("trend_min_total") }} papers on either side'
        else
            ', of which ' || cast(periods.previous_date_count as string)
            || ' have papers; a comparison needs {{ var('trend_min_dates_' ~ grain ~ 's') }}'
    end
    || {{ completeness_in_words(grain, 'periods.is_complete') }}
{%- endmacro %}

{# What the season says of a change, where there is one. #}
{% macro season_in_words(grain) -%}
    case
        when
            verdicts.q_value <= {{ var('trend_false_discovery_rate') }}
            or verdicts.spike_q_value <= {{ var('trend_false_discovery_rate') }}
            then
                {% if grain == 'month' -%}
                    case
                        when
                            verdicts.q_value <= {{ var('trend_false_discovery_rate') }}
                            and verdicts.recent_paper_count_1 >= {{ var('trend_min_total') }}
                            then
                                '; in the same months a year before '
                                || {{ percent_of(
                                    'verdicts.recent_keyword_paper_count_1',
                                    'verdicts.recent_paper_count_1'
                                ) }}
                        else ''
                    end ||
                {%- endif %}
                case
                    when not verdicts.has_seasons
                        then
                            {% if grain == 'month' -%}
                                case
                                    when verdicts.verdict <> 'steady'
                                        then '; no second year tells it from a season'
                                    else ''
                                end
                            {%- else -%}
                                ''
                            {%- endif %}
                    when verdicts.season_z_score is null
                        then '; other years have too few papers in these months to tell it from a season'
                    else
                        '; beside these months in other years z '
                        || cast(cast(verdicts.season_z_score as decimal(9, 2)) as string)
                        || {{ q_in_words('verdicts.season_q_value') }}
                end
                || case
                    when
                        verdicts.verdict = 'steady'
                        and (verdicts.season_z_score is not null or not verdicts.has_seasons)
                        and (
                            verdicts.is_recent_seasonal
                            or (verdicts.is_period_seasonal and verdicts.spike_z_score > 0)
                        )
                        then ': the season may explain it'
                    else ''
                end
        else ''
    end
{%- endmacro %}
