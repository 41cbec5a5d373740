with source as (
    select * from {{ source('raw', 'keyword_overrides') }}
),

keyed as (
    select
        line_number,
        action,
        keyword,
        target,
        reason,
        keyword_key,
        target_key,
        {{ text_number('keyword_key') }} as keyword_hash,
        {{ text_number(close_words('target_key')) }} as target_hash
    from source
)

select * from keyed
