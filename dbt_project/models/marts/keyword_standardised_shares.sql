-- Direct standardisation, as of death rates for age: each source's share of the month, put
-- together in the mix of sources that the whole basis has.
with keyword_days as (
    select * from {{ ref('int_keywords__dated') }}
    where date_precision <> 'year'
),

dated_papers as (
    select * from {{ ref('int_papers__dated') }}
    where stretch_number is not null and date_precision <> 'year'
),

series as (
    select * from {{ ref('keyword_trends_by_month') }}
),

accepted as (
    select * from {{ ref('int_keywords__counted') }}
),

strata as (
    select
        date_basis,
        date_source,
        {{ period_start_of('dated_on', 'month') }} as period_start_on,
        count(*) as paper_count
    from dated_papers
    group by
        date_basis,
        date_source,
        {{ period_start_of('dated_on', 'month') }}
),

standard as (
    select
        date_basis,
        date_source,
        sum(paper_count) as standard_weight
    from strata
    group by date_basis, date_source
),

basis_sources as (
    select
        date_basis,
        count(*) as source_count
    from standard
    group by date_basis
),

weighed as (
    select
        strata.*,
        standard.standard_weight,
        strata.paper_count / sum(strata.paper_count) over basis_month as month_weight,
        standard.standard_weight / sum(standard.standard_weight) over basis_month
            as basis_weight,
        count(*) over (partition by strata.date_basis, strata.period_start_on)
            as month_source_count,
        basis_sources.source_count as basis_source_count
    from strata
    inner join standard
        on
            strata.date_basis = standard.date_basis
            and strata.date_source = standard.date_source
    inner join basis_sources on strata.date_basis = basis_sources.date_basis
    window
        basis_month as (
            partition by strata.date_basis, strata.period_start_on
        )
),

found as (
    select
        accepted.keyword_id,
        keyword_days.date_basis,
        keyword_days.date_source,
        {{ period_start_of('keyword_days.dated_on', 'month') }}
            as period_start_on,
        sum(keyword_days.keyword_paper_count) as keyword_paper_count
    from keyword_days
    inner join accepted on keyword_days.term_hash = accepted.term_hash
    group by
        accepted.keyword_id,
        keyword_days.date_basis,
        keyword_days.date_source,
        {{ period_start_of('keyword_days.dated_on', 'month') }}
),

joined as (
    select
        series.keyword_id,
        series.keyword,
        series.date_basis,
        series.period_start_on,
        series.keyword_share,
        weighed.month_source_count,
        weighed.month_weight,
        weighed.basis_weight,
        coalesce(found.keyword_paper_count, 0) / weighed.paper_count as source_share
    from series
    inner join weighed
        on
            series.date_basis = weighed.date_basis
            and series.period_start_on = weighed.period_start_on
    left join found
        on
            series.keyword_id = found.keyword_id
            and series.date_basis = found.date_basis
            and series.period_start_on = found.period_start_on
            and weighed.date_source = found.date_source
    where weighed.basis_source_count > 1
),

keyword_standardised_shares as (
    select
        keyword_id,
        keyword,
        date_basis,
        period_start_on,
        cast(max(month_source_count) as integer) as source_count,
        max(keyword_share) as keyword_share,
        {{ stable('sum(basis_weight * source_share)') }} as standardised_share,
        {{ stable('sum(abs(month_weight - basis_weight)) / 2') }} as mix_shift
    from joined
    group by keyword_id, keyword, date_basis, period_start_on
)

select * from keyword_standardised_shares
