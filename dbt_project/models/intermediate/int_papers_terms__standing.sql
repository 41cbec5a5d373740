with outer_candidates as (
    select * from {{ ref('int_papers_terms__scored') }}
),

inner_candidates as (
    select * from {{ ref('int_papers_terms__scored') }}
),

candidates as (
    select * from {{ ref('int_papers_terms__scored') }}
),

nested_terms as (
    select * from {{ ref('int_terms__nested') }}
),

-- Inside a better candidate. If that one goes, it is inside a still better one, and so
-- is this.
nested as (
    select distinct
        inner_candidates.paper_number,
        inner_candidates.term_hash
    from outer_candidates
    inner join nested_terms
        on outer_candidates.term_hash = nested_terms.outer_term_hash
    inner join inner_candidates
        on
            outer_candidates.paper_number = inner_candidates.paper_number
            and nested_terms.inner_term_hash = inner_candidates.term_hash
            and outer_candidates.candidate_rank < inner_candidates.candidate_rank
),

standing as (
    select
        candidates.paper_number,
        candidates.term_hash,
        candidates.occurrence_count,
        candidates.alone_count,
        candidates.first_word,
        candidates.in_title,
        candidates.is_long_form,
        candidates.score,
        cast(
            row_number() over (
                partition by candidates.paper_number
                -- The second key decides; with it alone, DuckDB holds all rows at once.
                order by candidates.score desc, candidates.candidate_rank asc
            ) as integer
        ) as standing_rank
    from candidates
    left join nested
        on
            candidates.paper_number = nested.paper_number
            and candidates.term_hash = nested.term_hash
    where {% if keyword_removes_nested() %}nested.term_hash is null{% else %}true{% endif %}
    qualify standing_rank <= {{ var('keywords_per_paper') }}
)

select * from standing
