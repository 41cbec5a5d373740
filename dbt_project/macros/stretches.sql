-- noqa: disable=LT02
{#
    Where the corpus lies on the calendar of each date basis. What is dated is the models' business.
#}

{#
    CTEs that number the stretches of a date basis: between two of them nothing is dated for more than
    trend_max_gap_days. A few papers far from all others are slips of a year, or another time's: their stretch has no
    number, and no series runs to them. dates is a CTE with date_basis and a day per paper; the result is the CTE <name>:
    date_basis, the day, stretch_number.
#}
{% macro stretches(dates, day, name) %}
{{ name }}_days as (
        select
            date_basis,
            {{ day }},
            count(*) as paper_count,
            {{ period_number(day, 'day') }}
            - lag({{ period_number(day, 'day') }}) over (
                partition by date_basis
                order by {{ day }} nulls last
            ) as days_before
        from {{ dates }}
        group by date_basis, {{ day }}
    ),

    {{ name }}_parted as (
        select
            *,
            count(case when days_before > {{ var('trend_max_gap_days') }} then 1 end) over (
                partition by date_basis
                order by {{ day }} nulls last
            ) as stretch_number
        from {{ name }}_days
    ),

    {{ name }}_counted as (
        select
            date_basis,
            stretch_number,
            sum(paper_count) as paper_count,
            max(sum(paper_count)) over (partition by date_basis) as largest_paper_count
        from {{ name }}_parted
        group by date_basis, stretch_number
    ),

    {{ name }} as (
        select
            parted.date_basis,
            parted.{{ day }},
            case
                when
                    counted.paper_count = counted.largest_paper_count
                    or (
                        counted.paper_count >= {{ var('trend_min_total') }}
                        and counted.paper_count
                        >= {{ var('trend_min_stretch_share') }} * counted.largest_paper_count
                    )
                    then cast(parted.stretch_number as bigint)
            end as stretch_number
        from {{ name }}_parted as parted
        inner join {{ name }}_counted as counted
            on
                parted.date_basis = counted.date_basis
                and parted.stretch_number = counted.stretch_number
    )
{%- endmacro %}
