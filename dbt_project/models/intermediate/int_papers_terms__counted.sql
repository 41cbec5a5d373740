with phrases as (
    select * from {{ ref('int_phrases__folded') }}
),

counted as (
    select
        paper_number,
        term_hash,
        cast(sum(occurrence_count) as integer) as occurrence_count,
        cast(sum(alone_count) as integer) as alone_count,
        cast(min(first_word) as integer) as first_word,
        bool_or(field = 'title') as in_title
    from phrases
    group by paper_number, term_hash
)

select * from counted
