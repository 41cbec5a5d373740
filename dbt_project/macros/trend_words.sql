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

{# What a verdict rests on, in one sentence. #}
{% macro trend_reason(grain) -%}
    {{ percent_of(
        'verdicts.recent_keyword_paper_count', 'verdicts.recent_paper_count'
    ) }}
    || ' in {{ var('trend_recent_' ~ grain ~ 's') }} {{ grain }}s, against '
    || {{ percent_of(
        'verdicts.previous_keyword_paper_count', 'verdicts.previous_paper_count'
    ) }}
    || ' in the {{ var('trend_window_' ~ grain ~ 's') }} {{ grain }}s before'
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
    end
{%- endmacro %}
