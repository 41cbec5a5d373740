with signalled as (
    select * from {{ ref('int_papers_terms__signalled') }}
),

scored as (
    select
        paper_number,
        term_hash,
        occurrence_count,
        alone_count,
        first_word,
        in_title,
        is_long_form,
        {{ rounded(keyword_score(keyword_setting()), 6) }} as score
    from signalled
),

-- Of equal scores the earlier phrase is first. Two of one score that start at one word
-- have not been seen yet; the hash settles them.
candidates as (
    select
        *,
        cast(
            row_number() over (
                partition by paper_number
                order by score desc nulls last, first_word asc nulls last, term_hash asc nulls last
            ) as integer
        ) as candidate_rank
    from scored
),

kept as (
    select * from candidates
    where candidate_rank <= {{ var('keyword_candidates_per_paper') }}
)

select * from kept
