with phrases as (
    select * from {{ ref('int_phrases__folded') }}
),

given as (
    select distinct
        paper_number,
        term_hash
    from {{ ref('int_papers_terms__given') }}
),

listed_papers as (
    select distinct paper_number from given
),

found as (
    select
        paper_number,
        term_hash,
        try_cast(sum(occurrence_count) as integer) as occurrence_count,
        try_cast(sum(alone_count) as integer) as alone_count,
        try_cast(min(first_word) as integer) as first_word,
        try_cast(min(place) as integer) as place,
        bool_or(title_count > 0) as in_title
    from phrases
    group by paper_number, term_hash
),

counted as (
    select
        found.*,
        listed_papers.paper_number is not null as is_listed,
        given.term_hash is not null as is_given
    from found
    left join listed_papers on found.paper_number = listed_papers.paper_number
    left join given
        on
            found.paper_number = given.paper_number
            and found.term_hash = given.term_hash
)

select * from counted
