-- noqa: disable=LT02
{# Trends in words for people, over the columns of verdicts in keyword_trends.sql. #}

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

{# So many periods, for people: 3 months, 1 year. #}
{% macro periods_in_words(count, grain) -%}
    {{ count }} {{ grain }}{{ 's' if (count | int) != 1 }}
{%- endmacro %}

{# A q value, for people. #}
{% macro q_in_words(q) -%}
    case
        when {{ q }} < 0.0001 then ', q below 0.0001'
        else ', q ' || cast(cast({{ q }} as decimal(5, 4)) as varchar)
    end
{%- endmacro %}

{# What a verdict rests on, in one sentence. #}
{% macro trend_reason(grain) -%}
    {%- set window = var('trend_window_' ~ grain ~ 's') -%}
    case
        when verdicts.verdict = 'spike'
            then
                {{ percent_of('verdicts.keyword_paper_count', 'verdicts.period_paper_count') }}
                || ' in this {{ grain }}, against '
                || {{ percent_of(
                    'verdicts.before_keyword_paper_count', 'verdicts.before_paper_count'
                ) }}
                || ' in the {{ periods_in_words(window, grain) }} before; z '
                || cast(cast(verdicts.spike_z_score as decimal(9, 2)) as varchar)
                || {{ q_in_words('verdicts.spike_q_value') }}
        else
            {{ percent_of(
                'verdicts.recent_keyword_paper_count', 'verdicts.recent_paper_count'
            ) }}
            || ' in {{ periods_in_words(var("trend_recent_" ~ grain ~ "s"), grain) }}, against '
            || {{ percent_of(
                'verdicts.previous_keyword_paper_count', 'verdicts.previous_paper_count'
            ) }}
            || ' in the {{ periods_in_words(window, grain) }} before'
            || case verdicts.verdict
                when 'insufficient_dates'
                    then
                        ', of which ' || cast(verdicts.previous_date_count as varchar)
                        || ' have papers; a comparison needs {{ var('trend_min_dates_' ~ grain ~ 's') }}'
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
                    || {{ q_in_words('verdicts.q_value') }}
                    {%- if grain == 'month' %}
                    || {{ season_in_words() }}
                    {%- endif %}
            end
    end
    || case
        when verdicts.is_complete then '.'
        else '; the {{ grain }} is not complete.'
    end
{%- endmacro %}

{# What the same months of a year before say of a change of the window, where there are any. #}
{% macro season_in_words() -%}
    case
        when
            verdicts.q_value <= {{ var('trend_false_discovery_rate') }}
            and verdicts.recent_paper_count_1 >= {{ var('trend_min_total') }}
            then
                '; in the same months a year before '
                || {{ percent_of(
                    'verdicts.recent_keyword_paper_count_1', 'verdicts.recent_paper_count_1'
                ) }}
        else ''
    end
    || case
        when
            verdicts.q_value <= {{ var('trend_false_discovery_rate') }}
            and verdicts.is_recent_seasonal
            then
                case
                    when verdicts.recent_paper_count_2 >= {{ var('trend_min_total') }}
                        then
                            '; two years before '
                            || {{ percent_of(
                                'verdicts.recent_keyword_paper_count_2',
                                'verdicts.recent_paper_count_2'
                            ) }}
                    else ''
                end
                || ': the season explains it'
        else ''
    end
{%- endmacro %}
