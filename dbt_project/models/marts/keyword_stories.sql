-- Long, but one grain: who shares papers with whom, and whom that leads to.
with called as (
    {% for grain in ['day', 'week', 'month', 'year'] %}
        select
            '{{ grain }}' as grain,
            date_basis,
            period_start_on,
            direction,
            keyword_id,
            {{ period_start(
                period_number('period_start_on', grain) ~ ' - ' ~ compared_length(grain) ~ ' + 1', grain
            ) }} as first_on,
            {{ period_start(period_number('period_start_on', grain) ~ ' + 1', grain) }} as next_on,
            abs(case when verdict = 'spike' then spike_z_score else z_score end) as strength
        from {{ ref('keyword_trends_by_' ~ grain) }}
        where direction is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

accepted as (
    select * from {{ ref('int_keywords__counted') }}
),

papers_keywords as (
    select * from {{ ref('int_papers_keywords__mentioned') }}
),

dated_papers as (
    select * from {{ ref('int_papers__dated') }}
    where stretch_number is not null
),

ranked as (
    select
        called.*,
        accepted.term_hash,
        row_number() over (
            partition by called.grain, called.date_basis, called.period_start_on, called.direction
            order by called.strength desc nulls last, called.keyword_id asc nulls last
        ) as strength_rank
    from called
    inner join accepted on called.keyword_id = accepted.keyword_id
),

-- One number for what moves in one direction in one period.
numbered as (
    select
        *,
        dense_rank() over (
            order by
                grain nulls last, date_basis nulls last,
                period_start_on nulls last, direction nulls last
        ) as move_number
    from ranked
),

-- The papers of the periods compared.
papers as (
    select
        numbered.move_number,
        numbered.strength_rank,
        papers_keywords.paper_number
    from numbered
    inner join papers_keywords on numbered.term_hash = papers_keywords.term_hash
    inner join dated_papers
        on
            papers_keywords.paper_number = dated_papers.paper_number
            and numbered.date_basis = dated_papers.date_basis
            and numbered.first_on <= dated_papers.dated_on
            and numbered.next_on > dated_papers.dated_on
),

{{ made_once('papers') }}

others as (
    select * from papers
),

counted as (
    select
        move_number,
        strength_rank,
        count(*) as paper_count
    from papers
    group by move_number, strength_rank
),

together as (
    select
        papers.move_number,
        papers.strength_rank,
        others.strength_rank as leader_rank,
        count(*) as paper_count
    from papers
    inner join others
        on
            papers.move_number = others.move_number
            and papers.paper_number = others.paper_number
            and papers.strength_rank > others.strength_rank
    group by papers.move_number, papers.strength_rank, others.strength_rank
),

-- The strongest of the stronger keywords that share papers enough: Ochiai's cosine of both sets.
leaders as (
    select
        together.move_number,
        together.strength_rank,
        min(together.leader_rank) as leader_rank
    from together
    inner join counted as own
        on
            together.move_number = own.move_number
            and together.strength_rank = own.strength_rank
    inner join counted as led
        on
            together.move_number = led.move_number
            and together.leader_rank = led.strength_rank
    where
        together.paper_count
        >= {{ var('story_min_overlap') }} * sqrt(cast(own.paper_count as double) * led.paper_count)
    group by together.move_number, together.strength_rank
),

{{ made_once('leaders') }}

-- Who leads the leader: a chain is followed three times; what is further off is a story of its own.
followed as (
    select
        first_leaders.move_number,
        first_leaders.strength_rank,
        coalesce(third_leaders.leader_rank, second_leaders.leader_rank, first_leaders.leader_rank)
            as leader_rank
    from leaders as first_leaders
    left join leaders as second_leaders
        on
            first_leaders.move_number = second_leaders.move_number
            and first_leaders.leader_rank = second_leaders.strength_rank
    left join leaders as third_leaders
        on
            second_leaders.move_number = third_leaders.move_number
            and second_leaders.leader_rank = third_leaders.strength_rank
),

heads as (
    select followed.*
    from followed
    left join leaders
        on
            followed.move_number = leaders.move_number
            and followed.leader_rank = leaders.strength_rank
    where leaders.strength_rank is null
),

keyword_stories as (
    select
        numbered.grain,
        numbered.date_basis,
        numbered.period_start_on,
        numbered.direction,
        numbered.keyword_id,
        coalesce(strongest.keyword_id, numbered.keyword_id) as story_keyword_id
    from numbered
    left join heads
        on
            numbered.move_number = heads.move_number
            and numbered.strength_rank = heads.strength_rank
    left join numbered as strongest
        on
            heads.move_number = strongest.move_number
            and heads.leader_rank = strongest.strength_rank
)

select * from keyword_stories
