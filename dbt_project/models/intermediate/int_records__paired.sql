with blocked as (
    select * from {{ ref('int_records__blocked') }}
),

records as (
    select * from {{ ref('int_records__described') }}
),

small_blocks as (
    select * from blocked
    where record_count <= {{ var('match_block_size') }}
),

in_small_blocks as (
    select
        small_blocks.record_number as first_number,
        partners.record_number as second_number
    from small_blocks
    inner join small_blocks as partners
        on
            small_blocks.block = partners.block
            and small_blocks.record_number < partners.record_number
),

-- A large block is a common title or phrase: records are compared with the first one of the
-- block, of their title, and of their title and abstract, and with neighbours in an order that
-- puts equal records together, so that its cost is that of its length.
ordered as (
    select
        blocked.record_number,
        {% for distance in range(1, (var('match_neighbours') | int) + 1) %}
            lead(blocked.record_number, {{ distance }}) over in_order
                as neighbour_{{ distance }},
        {% endfor %}
        min(blocked.record_number) over (partition by blocked.block) as first_of_block,
        min(blocked.record_number) over (
            partition by blocked.block, records.title_key
        ) as first_of_title,
        min(blocked.record_number) over (
            partition by blocked.block, records.title_key, records.abstract_hash
        ) as first_of_abstract
    from blocked
    inner join records on blocked.record_number = records.record_number
    where blocked.record_count > {{ var('match_block_size') }}
    window in_order as (
        partition by blocked.block
        order by
            records.title_key,
            records.abstract_hash,
            records.author_words,
            records.record_id
    )
),

in_large_blocks as (
    {% for distance in range(1, (var('match_neighbours') | int) + 1) %}
        select
            least(record_number, neighbour_{{ distance }}) as first_number,
            greatest(record_number, neighbour_{{ distance }}) as second_number
        from ordered
        where neighbour_{{ distance }} is not null
        union all
    {% endfor %}
    {% for first in ['first_of_block', 'first_of_title', 'first_of_abstract'] %}
        select
            {{ first }} as first_number,
            record_number as second_number
        from ordered
        where {{ first }} <> record_number
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

paired as (
    select
        first_number,
        second_number
    from in_small_blocks
    union
    select
        first_number,
        second_number
    from in_large_blocks
)

select * from paired
