with mentions as (
    select * from {{ ref('int_mentions__folded') }}
),

-- Offsets in the title come first.
unfolded as (
    select
        mentions.paper_number,
        mentions.term_hash,
        mentions.form_number,
        mentions.form_length,
        mentions.title_occurrence_count,
        {{ unnested_together({
            'start_offset': 'mentions.starts',
            'place_number': integers('1', 'mentions.occurrence_count'),
        }) }}
    from mentions
),

placed as (
    select
        paper_number,
        term_hash,
        form_number,
        place_number <= title_occurrence_count as is_in_title,
        start_offset,
        cast(start_offset + form_length as integer) as end_offset
    from unfolded
),

-- Of those that begin at one place the longest is first, and what ends before an earlier
-- one does lies inside it.
nested as (
    select
        *,
        coalesce(
            end_offset <= max(end_offset) over (
                partition by paper_number, is_in_title
                order by start_offset asc nulls last, end_offset desc nulls last
                rows between unbounded preceding and 1 preceding
            ), false
        ) as is_nested
    from placed
)

select * from nested
