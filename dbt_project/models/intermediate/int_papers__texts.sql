with entries as (
    select * from {{ ref('int_entries__identified') }}
),

texts as (
    select * from {{ ref('stg_texts') }}
),

fingerprints as (
    select * from {{ ref('stg_fingerprints') }}
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
        coalesce(length(texts.abstract), 0) as abstract_length,
        {{ is_cut('texts.abstract') }} as has_cut_abstract,
        {{ is_cut('texts.title') }} as has_cut_title,
        fingerprints.title_notice is not null as has_notice
    from paper_texts
    inner join texts on paper_texts.text_id = texts.text_id
    inner join fingerprints on paper_texts.text_id = fingerprints.text_id
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
                is_full desc nulls last,
                has_cut_abstract asc nulls last,
                has_cut_title asc nulls last,
                has_arxiv_id desc nulls last,
                last_seen_on desc nulls last,
                abstract_length desc nulls last,
                text_id asc nulls last
        ) as text_rank
    from compared
),

-- A cut title never stands for its full form, nor does one with a notice: what it says is
-- the paper's status.
titled as (
    select
        *,
        first_value(text_id) over (
            partition by paper_id
            order by
                has_cut_title asc nulls last,
                has_notice asc nulls last,
                text_rank asc nulls last
        ) as title_text_id
    from ranked
),

best as (
    select
        paper_id,
        text_id,
        title_text_id,
        language,
        cast(row_number() over (order by paper_id nulls last) as integer) as paper_number
    from titled
    where text_rank = 1
)

select * from best
