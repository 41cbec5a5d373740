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

-- Months that can be ranked, numbered: where series begin and end is told by these numbers alone.
calendar as (
    select
        date_basis,
        {{ period_start('period_number', 'month') }} as period_start_on,
        period_number,
        recent_paper_count,
        cast(
            row_number() over (partition by date_basis order by period_number nulls last) as integer
        ) as calendar_number
    from {{ ref('int_periods__counted') }}
    where
        grain = 'month' and is_complete and period_paper_count >= {{ var('trend_min_total') }}
),

{{ made_once('calendar') }}

begun as (
    select
        keyword_id,
        date_basis,
        min(keyword) as keyword,
        min(period_start_on) as first_on,
        cast(
            row_number() over (order by keyword_id nulls last, date_basis nulls last) as integer
        ) as series_number
    from series
    group by keyword_id, date_basis
),

first_months as (
    select
        firsts.date_basis,
        firsts.first_on,
        min(calendar.calendar_number) as first_number,
        count(*) as month_count
    from (
        select distinct
            date_basis,
            first_on
        from begun
    ) as firsts
    inner join calendar
        on firsts.date_basis = calendar.date_basis and firsts.first_on <= calendar.period_start_on
    group by firsts.date_basis, firsts.first_on
),

spans as (
    select
        begun.series_number,
        begun.keyword_id,
        begun.keyword,
        begun.date_basis,
        first_months.first_number,
        first_months.month_count
    from begun
    inner join first_months
        on begun.date_basis = first_months.date_basis and begun.first_on = first_months.first_on
),

{{ made_once('spans') }}

found as (
    select
        spans.series_number,
        spans.date_basis,
        spans.first_number,
        spans.month_count,
        {{ period_number('series.period_start_on', 'month') }} as period_number,
        series.keyword_paper_count,
        series.keyword_share
    from series
    inner join spans
        on series.keyword_id = spans.keyword_id and series.date_basis = spans.date_basis
    where series.keyword_paper_count > 0
),

-- Months without a paper of the keyword have a share, too, while their recent months hold one.
recents as (
    select
        series_number,
        date_basis,
        period_number,
        sum(keyword_paper_count) as keyword_paper_count
    from (
        {% for later in range(var('trend_recent_months') | int) %}
            select
                series_number,
                date_basis,
                period_number + {{ later }} as period_number,
                keyword_paper_count
            from found
            {% if not loop.last %}union all{% endif %}
        {% endfor %}
    ) as held
    group by series_number, date_basis, period_number
),

shares_recent as (
    select
        recents.series_number,
        calendar.calendar_number,
        {{ share('recents.keyword_paper_count', 'calendar.recent_paper_count') }} as recent_share
    from recents
    inner join calendar
        on
            recents.date_basis = calendar.date_basis
            and recents.period_number = calendar.period_number
),

months as (
    select
        spans.series_number,
        cast(calendar.calendar_number - spans.first_number + 1 as integer) as month_number,
        coalesce(shares_recent.recent_share, 0) as recent_share
    from spans
    inner join calendar
        on
            spans.date_basis = calendar.date_basis
            and spans.first_number <= calendar.calendar_number
    left join shares_recent
        on
            spans.series_number = shares_recent.series_number
            and calendar.calendar_number = shares_recent.calendar_number
),

highest as (
    select
        series_number,
        max(recent_share) as peak_share
    from months
    group by series_number
),

peaks as (
    select
        highest.series_number,
        highest.peak_share,
        min(months.month_number) as peak_month_number
    from highest
    inner join months
        on
            highest.series_number = months.series_number
            and highest.peak_share = months.recent_share
    group by highest.series_number, highest.peak_share
),

halvings as (
    select
        months.series_number,
        min(months.month_number - peaks.peak_month_number) as half_life_months
    from months
    inner join peaks
        on
            months.series_number = peaks.series_number
            and months.month_number > peaks.peak_month_number
    where months.recent_share <= peaks.peak_share / 2
    group by months.series_number
),

-- What Mann and Kendall count and Theil and Sen measure is every month with every later one. Most
-- months of most keywords hold none of their papers: those are counted, not joined.
months_found as (
    select
        found.series_number,
        found.month_count,
        cast(calendar.calendar_number - found.first_number + 1 as integer) as month_number,
        found.keyword_paper_count,
        found.keyword_share
    from found
    inner join calendar
        on
            found.date_basis = calendar.date_basis
            and found.period_number = calendar.period_number
),

{{ made_once('months_found') }}

placed as (
    select
        *,
        row_number() over (partition by series_number order by month_number nulls last) as place,
        count(*) over (partition by series_number) as place_count
    from months_found
),

-- A share above nought is above each nought before it, and above each after it.
beside_noughts as (
    select
        series_number,
        sum(
            (month_number - place)
            - (month_count - month_number - (place_count - place))
        ) as signs,
        count(*) as place_count,
        sum(keyword_paper_count) as keyword_paper_count
    from placed
    group by series_number
),

