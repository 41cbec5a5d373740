-- noqa: disable=LT02
{#
    The series of every supported keyword at one grain (day, week or month), with the test and the verdict of each
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
        verdicts.excess_variance,
        {{ stable('verdicts.z_score') }} as z_score,
        {{ stable('verdicts.p_value') }} as p_value,
        verdicts.q_value,
        verdicts.verdict,
        {{ period_start('change_points.since_number', grain) }} as since_on,
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
