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
    select * from {{ ref('int_papers_terms__given') }}
),

dominant as (
    select * from {{ ref('int_senses__counted') }}
    where is_dominant
),

merged as (
    select * from {{ ref('stg_keyword_overrides') }}
    where action = 'merge'
),

compounds as (
    select * from {{ ref('int_compounds__expanded') }}
),

counted as (
    select
        phrases.phrase_key,
        {{ text_number(close_words('phrases.phrase_key')) }} as key_hash,
        cast(count(*) as integer) as paper_count,
        cast(count(*) filter (where phrases.is_alone) as integer) as alone_paper_count,
        cast(count(*) filter (where phrases.is_name) as integer) as name_paper_count
    from phrases
    inner join papers on phrases.text_id = papers.text_id
    group by phrases.phrase_key
),

-- As nearly everybody means it: what each paper means is not asked of what it says in passing.
folded as (
    select
        counted.phrase_key,
        counted.paper_count,
        counted.alone_paper_count,
        counted.name_paper_count,
        coalesce(
            merged.target_hash,
            dominant.term_hash,
            compounds.term_hash,
            counted.key_hash
        ) as term_hash
    from counted
    left join merged on counted.key_hash = merged.keyword_hash
    left join dominant on counted.phrase_key = dominant.short_key
    left join compounds on counted.key_hash = compounds.key_hash
),

-- What several papers say, and what is a candidate of one or given to one, too: most are
-- said by one paper and no more.
known as (
    select term_hash
    from folded
    group by term_hash
    having sum(paper_count) > 1
    union
    select term_hash from forms
    union
    select term_hash from given
),

kept as (
    select folded.*
    from folded
    inner join known on folded.term_hash = known.term_hash
)

select * from kept
