with outer_candidates as (
    select * from {{ ref('int_papers_terms__scored') }}
),

candidates as (
    select * from {{ ref('int_papers_terms__scored') }}
),

nested_terms as (
    select * from {{ ref('int_terms__nested') }}
),

-- What each candidate of a paper has inside it. By the outer ones first, of which each holds few: a
-- common term is inside of as many as there are papers.
parts as (
    select
        outer_candidates.paper_number,
        outer_candidates.term_hash as outer_term_hash,
        outer_candidates.candidate_rank as outer_rank,
        nested_terms.inner_term_hash,
        nested_terms.outer_paper_count = 1
        and outer_candidates.occurrence_count = 1
        and not outer_candidates.in_title as is_outer_passing
    from outer_candidates
    inner join nested_terms
        on outer_candidates.term_hash = nested_terms.outer_term_hash
),

-- If the better one goes, it is inside a still better one, and so is this.
nested as (
    select distinct
        candidates.paper_number,
        candidates.term_hash
    from parts
    inner join candidates
        on
            parts.paper_number = candidates.paper_number
            and parts.inner_term_hash = candidates.term_hash
    where parts.outer_rank < candidates.candidate_rank
),

-- Said once, by one paper, outside its title: more words around a better candidate.
repeated as (
    select distinct
        parts.paper_number,
        parts.outer_term_hash as term_hash
    from parts
    inner join candidates
        on
            parts.paper_number = candidates.paper_number
            and parts.inner_term_hash = candidates.term_hash
    where parts.is_outer_passing and parts.outer_rank >= candidates.candidate_rank
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
                    (repeated.term_hash is not null) asc nulls last,
                    candidates.candidate_rank asc nulls last
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
    where nested.term_hash is null{% if not keyword_removes_nested() %} or true{% endif %}
),

kept as (
    select * from standing
    where standing_rank <= {{ var('keywords_per_paper') }}
)

select * from kept
