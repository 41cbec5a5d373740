with phrases as (
    select * from {{ ref('stg_further_phrases') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
    where {{ is_read('language') }}
),

forms as (
    select * from {{ ref('int_forms__counted') }}
),

given as (
    select distinct
        paper_number,
        term_hash
    from {{ ref('int_papers_terms__given') }}
),

{{ common_meanings() }},

keyed as (
    select
        papers.paper_number,
        phrases.phrase_key,
        {{ text_number(close_words('phrases.phrase_key')) }} as key_hash,
        phrases.is_alone,
        phrases.is_name
    from phrases
    inner join papers on phrases.text_id = papers.text_id
),

counted as (
    select
        keyed.phrase_key,
        keyed.key_hash,
        cast(count(*) as integer) as paper_count,
        cast(count(*) filter (where keyed.is_alone) as integer) as alone_paper_count,
        cast(count(*) filter (where keyed.is_name) as integer) as name_paper_count,
        cast(count(given.term_hash) as integer) as given_paper_count
    from keyed
    left join given
        on keyed.paper_number = given.paper_number and keyed.key_hash = given.term_hash
    group by keyed.phrase_key, keyed.key_hash
),

-- As nearly everybody means it: what each paper means is not asked of what it says in passing.
folded as (
    select
        counted.phrase_key,
        counted.paper_count,
        counted.alone_paper_count,
        counted.name_paper_count,
        counted.given_paper_count,
        {{ common_term('counted') }} as term_hash
    from counted
    {{ common_joins('counted') }}
),

-- What several papers say, and what is a candidate of one or given to one, too: most are
-- said by one paper and no more.
known as (
    select term_hash
    from folded
    group by term_hash
    having sum(paper_count) > 1 or sum(given_paper_count) > 0
    union
    select term_hash from forms
),

kept as (
    select folded.*
    from folded
    inner join known on folded.term_hash = known.term_hash
)

select * from kept
