-- A view: most rows of all marts are these, and the release writes them once, in order.
{{ config(materialized='view') }}

with mentions as (
    select * from {{ ref('int_mentions__placed') }}
),

forms as (
    select * from {{ ref('int_forms__found') }}
),

keywords as (
    select * from {{ ref('int_keywords__counted') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

keyword_mentions as (
    select
        papers.paper_id,
        keywords.keyword_id,
        case when mentions.is_in_title then 'title' else 'abstract' end as field,
        mentions.start_offset,
        mentions.end_offset,
        forms.form,
        mentions.is_nested
    from mentions
    inner join forms on mentions.form_number = forms.form_number
    inner join keywords on mentions.term_hash = keywords.term_hash
    inner join papers on mentions.paper_number = papers.paper_number
)

select * from keyword_mentions
