with phrases as (
    select * from {{ ref('int_phrases__folded') }}
),

keywords as (
    select * from {{ ref('int_keywords__accepted') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

found as (
    select
        phrases.paper_number,
        keywords.keyword_id,
        phrases.field,
        phrases.phrase as form,
        unnest(phrases.starts) as start_offset
    from phrases
    inner join keywords on phrases.term_hash = keywords.term_hash
),

keyword_mentions as (
    select
        papers.paper_id,
        found.keyword_id,
        found.field,
        cast(found.start_offset as integer) as start_offset,
        cast(found.start_offset + length(found.form) as integer) as end_offset,
        found.form
    from found
    inner join papers on found.paper_number = papers.paper_number
)

select * from keyword_mentions
