with blocked as (
    select * from {{ ref('int_records__blocked') }}
),

records as (
    select * from {{ ref('int_records__described') }}
),

fingerprints as (
    select * from {{ ref('stg_fingerprints') }}
),

-- Of words that many titles share, other titles than one's own are met by records without an
-- abstract alone: two abstracts of one paper have a block of theirs in common, and the rest are
-- strangers. Of 70,000 such pairs of a generated corpus, of blocks of 9 to 16 records, four were
-- taken for one paper.
members as (
    select
        blocked.block,
        blocked.record_number,
        blocked.record_count,
        records.record_id,
        records.title_key,
        records.abstract_hash,
        records.author_words,
        not blocked.is_of_title
        or fingerprints.abstract_blocks is null
        or blocked.record_count <= {{ var('match_phrase_size') }} as is_open
    from blocked
    inner join records on blocked.record_number = records.record_number
    inner join fingerprints on records.text_id = fingerprints.text_id
),

small_blocks as (
    select
        block,
        record_number,
        title_key,
        is_open
    from members
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
    where
        small_blocks.is_open
        or partners.is_open
        or small_blocks.title_key = partners.title_key
),

-- A large block is a common title or phrase: records are compared with the first one of the
-- block, of their title, and of their title and abstract, and with neighbours in an order that
-- puts equal records together, so that its cost is that of its length.
ordered as (
    select
        record_number,
        is_open,
        {% for distance in range(1, (var('match_neighbours') | int) + 1) %}
            lead(record_number, {{ distance }}) over in_order as neighbour_{{ distance }},
            is_open
            or lead(is_open, {{ distance }}) over in_order
            or title_key = lead(title_key, {{ distance }}) over in_order
                as is_met_{{ distance }},
        {% endfor %}
        min(record_number) over (partition by block) as first_of_block,
        min(record_number) over (partition by block, title_key) as first_of_title,
        min(record_number) over (partition by block, title_key, abstract_hash)
            as first_of_abstract
    from members
    where record_count > {{ var('match_block_size') }}
    window in_order as (
        partition by block
        order by
            title_key nulls last, abstract_hash nulls last,
            author_words nulls last, record_id nulls last
    )
),

in_large_blocks as (
    {% for distance in range(1, (var('match_neighbours') | int) + 1) %}
        select
            least(record_number, neighbour_{{ distance }}) as first_number,
            greatest(record_number, neighbour_{{ distance }}) as second_number
        from ordered
        where is_met_{{ distance }} and neighbour_{{ distance }} is not null
        union all
    {% endfor %}
    {% for first in ['first_of_block', 'first_of_title', 'first_of_abstract'] %}
        select
            {{ first }} as first_number,
            record_number as second_number
        from ordered
        where
            {{ first }} <> record_number
            {% if first == 'first_of_block' %}and is_open{% endif %}
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
