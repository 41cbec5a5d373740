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

counted as (
    select
        phrases.phrase,
        phrases.phrase_key,
        cast(sum(phrases.occurrence_count) as integer) as occurrence_count,
        cast(
            sum(phrases.occurrence_count) filter (where phrases.field = 'abstract')
            as integer
        ) as abstract_occurrence_count,
        bool_or(phrases.alone_count > 0) as is_ever_alone,
        cast(count(*) as integer) as field_count
    from phrases
    inner join papers on phrases.text_id = papers.text_id
    group by phrases.phrase, phrases.phrase_key
),

folded as (
    select
        counted.phrase as form,
        counted.phrase_key,
        counted.occurrence_count,
        coalesce(counted.abstract_occurrence_count, 0) as abstract_occurrence_count,
        counted.is_ever_alone,
        counted.field_count,
        abbreviations.long_key is not null as is_abbreviation,
        {{ text_number('coalesce(abbreviations.long_key, counted.phrase_key)') }}
            as term_hash
    from counted
    left join abbreviations on counted.phrase_key = abbreviations.short_key
)

select * from folded
