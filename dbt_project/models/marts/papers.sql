-- Long, but one grain: every column of a paper, gathered once.
with entries as (
    select * from {{ ref('int_entries__ranked') }}
),

facts as (
    select * from {{ ref('stg_entries') }}
),

author_lists as (
    select
        entry_id,
        authors
    from {{ ref('stg_entries') }}
),

best_texts as (
    select * from {{ ref('int_papers__texts') }}
),

-- Each by itself: of a table that is read twice DuckDB would write a copy, abstracts and all.
abstracts as (
    select
        text_id,
        abstract
    from {{ ref('stg_texts') }}
),

titles as (
    select
        text_id,
        title
    from {{ ref('stg_texts') }}
),

links as (
    select * from {{ ref('stg_links') }}
),

noticed as (
    select * from {{ ref('int_papers__noticed') }}
),

-- What records of their own say of a paper.
told as (
    select
        related_paper_id as paper_id,
        max(relation) as relation
    from {{ ref('paper_relations') }}
    where relation in ('erratum_of', 'retraction_of')
    group by related_paper_id
),

observations as (
    select
        entries.paper_id,
        entries.listed_on,
        entries.captured_on,
        entries.recency_rank,
        facts.*,
        facts.authors is not null as has_authors
    from entries
    inner join facts on entries.entry_id = facts.entry_id
),

observed as (
    select
        paper_id,
        min(published_at) filter (where published_precision = 'day') as published_at,
        -- The date of which most is known, of equals the earliest.
        {{ first_known(
            'published_on',
            "(case published_precision when 'day' then 1 when 'month' then 2 else 3 end, published_on)"
        ) }} as published_on,
        {{ first_known(
            'published_precision',
            "(case published_precision when 'day' then 1 when 'month' then 2 else 3 end, published_on)"
        ) }} as published_precision,
        min(published_year) as stated_year,
        min(listed_on) as first_listed_on,
        max(listed_on) as last_listed_on,
        min(captured_on) as first_captured_on,
        {% for column in [
            'arxiv_id', 'doi', 'author_count', 'upvotes', 'comment_count', 'submitter',
            'organization', 'code_url', 'github_stars', 'project_url', 'ai_summary',
        ] %}
            {{ first_known(column, 'recency_rank') }}
                as {{ column }},
        {% endfor %}
        -- Lists are slow to aggregate: the entry that knows the authors stands in.
        min_by(entry_id, recency_rank) filter (where has_authors)
            as authors_entry_id
    from observations
    group by paper_id
),

seen as (
    select
        paper_id,
        try_cast(sum(entry_count) as integer) as entry_count,
        cast(count(*) as integer) as dump_count
    from {{ ref('appearances') }}
    group by paper_id
),

-- The best text's, else that of the text seen last.
code_links as (
    select
        entries.paper_id,
        min_by(
            links.url,
            (
                entries.text_id <> best_texts.text_id,
                entries.recency_rank,
                links.field = 'abstract',
                links.start_offset
            )
        ) as code_url
    from links
    inner join entries on links.text_id = entries.text_id
    inner join best_texts on entries.paper_id = best_texts.paper_id
    where links.kind = 'code'
    group by entries.paper_id
),

papers as (
    select
        observed.paper_id,
        titles.title,
        abstracts.abstract,
        case
            when told.relation = 'retraction_of' then 'retracted'
            when noticed.notice is not null then noticed.notice
            when told.relation = 'erratum_of' then 'corrected'
        end as status,
        case
            when told.relation = 'retraction_of' then 'relation'
            when noticed.notice is not null then noticed.notice_source
            when told.relation = 'erratum_of' then 'relation'
        end as status_source,
        observed.arxiv_id,
        observed.doi,
        observed.published_at,
        observed.published_on,
        observed.published_precision,
        try_cast(
            coalesce(extract(year from observed.published_on), observed.stated_year) as integer
        ) as published_year,
        observed.first_listed_on,
        observed.last_listed_on,
        observed.first_captured_on,
        author_lists.authors,
        try_cast(observed.author_count as integer) as author_count,
        try_cast(observed.upvotes as integer) as upvotes,
        try_cast(observed.comment_count as integer) as comment_count,
        observed.submitter,
        observed.organization,
        coalesce({{ repository_url('observed.code_url') }}, code_links.code_url)
            as code_url,
        coalesce(observed.code_url, code_links.code_url) is not null as has_code,
        try_cast(observed.github_stars as integer) as github_stars,
        observed.project_url,
        observed.ai_summary,
        best_texts.language,
        seen.entry_count,
        seen.dump_count
    from observed
    inner join best_texts on observed.paper_id = best_texts.paper_id
    inner join abstracts on best_texts.text_id = abstracts.text_id
    inner join titles on best_texts.title_text_id = titles.text_id
    left join noticed on observed.paper_id = noticed.paper_id
    left join told on observed.paper_id = told.paper_id
    inner join seen on observed.paper_id = seen.paper_id
    left join author_lists on observed.authors_entry_id = author_lists.entry_id
    left join code_links on observed.paper_id = code_links.paper_id
)

select * from papers
