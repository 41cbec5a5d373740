with results as (
    select * from {{ ref('stg_results') }}
),

texts as (
    select * from {{ ref('stg_texts') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

reported_results as (
    select
        papers.paper_id,
        results.start_offset,
        results.end_offset,
        results.surface,
        results.value,
        results.unit,
        results.direction,
        results.metric,
        substr(
            texts.abstract,
            results.sentence_start + 1,
            results.sentence_end - results.sentence_start
        ) as sentence
    from results
    inner join papers on results.text_id = papers.text_id
    inner join texts on results.text_id = texts.text_id
)

select * from reported_results
