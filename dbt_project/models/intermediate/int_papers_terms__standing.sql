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

-- Every candidate of the paper inside another one.
pairs as (
    select
        inner_candidates.paper_number,
        inner_candidates.term_hash as inner_term_hash,
        outer_candidates.term_hash as outer_term_hash,
        outer_candidates.candidate_rank < inner_candidates.candidate_rank
            as is_outer_better,
        nested_terms.outer_paper_count = 1
        and outer_candidates.occurrence_count = 1
        and not outer_candidates.in_title as is_outer_passing
    from outer_candidates
    inner join nested_terms
        on outer_candidates.term_hash = nested_terms.outer_term_hash
    inner join inner_candidates
        on
            outer_candidates.paper_number = inner_candidates.paper_number
            and nested_terms.inner_term_hash = inner_candidates.term_hash
),

-- If the better one goes, it is inside a still better one, and so is this.
nested as (
    select distinct
        paper_number,
        inner_term_hash as term_hash
    from pairs
    where is_outer_better
),

-- Said once, by one paper, outside its title: more words around a better candidate.
repeated as (
    select distinct
        paper_number,
        outer_term_hash as term_hash
    from pairs
    where is_outer_passing and not is_outer_better
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
                -- Not by rank alone: with one key, DuckDB holds all rows at once.
                order by
                    (repeated.term_hash is not null) asc,
                    candidates.candidate_rank asc
            ) as integer
        ) as standing_rank
    from candidates
    left join nested
        on
            candidates.paper_number = nested.paper_number
            and candidates.term_hash = nested.term_hash
    left join repeated
        on
            candidates.paper_number = repeated.paper_number
            and candidates.term_hash = repeated.term_hash
    where {% if keyword_removes_nested() %}nested.term_hash is null{% else %}true{% endif %}
    qualify standing_rank <= {{ var('keywords_per_paper') }}
)

select * from standing
