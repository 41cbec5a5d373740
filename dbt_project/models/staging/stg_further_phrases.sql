with source as (
    select * from {{ source('extracted', 'further_phrases') }}
),

listed as (
    select
        text_id,
        {{ unnested_together({
            'phrase_key': 'phrase_keys', 'is_alone': 'are_alone', 'is_name': 'are_names',
        }) }}
    from source
)

select * from listed
