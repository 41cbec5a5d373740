with forms as (
    select * from {{ ref('int_forms__counted') }}
),

papers_terms as (
    select * from {{ ref('int_papers_terms__counted') }}
),

words as (
    select * from {{ ref('stg_words') }}
),

texts as (
    select count(*) as text_count from {{ ref('stg_texts') }}
),

stops as (
    select * from {{ ref('keyword_stops') }}
),

named as (
    select
        term_hash,
        min(phrase_key) filter (where not is_abbreviation) as term,
        cast(sum(occurrence_count) as integer) as occurrence_count
    from forms
    group by term_hash
    having bool_or(is_ever_alone)
),

spread as (
    select
        term_hash,
        cast(count(*) as integer) as paper_count
    from papers_terms
    group by term_hash
),

word_idfs as (
    select
        words.word,
        ln((1.0 + texts.text_count) / (1.0 + words.text_count)) as idf
    from words
    cross join texts
),

split as (
    select
        named.term_hash,
        named.term,
        named.occurrence_count,
        spread.paper_count,
        {{ count_words('named.term') }} as word_count
    from named
    inner join spread on named.term_hash = spread.term_hash
    left join stops on named.term = stops.term
    where stops.term is null
),

-- Candidates have four words at most.
weighed as (
    select
        split.term_hash,
        split.term,
        cast(split.word_count as integer) as word_count,
        split.paper_count,
        split.occurrence_count,
        ln((1.0 + texts.text_count) / (1.0 + split.paper_count)) as phrase_idf,
        (
            coalesce(first_words.idf, 0)
            + coalesce(second_words.idf, 0)
            + coalesce(third_words.idf, 0)
            + coalesce(fourth_words.idf, 0)
        ) / split.word_count as mean_word_idf
    from split
    cross join texts
    left join word_idfs as first_words
        on split_part(split.term, ' ', 1) = first_words.word
    left join word_idfs as second_words
        on split_part(split.term, ' ', 2) = second_words.word
    left join word_idfs as third_words
        on split_part(split.term, ' ', 3) = third_words.word
    left join word_idfs as fourth_words
        on split_part(split.term, ' ', 4) = fourth_words.word
)

select * from weighed
