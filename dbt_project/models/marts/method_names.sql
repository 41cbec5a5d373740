with methods as (
    select * from {{ ref('stg_methods') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

method_names as (
    select
        papers.paper_id,
        methods.method_name
    from methods
    inner join papers on methods.text_id = papers.text_id
)

select * from method_names