among_shares as (
    select
        earlier.series_number,
        sum(
            case
                when later.keyword_share > earlier.keyword_share then 1
                when later.keyword_share < earlier.keyword_share then -1
                else 0
            end
        ) as signs
    from placed as earlier
    inner join placed as later
        on
            earlier.series_number = later.series_number
            and earlier.month_number < later.month_number
    group by earlier.series_number
),

tied as (
    select
        series_number,
        keyword_share,
        count(*) as tie_count
    from months_found
    group by series_number, keyword_share
    union all
    select
        spans.series_number,
        0 as keyword_share,
        spans.month_count - coalesce(beside_noughts.place_count, 0) as tie_count
    from spans
    left join beside_noughts on spans.series_number = beside_noughts.series_number
),

ties as (
    select
        series_number,
        sum(tie_count) as month_count,
        sum(tie_count * (tie_count - 1) / 2) as tied_pair_count,
        sum(tie_count * (tie_count - 1) * (2 * tie_count + 5)) as tie_correction
    from tied
    group by series_number
),

signs as (
    select
        ties.series_number,
        ties.month_count,
        ties.tie_correction,
        coalesce(beside_noughts.signs, 0) + coalesce(among_shares.signs, 0) as mann_kendall_s,
        ties.month_count * (ties.month_count - 1) / 2 as pair_count,
        ties.month_count * (ties.month_count - 1) / 2 - ties.tied_pair_count as untied_pair_count
    from ties
    left join beside_noughts on ties.series_number = beside_noughts.series_number
    left join among_shares on ties.series_number = among_shares.series_number
    where ties.month_count >= {{ var('trend_min_drift_months') }}
),

{{ made_once('signs') }}

-- Where neither rising nor falling pairs are half of all, the middle one is level.
sloping as (
    select
        series_number,
        cast(month_count as bigint) as month_count
    from signs
    where untied_pair_count + abs(mann_kendall_s) >= pair_count
),

sloping_months as (
    select
        laid_out.series_number,
        laid_out.month_number,
        coalesce(months_found.keyword_share, 0) as keyword_share
    from (
        select
            series_number,
            {{ unnested(integers('1', 'month_count')) }} as month_number
        from sloping
    ) as laid_out
    left join months_found
        on
            laid_out.series_number = months_found.series_number
            and laid_out.month_number = months_found.month_number
),

slopes as (
    select
        earlier.series_number,
        {{ middle(
            '(later.keyword_share - earlier.keyword_share)'
            ~ ' / (later.month_number - earlier.month_number)'
        ) }} as sen_slope
    from sloping_months as earlier
    inner join sloping_months as later
        on
            earlier.series_number = later.series_number
            and earlier.month_number < later.month_number
    group by earlier.series_number
),

drifts as (
    select
        spans.keyword_id,
        spans.date_basis,
        signs.mann_kendall_s,
        coalesce(slopes.sen_slope, 0e0) as sen_slope,
        (
            signs.month_count * (signs.month_count - 1) * (2 * signs.month_count + 5)
            - signs.tie_correction
        ) / 18e0 as s_variance
    from signs
    inner join spans on signs.series_number = spans.series_number
    left join slopes on signs.series_number = slopes.series_number
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
    inner join spans
        on
            tested.keyword_id = spans.keyword_id
            and tested.date_basis = spans.date_basis
    inner join beside_noughts on spans.series_number = beside_noughts.series_number
    where
        beside_noughts.keyword_paper_count
        >= {{ var('trend_min_drift_papers') }} * spans.month_count
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
        spans.keyword_id,
        spans.keyword,
        spans.date_basis,
        seen.first_seen_on,
        seen.last_seen_on,
        papers.paper_id as first_paper_id,
        cast(spans.month_count as integer) as month_count,
        calendar.period_start_on as peak_month_on,
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
    from spans
    inner join seen
        on
            spans.keyword_id = seen.keyword_id
            and spans.date_basis = seen.date_basis
    inner join papers on seen.first_paper_number = papers.paper_number
    inner join peaks on spans.series_number = peaks.series_number
    inner join calendar
        on
            spans.date_basis = calendar.date_basis
            and spans.first_number + peaks.peak_month_number - 1 = calendar.calendar_number
    left join halvings on spans.series_number = halvings.series_number
    left join corrected
        on
            spans.keyword_id = corrected.keyword_id
            and spans.date_basis = corrected.date_basis
    left join drifts_told
        on
            spans.keyword_id = drifts_told.keyword_id
            and spans.date_basis = drifts_told.date_basis
    left join changed
        on
            spans.keyword_id = changed.keyword_id
            and spans.date_basis = changed.date_basis
)

select * from lifecycles
