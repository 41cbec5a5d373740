with senses as (
    select * from {{ ref('int_papers_senses__resolved') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

keywords as (
    select * from {{ ref('int_keywords__counted') }}
),

paper_abbreviations as (
    select
        papers.paper_id,
        senses.short_key,
        senses.term as long_key,
        senses.rule,
        {{ rounded('senses.confidence', 4) }} as confidence,
        keywords.keyword_id,
        {{ rules_version() }} as rules_version
    from senses
    inner join papers on senses.paper_number = papers.paper_number
    left join keywords
        on
            coalesce(
                senses.term_hash,
                {{ text_number(close_words('senses.short_key')) }}
            ) = keywords.term_hash
)

select * from paper_abbreviations
