with entries as (
    select * from {{ ref('int_entries__identified') }}
),

texts as (
    select * from {{ ref('stg_texts') }}
),

paper_texts as (
    select
        paper_id,
        text_id,
        bool_or(arxiv_id is not null) as has_arxiv_id,
        max(coalesce(listed_on, captured_on)) as last_seen_on
    from entries
    group by paper_id, text_id
),

measured as (
    select
        paper_texts.paper_id,
        paper_texts.text_id,
        paper_texts.has_arxiv_id,
        paper_texts.last_seen_on,
        texts.language,
        coalesce(length(texts.abstract), 0) as abstract_length
    from paper_texts
    inner join texts on paper_texts.text_id = texts.text_id
),

compared as (
    select
        *,
        abstract_length >= {{ var('full_abstract_share') }}
        * max(abstract_length) over (partition by paper_id) as is_full
    from measured
),

ranked as (
    select
        *,
        row_number() over (
            partition by paper_id
            order by
                is_full desc,
                has_arxiv_id desc,
                last_seen_on desc nulls last,
                abstract_length desc,
                text_id asc
        ) as text_rank
    from compared
),

best as (
    select
        paper_id,
        text_id,
        language,
        cast(row_number() over (order by paper_id) as integer) as paper_number
    from ranked
    where text_rank = 1
)

select * from best
