-- Long, but one grain: what is numbered here is of no use beside it.
-- Inside a longer keyword alone a keyword says nothing more: video diffusion and diffusion
-- would always be a pair.
with mentioned as (
    select * from {{ ref('int_papers_keywords__mentioned') }}
    where occurrence_count > nested_occurrence_count
),

accepted as (
    select * from {{ ref('int_keywords__counted') }}
),

pairs as (
    select * from {{ ref('keyword_pairs') }}
),

lifecycles as (
    select * from {{ ref('keyword_lifecycles') }}
),

dated_papers as (
    select
        paper_number,
        date_basis,
        cast({{ period_number('dated_on', 'month') }} as integer) as month_number
    from {{ ref('int_papers__dated') }}
    where stretch_number is not null and date_precision <> 'year'
),

-- In numbers: what follows has a row for each paper of each pair.
paired as (
    select
        keyword_id,
        cast(row_number() over (order by keyword_id nulls last) as integer) as keyword_number
    from (
        select first_keyword_id as keyword_id from pairs
        union
        select second_keyword_id as keyword_id from pairs
    ) as ids
),

numbered_pairs as (
    select
        firsts.keyword_number as first_number,
        seconds.keyword_number as second_number,
        {{ pair_number('firsts.keyword_number', 'seconds.keyword_number') }} as pair_number
    from pairs
    inner join paired as firsts on pairs.first_keyword_id = firsts.keyword_id
    inner join paired as seconds on pairs.second_keyword_id = seconds.keyword_id
),

papers_keywords as (
    select
        mentioned.paper_number,
        paired.keyword_number
    from mentioned
    inner join accepted on mentioned.term_hash = accepted.term_hash
    inner join paired on accepted.keyword_id = paired.keyword_id
),

neighbours as (
    select * from papers_keywords
),

-- By paper first: all papers of a keyword times all its pairs would be more than any disk.
together as (
    select
        papers_keywords.paper_number,
        {{ pair_number('papers_keywords.keyword_number', 'neighbours.keyword_number') }}
            as pair_number
    from papers_keywords
    inner join neighbours
        on
            papers_keywords.paper_number = neighbours.paper_number
            and papers_keywords.keyword_number < neighbours.keyword_number
),

-- Pairs too rare to be in marts.keyword_pairs are mostly chance.
monthly as (
    select distinct
        together.pair_number,
        dated_papers.date_basis,
        dated_papers.month_number
    from together
    inner join dated_papers on together.paper_number = dated_papers.paper_number
    where
        {{ is_one_of('together.pair_number', 'select pair_number from numbered_pairs') }}
),

first_months as (
    select
        pair_number,
        date_basis,
        min(month_number) as month_number
    from monthly
    group by pair_number, date_basis
),

members as (
    select
        pair_number,
        first_number as keyword_number
    from numbered_pairs
    union all
    select
        pair_number,
        second_number as keyword_number
    from numbered_pairs
),

{% for name, months in [('neighbour', 'monthly'), ('new_neighbour', 'first_months')] %}
    {{ name }}_counts as (
        select
            members.keyword_number,
            months.date_basis,
            months.month_number,
            count(*) as {{ name }}_count
        from {{ months }} as months
        inner join members on months.pair_number = members.pair_number
        group by members.keyword_number, months.date_basis, months.month_number
    ),

{% endfor %}
-- Numbered by an outer join, which stays one table: of inner joins the order is free, and by the
-- basis alone each keyword's months were joined with all keywords (a million papers: 57 GB).
subjects as (
    select
        lifecycles.keyword_id,
        lifecycles.keyword,
        lifecycles.date_basis,
        paired.keyword_number
    from lifecycles
    left join paired on lifecycles.keyword_id = paired.keyword_id
),

counted as (
    select
        subjects.keyword_id,
        subjects.keyword,
        subjects.date_basis,
        {{ period_start('met.month_number', 'month') }} as period_start_on,
        met.neighbour_count,
        coalesce(new_neighbours.new_neighbour_count, 0) as new_neighbour_count
    from neighbour_counts as met
    inner join subjects
        on
            met.keyword_number = subjects.keyword_number
            and met.date_basis = subjects.date_basis
    left join new_neighbour_counts as new_neighbours
        on
            met.keyword_number = new_neighbours.keyword_number
            and met.date_basis = new_neighbours.date_basis
            and met.month_number = new_neighbours.month_number
),

keyword_spread_by_month as (
    select
        keyword_id,
        keyword,
        date_basis,
        period_start_on,
        cast(neighbour_count as integer) as neighbour_count,
        cast(new_neighbour_count as integer) as new_neighbour_count,
        cast(
            sum(new_neighbour_count) over (
                partition by keyword_id, date_basis
                order by period_start_on nulls last
            ) as integer
        ) as neighbour_count_so_far
    from counted
)

select * from keyword_spread_by_month
