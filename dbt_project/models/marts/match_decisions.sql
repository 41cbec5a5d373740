with pairs as (
    select * from {{ ref('int_record_pairs__decided') }}
),

records as (
    select * from {{ ref('int_records__described') }}
),

papers as (
    select * from {{ ref('int_records__clustered') }}
),

texts as (
    select * from {{ ref('stg_texts') }}
),

-- Equal titles with abstracts that do not disagree are left out: they are most pairs, and
-- say nothing.
telling as (
    select * from pairs
    where
        title_relation is distinct from 'equal'
        or verdict <> 'same'
        or coalesce(abstract_similarity, 1) < {{ var('match_near_abstract') }}
        or rule = 'override'
),

match_decisions as (
    select
        a.record_id as first_record_id,
        b.record_id as second_record_id,
        first_papers.paper_id as first_paper_id,
        second_papers.paper_id as second_paper_id,
        telling.verdict,
        telling.rule,
        first_texts.title as first_title,
        second_texts.title as second_title,
        telling.first_only_words,
        telling.second_only_words,
        telling.title_relation,
        cast(telling.title_similarity as double) as title_similarity,
        cast(telling.abstract_similarity as double) as abstract_similarity,
        cast(telling.author_similarity as double) as author_similarity,
        telling.year_gap,
        cast(telling.title_weight as double) as title_weight,
        cast(telling.abstract_weight as double) as abstract_weight,
        cast(telling.author_weight as double) as author_weight,
        cast(telling.year_weight as double) as year_weight,
        cast(telling.weight as double) as weight,
        cast(telling.enough_weight as double) as enough_weight,
        a.arxiv_id as first_arxiv_id,
        b.arxiv_id as second_arxiv_id,
        cast(telling.score as double) as score,
        telling.override_reason,
        greatest(a.first_seen_on, b.first_seen_on) as decided_on
    from telling
    inner join records as a on telling.first_number = a.record_number
    inner join records as b on telling.second_number = b.record_number
    inner join
        papers as first_papers
        on telling.first_number = first_papers.record_number
    inner join papers as second_papers
        on telling.second_number = second_papers.record_number
    inner join texts as first_texts on a.text_id = first_texts.text_id
    inner join texts as second_texts on b.text_id = second_texts.text_id
)

select * from match_decisions
