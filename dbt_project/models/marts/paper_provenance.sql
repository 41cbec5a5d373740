{% set latest_columns = [
    'arxiv_id', 'author_count', 'upvotes', 'comment_count', 'submitter', 'organization',
    'code_url', 'github_stars', 'project_url', 'ai_summary',
] %}

with entries as (
    select * from {{ ref('int_entries__ranked') }}
),

facts as (
    select * from {{ ref('stg_entries') }}
),

code_texts as (
    select distinct text_id
    from {{ ref('stg_links') }}
    where kind = 'code'
),

best_texts as (
    select * from {{ ref('int_papers__texts') }}
),

papers as (
    select * from {{ ref('papers') }}
),

observations as (
    select
        entries.paper_id,
        entries.dump_id,
        entries.listed_on,
        entries.captured_on,
        entries.recency_rank,
        -{{ period_number('entries.listed_on', 'day') }} as listed_rank,
        case when facts.published_precision = 'day' then facts.published_at end
            as published_at,
        facts.authors is not null as has_authors,
        {% for column in latest_columns %}
            facts.{{ column }},
        {% endfor %}
        code_texts.text_id is not null as has_code_link,
        entries.text_id = best_texts.text_id as has_text,
        entries.text_id = best_texts.title_text_id as has_title
    from entries
    inner join facts on entries.entry_id = facts.entry_id
    inner join best_texts on entries.paper_id = best_texts.paper_id
    left join code_texts on entries.text_id = code_texts.text_id
),

taken as (
    select
        paper_id,
        min_by(dump_id, recency_rank) filter (where has_text) as text_dump_id,
        min_by(dump_id, (not has_text, recency_rank)) filter (where has_code_link)
            as code_text_dump_id,
        min_by(dump_id, recency_rank) filter (where has_title) as title_dump_id,
        min_by(dump_id, (published_at, recency_rank)) filter (where published_at is not null)
            as published_at_dump_id,
        min_by(dump_id, (listed_on, recency_rank)) filter (where listed_on is not null)
            as first_listed_on_dump_id,
        min_by(dump_id, (listed_rank, recency_rank)) filter (where listed_on is not null)
            as last_listed_on_dump_id,
        min_by(dump_id, (captured_on, recency_rank)) filter (where captured_on is not null)
            as first_captured_on_dump_id,
        {% for column in latest_columns %}
            min_by(dump_id, recency_rank) filter (where {{ column }} is not null)
                as {{ column }}_dump_id,
        {% endfor %}
        min_by(dump_id, recency_rank) filter (where has_authors) as authors_dump_id
    from observations
    group by paper_id
),

paper_provenance as (
    select
        taken.paper_id,
        taken.title_dump_id,
        case when papers.abstract is not null then taken.text_dump_id end
            as abstract_dump_id,
        taken.arxiv_id_dump_id,
        taken.published_at_dump_id,
        taken.first_listed_on_dump_id,
        taken.last_listed_on_dump_id,
        taken.first_captured_on_dump_id,
        taken.authors_dump_id,
        taken.author_count_dump_id,
        taken.upvotes_dump_id,
        taken.comment_count_dump_id,
        taken.submitter_dump_id,
        taken.organization_dump_id,
        -- Where no dump links the code, its address was found in a text.
        coalesce(taken.code_url_dump_id, taken.code_text_dump_id) as code_url_dump_id,
        taken.github_stars_dump_id,
        taken.project_url_dump_id,
        taken.ai_summary_dump_id
    from taken
    inner join papers on taken.paper_id = papers.paper_id
)

select * from paper_provenance
