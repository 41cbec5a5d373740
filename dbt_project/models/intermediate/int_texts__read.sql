{{ config(materialized='view') }}

with texts as (
    select * from {{ ref('stg_texts') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
    where {{ is_read('language') }}
),

read as ( -- noqa: RF04
    select
        text_id,
        title,
        abstract
    from texts
    where text_id in (select papers.text_id from papers)
)

select * from read
