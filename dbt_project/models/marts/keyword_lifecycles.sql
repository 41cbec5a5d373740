-- Long, but one grain: what a series says as a whole, each part of it asked once and only here.
with series as (
    select * from {{ ref('keyword_trends_by_month') }}
),

accepted as (
    select * from {{ ref('int_keywords__counted') }}
),

keyword_days as (
    select * from {{ ref('int_keywords__dated') }}
    where date_precision <> 'year'
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

-- The novelty: which paper brought the keyword, as far as the warehouse knows.
seen as (
    select
        accepted.keyword_id,
        keyword_days.date_basis,
        min(keyword_days.dated_on) as first_seen_on,
        max(keyword_days.dated_on) as last_seen_on,
        min_by(
            keyword_days.first_paper_number,
            (keyword_days.dated_on, keyword_days.first_paper_number)
        ) as first_paper_number
    from keyword_days
    inner join accepted on keyword_days.term_hash = accepted.term_hash
    group by accepted.keyword_id, keyword_days.date_basis
),

months as (
    select
        keyword_id,
        keyword,
        date_basis,
        period_start_on,
        keyword_share,
        recent_share,
        keyword_paper_count,
        row_number() over (
            partition by keyword_id, date_basis
            order by period_start_on nulls last
        ) as month_number
    from series
    where is_complete and period_paper_count >= {{ var('trend_min_total') }}
),

peaks as (
    select
        keyword_id,
        date_basis,
        max(recent_share) as peak_share,
        avg(keyword_paper_count) as mean_paper_count,
        min_by(month_number, (-recent_share, month_number)) as peak_month_number,
        min_by(period_start_on, (-recent_share, month_number)) as peak_month_on,
        count(*) as month_count
    from months
    group by keyword_id, date_basis
),

halvings as (
    select
        months.keyword_id,
        months.date_basis,
        min(months.month_number - peaks.peak_month_number) as half_life_months
    from months
    inner join peaks
        on
            months.keyword_id = peaks.keyword_id
            and months.date_basis = peaks.date_basis
            and months.month_number > peaks.peak_month_number
    where months.recent_share <= peaks.peak_share / 2
    group by months.keyword_id, months.date_basis
),

-- Every month with every later one: what Mann and Kendall count and Theil and Sen
-- measure.
slopes as (
    select
        earlier.keyword_id,
        earlier.date_basis,
        sum(sign(later.keyword_share - earlier.keyword_share)) as mann_kendall_s,
        {{ middle(
            '(later.keyword_share - earlier.keyword_share)'
            ~ ' / (later.month_number - earlier.month_number)'
        ) }} as sen_slope
    from months as earlier
    inner join months as later
        on
            earlier.keyword_id = later.keyword_id
            and earlier.date_basis = later.date_basis
            and earlier.month_number < later.month_number
    group by earlier.keyword_id, earlier.date_basis
),

tied as (
    select
        keyword_id,
        date_basis,
        keyword_share,
        count(*) as tie_count
    from months
    group by keyword_id, date_basis, keyword_share
),

ties as (
    select
        keyword_id,
        date_basis,
        sum(tie_count) as month_count,
        sum(tie_count * (tie_count - 1) * (2 * tie_count + 5)) as tie_correction
    from tied
    group by keyword_id, date_basis
),

drifts as (
    select
        slopes.keyword_id,
        slopes.date_basis,
        slopes.sen_slope,
        slopes.mann_kendall_s,
        (
            ties.month_count * (ties.month_count - 1) * (2 * ties.month_count + 5)
            - ties.tie_correction
        ) / 18e0 as s_variance
    from slopes
    inner join ties
        on
            slopes.keyword_id = ties.keyword_id
            and slopes.date_basis = ties.date_basis
    where ties.month_count >= {{ var('trend_min_drift_months') }}
),

-- Continuity-corrected: one towards nought.
scored as (
    select
        *,
        case
            when s_variance = 0 then 0e0
            else (mann_kendall_s - sign(mann_kendall_s)) / sqrt(s_variance)
        end as mann_kendall_z
    from drifts
),

tested as (
    select
        *,
        {{ two_sided_p('mann_kendall_z') }} as mann_kendall_p
    from scored
),

corrected as (
    {{ benjamini_hochberg(
        'tested', 'mann_kendall_p', 'mann_kendall_q', ['date_basis'], ['keyword_id']
    ) }}
),

-- A drift is called where months hold enough papers for their shares to be ranked: with hardly
-- any, a source that grows makes noughts early and shares late.
drifts_supported as (
    select
        tested.keyword_id,
        tested.date_basis,
        tested.mann_kendall_z,
        tested.mann_kendall_p
    from tested
    inner join peaks
        on
            tested.keyword_id = peaks.keyword_id
            and tested.date_basis = peaks.date_basis
    where peaks.mean_paper_count >= {{ var('trend_min_drift_papers') }}
),

drifts_corrected as (
    {{ benjamini_hochberg(
        'drifts_supported', 'mann_kendall_p', 'q', ['date_basis'], ['keyword_id']
    ) }}
),

{{ scale_levels(['year', 'month'], 1) }}

{{ scale_factors('drift_factors', ['drift'], 'corrected', 'q') }}

drifts_told as (
    select
        drifts_corrected.keyword_id,
        drifts_corrected.date_basis,
        least(1, drift_factors.factor * drifts_corrected.q) as drift_q_value,
        case
            when drift_factors.factor * drifts_corrected.q > {{ var('trend_false_discovery_rate') }}
                then 'steady'
            when drifts_corrected.mann_kendall_z > 0 then 'drifting_up'
            else 'drifting_down'
        end as drift
    from drifts_corrected
    inner join drift_factors on drifts_corrected.date_basis = drift_factors.date_basis
),

-- Whether it ever rose or fell at all: the months' one-sided p values of change as one test
-- (Simes 1986), corrected over all keywords.
sided as (
    {% for direction, sign in [('rise', ''), ('fall', '-')] %}
        select
            keyword_id,
            date_basis,
            '{{ direction }}' as direction,
            case when {{ sign }}z_score > 0 then p_value / 2 else 1 - p_value / 2 end
                as one_sided_p
        from series
        where p_value is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

changes as (
    {{ simes(
        'sided', 'one_sided_p', 'change_p', ['keyword_id', 'date_basis', 'direction']
    ) }}
),

changes_corrected as (
    {{ benjamini_hochberg(
        'changes', 'change_p', 'change_q', ['date_basis', 'direction'], ['keyword_id']
    ) }}
),

changed as (
    select
        keyword_id,
        date_basis,
        {{ stable("min(change_p) filter (where direction = 'rise')") }} as rise_p,
        min(change_q) filter (where direction = 'rise') as rise_q,
        {{ stable("min(change_p) filter (where direction = 'fall')") }} as fall_p,
        min(change_q) filter (where direction = 'fall') as fall_q
    from changes_corrected
    group by keyword_id, date_basis
),

lifecycles as (
    select
        months.keyword_id,
        months.keyword,
        months.date_basis,
        seen.first_seen_on,
        seen.last_seen_on,
        papers.paper_id as first_paper_id,
        cast(peaks.month_count as integer) as month_count,
        peaks.peak_month_on,
        {{ stable('peaks.peak_share') }} as peak_share,
        cast(halvings.half_life_months as integer) as half_life_months,
        {{ stable('corrected.sen_slope') }} as sen_slope,
        cast(corrected.mann_kendall_s as integer) as mann_kendall_s,
        {{ stable('corrected.mann_kendall_z') }} as mann_kendall_z,
        {{ stable('corrected.mann_kendall_p') }} as mann_kendall_p,
        corrected.mann_kendall_q,
        {{ stable('12 * corrected.sen_slope') }} as sen_slope_per_year,
        drifts_told.drift_q_value,
        coalesce(drifts_told.drift, 'insufficient_support') as drift,
        changed.rise_p,
        changed.rise_q,
        changed.fall_p,
        changed.fall_q
    from months
    inner join seen
        on
            months.keyword_id = seen.keyword_id
            and months.date_basis = seen.date_basis
    inner join papers on seen.first_paper_number = papers.paper_number
    inner join peaks
        on
            months.keyword_id = peaks.keyword_id
            and months.date_basis = peaks.date_basis
    left join halvings
        on
            months.keyword_id = halvings.keyword_id
            and months.date_basis = halvings.date_basis
    left join corrected
        on
            months.keyword_id = corrected.keyword_id
            and months.date_basis = corrected.date_basis
    left join drifts_told
        on
            months.keyword_id = drifts_told.keyword_id
            and months.date_basis = drifts_told.date_basis
    left join changed
        on
            months.keyword_id = changed.keyword_id
            and months.date_basis = changed.date_basis
    where months.month_number = 1
)

select * from lifecycles
