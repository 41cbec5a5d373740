with entries as (
    select * from {{ ref('stg_entries') }}
),

placed as (
    select
        dump_id,
        position,
        text_id,
        coalesce(arxiv_id, text_id) as item_key,
        upvotes,
        comment_count,
        row_number() over (
            partition by dump_id
            order by position nulls last
        ) as place,
        sum({{ text_number("concat(text_id, ' ', position)") }}) over (
            partition by dump_id
            order by position nulls last
            rows between unbounded preceding and current row
        ) as head_number
    from entries
)

select * from placed
