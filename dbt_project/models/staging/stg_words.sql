with source as (
    select * from {{ source('text', 'words') }}
),

totalled as (
    select
        word,
        sum(text_count) as text_count
    from source
    group by word
)

select * from totalled
