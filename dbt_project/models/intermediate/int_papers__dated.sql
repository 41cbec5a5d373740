with entries as (
    select * from {{ ref('int_entries__identified') }}
),

facts as (
    select * from {{ ref('stg_entries') }}
),

dumps as (
    select * from {{ ref('stg_dumps') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
    where {{ is_read('language') }}
),

first_dates as (
    select
        papers.paper_number,
        min(facts.published_on) filter (where facts.published_precision = 'day')
            as published_day_on,
        min(facts.published_on) filter (where facts.published_precision = 'month')
            as published_month_on,
        min(try_cast(cast(facts.published_year as string) || '-01-01' as date))
            as published_year_on,
        min(entries.listed_on) as listed_on,
        min(entries.captured_on) as captured_on,
        coalesce(
            {{ earliest_source('facts.published_on') }},
            {{ earliest_source('facts.published_year') }}
        ) as published_source,
        {{ earliest_source('entries.listed_on') }} as listed_source,
        {{ earliest_source('entries.captured_on') }} as captured_source
    from entries
    inner join facts on entries.entry_id = facts.entry_id
    inner join papers on entries.paper_id = papers.paper_id
    inner join dumps on entries.dump_id = dumps.dump_id
    group by papers.paper_number
),

known as (
    select
        *,
        coalesce(published_day_on, published_month_on, published_year_on) as published_on,
        case
            when published_day_on is not null then 'day'
            when published_month_on is not null then 'month'
            else 'year'
        end as published_precision,
        'day' as listed_precision,
        'day' as captured_precision
    from first_dates
),

dated as (
    {% for basis in ['published', 'listed', 'captured'] %}
        select
            paper_number,
            '{{ basis }}' as date_basis,
            {{ basis }}_on as dated_on,
            {{ basis }}_precision as date_precision,
            {{ basis }}_source as date_source
        from known
        where {{ basis }}_on is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

{{ stretches('dated', 'dated_on', 'kept') }},

placed as (
    select
        dated.*,
        kept.stretch_number
    from dated
    inner join kept
        on
            dated.date_basis = kept.date_basis
            and dated.dated_on = kept.dated_on
)

select * from placed
