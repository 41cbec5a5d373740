with texts as (
    select * from {{ ref('stg_search_terms') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

-- Whole numbers: their average is the same in whatever order they are added up.
averages as (
    select avg(texts.term_count) as term_count
    from papers
    inner join texts on papers.text_id = texts.text_id
),

measured as (
    select
        papers.paper_number,
        texts.term_ids,
        texts.frequencies,
        {{ var('search_k1') }} * (
            1 - {{ var('search_b') }}
            + {{ var('search_b') }} * texts.term_count / averages.term_count
        ) as saturation
    from papers
    inner join texts on papers.text_id = texts.text_id
    cross join averages
),

counted as (
    select
        paper_number,
        saturation,
        {{ unnested_together({'term_id': 'term_ids', 'frequency': 'frequencies'}) }}
    from measured
),

-- Robertson, Zaragoza and Taylor (2004): frequencies of all fields are weighted and summed
-- before BM25 lets them saturate. Thousandths are as good as the full fraction, and small.
postings as (
    select
        term_id,
        paper_number,
        cast(
            round(
                1000 * frequency * ({{ var('search_k1') }} + 1) / (frequency + saturation)
            ) as smallint
        ) as impact
    from counted
)

select * from postings
