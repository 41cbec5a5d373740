{{ config(materialized='view') }}

with phrases as (
    select * from {{ ref('stg_phrases') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
    where {{ is_read('language') }}
),

keyed as (
    select
        papers.paper_number,
        phrases.phrase,
        phrases.phrase_key,
        phrases.occurrence_count,
        phrases.title_count,
        phrases.alone_count,
        phrases.first_word,
        phrases.place,
        {{ text_number(close_words('phrases.phrase_key')) }} as key_hash
    from phrases
    inner join papers on phrases.text_id = papers.text_id
),

{{ folded_terms(
    ['occurrence_count', 'title_count', 'alone_count', 'first_word', 'place']
) }}

select * from folded
