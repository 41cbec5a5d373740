with standing as (
    select * from {{ ref('int_papers_terms__standing') }}
),

keywords as (
    select * from {{ ref('int_keywords__counted') }}
    where is_topical
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

mentioned as (
    select * from {{ ref('int_papers_keywords__mentioned') }}
),

ranked as (
    select
        standing.paper_number,
        keywords.keyword_id,
        row_number() over (
            partition by standing.paper_number
            order by standing.standing_rank nulls last
        ) as keyword_rank,
        standing.score,
        mentioned.occurrence_count,
        standing.alone_count,
        standing.first_word,
        standing.in_title,
        standing.is_long_form,
        keywords.word_count,
        keywords.mean_word_idf,
        keywords.phrase_idf
    from standing
    inner join keywords on standing.term_hash = keywords.term_hash
    inner join mentioned
        on
            standing.paper_number = mentioned.paper_number
            and standing.term_hash = mentioned.term_hash
),

paper_keywords as (
    select
        papers.paper_id,
        ranked.keyword_id,
        cast(ranked.keyword_rank as integer) as keyword_rank,
        ranked.score as keyword_score,
        ranked.occurrence_count,
        ranked.alone_count,
        ranked.first_word,
        ranked.in_title as is_in_title,
        ranked.is_long_form,
        ranked.word_count,
        ranked.mean_word_idf,
        {{ stable('ranked.phrase_idf') }} as phrase_idf,
        {{ rules_version() }} as rules_version
    from ranked
    inner join papers on ranked.paper_number = papers.paper_number
)

select * from paper_keywords
