with entries as (
    select distinct
        paper_id,
        text_id
    from {{ ref('int_entries__identified') }}
),

text_abbreviations as (
    select * from {{ ref('stg_abbreviations') }}
),

resolved as (
    select * from {{ ref('int_abbreviations__resolved') }}
),

abbreviations as (
    select distinct
        entries.paper_id,
        text_abbreviations.short_form,
        text_abbreviations.long_form,
        text_abbreviations.short_key,
        text_abbreviations.long_key,
        resolved.short_key is not null as is_folded
    from text_abbreviations
    inner join entries on text_abbreviations.text_id = entries.text_id
    left join resolved
        on
            text_abbreviations.short_key = resolved.short_key
            and text_abbreviations.long_key = resolved.long_key
)

select * from abbreviations
