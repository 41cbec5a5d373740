with mentions as (
    select * from {{ ref('int_mentions__placed') }}
),

mentioned as (
    select
        paper_number,
        term_hash,
        cast(count(*) as integer) as occurrence_count,
        cast(count(*) filter (where is_nested) as integer) as nested_occurrence_count,
        bool_or(is_in_title) as in_title
    from mentions
    group by paper_number, term_hash
)

select * from mentioned
