with phrases as (
    select * from {{ ref('stg_phrases') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
    where language is null or language = 'en'
),

abbreviations as (
    select * from {{ ref('int_abbreviations__resolved') }}
),

folded as (
    select
        papers.paper_number,
        {{ text_number('coalesce(abbreviations.long_key, phrases.phrase_key)') }}
            as term_hash,
        phrases.field = 'title' as in_title,
        phrases.occurrence_count,
        phrases.alone_count,
        phrases.first_word
    from phrases
    inner join papers on phrases.text_id = papers.text_id
    left join abbreviations on phrases.phrase_key = abbreviations.short_key
),

counted as (
    select
        paper_number,
        term_hash,
        cast(sum(occurrence_count) as integer) as occurrence_count,
        cast(sum(alone_count) as integer) as alone_count,
        cast(min(first_word) as integer) as first_word,
        bool_or(in_title) as in_title
    from folded
    group by paper_number, term_hash
)

select * from counted
