with pairs as (
    select * from {{ ref('int_record_pairs__decided') }}
),

records as (
    select * from {{ ref('int_records__described') }}
),

clustered as (
    select * from {{ ref('int_records__clustered') }}
),

sides as (
    select
        pairs.rule,
        pairs.score,
        pairs.title_relation,
        pairs.abstract_similarity,
        pairs.author_similarity,
        a.title_notice as first_notice,
        b.title_notice as second_notice,
        a.arxiv_id as first_arxiv_id,
        b.arxiv_id as second_arxiv_id,
        first_papers.paper_id as first_paper_id,
        second_papers.paper_id as second_paper_id
    from pairs
    inner join records as a on pairs.first_number = a.record_number
    inner join records as b on pairs.second_number = b.record_number
    inner join clustered as first_papers
        on pairs.first_number = first_papers.record_number
    inner join clustered as second_papers
        on pairs.second_number = second_papers.record_number
    where
        pairs.title_relation in ('equal', 'spelling')
        and first_papers.paper_id <> second_papers.paper_id
        and coalesce(pairs.author_similarity, 1) >= {{ var('match_far_authors') }}
),

-- A record about a paper has its title, less the notice.
about as (
    select
        case
            when first_notice in ('erratum', 'retraction', 'translation')
                then first_paper_id
            else second_paper_id
        end as paper_id,
        case
            when first_notice in ('erratum', 'retraction', 'translation')
                then first_notice
            else second_notice
        end || '_of' as relation,
        case
            when first_notice in ('erratum', 'retraction', 'translation')
                then second_paper_id
            else first_paper_id
        end as related_paper_id,
        'title' as relation_source,
        score
    from sides
    where
        rule = 'other_notice'
        and not (
            coalesce(first_notice in ('erratum', 'retraction', 'translation'), false)
            and coalesce(second_notice in ('erratum', 'retraction', 'translation'), false)
        )
),

-- One work under two arXiv ids; the later id is the version.
versions as (
    select
        case
            when first_arxiv_id > second_arxiv_id then first_paper_id else second_paper_id
        end as paper_id,
        'version_of' as relation,
        case
            when first_arxiv_id > second_arxiv_id then second_paper_id else first_paper_id
        end as related_paper_id,
        'ids' as relation_source,
        score
    from sides
    where
        rule = 'other_external_id'
        and abstract_similarity >= {{ var('match_near_abstract') }}
        and author_similarity >= {{ var('match_near_authors') }}
),

found as (
    select * from about
    union all
    select * from versions
),

paper_relations as (
    select
        paper_id,
        relation,
        related_paper_id,
        min(relation_source) as relation_source,
        cast(max(score) as double) as score
    from found
    group by paper_id, relation, related_paper_id
)

select * from paper_relations
