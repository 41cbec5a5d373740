with entries as (
    select * from {{ ref('int_entries__identified') }}
),

facts as (
    select * from {{ ref('stg_entries') }}
),

text_links as (
    select * from {{ ref('stg_links') }}
),

paper_texts as (
    select distinct
        paper_id,
        text_id
    from entries
),

in_texts as (
    select
        paper_texts.paper_id,
        text_links.url,
        text_links.kind,
        text_links.host,
        text_links.owner,
        text_links.name,
        true as is_in_text
    from text_links
    inner join paper_texts on text_links.text_id = paper_texts.text_id
),

listed as (
    select
        entries.paper_id,
        'code' as kind,
        {{ repository_url('facts.code_url') }} as url
    from entries
    inner join facts on entries.entry_id = facts.entry_id
    where facts.code_url is not null
    union all
    select
        entries.paper_id,
        'project' as kind,
        {{ trimmed_end('facts.project_url', '/') }} as url
    from entries
    inner join facts on entries.entry_id = facts.entry_id
    where facts.project_url is not null
),

-- Where two kinds meet, the one read from the address (in_texts) says more; but what a dump
-- gives as a paper's code is code, be it an owner's page.
all_links as (
    select * from in_texts
    union all
    select
        paper_id,
        url,
        kind,
        lower(split_part(url, '/', 3)) as host,
        case when kind = 'code' then nullif(split_part(url, '/', 4), '') end as owner,
        case when kind = 'code' then nullif(split_part(url, '/', 5), '') end as name,
        false as is_in_text
    from listed
),

-- Addresses that differ by case alone are one; the one printed in the text is shown.
links as (
    select
        paper_id,
        coalesce(min(url) filter (where is_in_text), min(url)) as url,
        case
            when bool_or(kind = 'code') then 'code'
            else coalesce(min(kind) filter (where is_in_text), min(kind))
        end as kind,
        min(host) as host,
        coalesce(min(owner) filter (where is_in_text), min(owner)) as owner,
        coalesce(min(name) filter (where is_in_text), min(name)) as name,
        bool_or(is_in_text) as is_in_text,
        bool_or(not is_in_text) as is_in_listing
    from all_links
    group by paper_id, lower(url)
)

select * from links
