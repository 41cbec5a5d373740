with terms as (
    select * from {{ ref('int_terms__weighed') }}
),

candidates as (
    select distinct term_hash from {{ ref('int_papers_terms__scored') }}
),

considered as (
    select
        terms.term_hash,
        terms.term,
        terms.word_count,
        terms.paper_count
    from terms
    inner join candidates on terms.term_hash = candidates.term_hash
),

-- `text to image diffusion model` has five words; parts of still longer ones stay.
spans as (
    select
        first_words.position as first_word,
        lengths.word_count
    from (values (1), (2), (3), (4), (5), (6)) as first_words (position)
    cross join (values (1), (2), (3), (4), (5)) as lengths (word_count)
),

parts as (
    select
        considered.term_hash as outer_term_hash,
        considered.paper_count as outer_paper_count,
        {{ text_number(close_words(
            slice_words('considered.term', 'spans.first_word', 'spans.word_count')
        )) }} as term_hash
    from considered
    inner join spans
        on
            considered.word_count > spans.word_count
            and considered.word_count + 1 >= spans.first_word + spans.word_count
),

nested as (
    select
        parts.outer_term_hash,
        parts.outer_paper_count,
        considered.term_hash as inner_term_hash
    from parts
    inner join considered on parts.term_hash = considered.term_hash
)

select * from nested
