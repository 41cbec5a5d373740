with source as (
    select * from {{ source('extracted', 'further_phrases') }}
),

listed as (
    select
        text_id,
        {{ unnested('phrase_keys') }} as phrase_key,
        {{ unnested('are_alone') }} as is_alone,
        {{ unnested('are_names') }} as is_name
    from source
)

select * from listed
