with entries as (
    select distinct
        paper_id,
        text_id
    from {{ ref('int_entries__identified') }}
),

text_abbreviations as (
    select * from {{ ref('stg_abbreviations') }}
),

senses as (
    select * from {{ ref('int_senses__counted') }}
),

abbreviations as (
    select distinct
        entries.paper_id,
        text_abbreviations.short_form,
        text_abbreviations.long_form,
        text_abbreviations.short_key,
        text_abbreviations.long_key,
        coalesce(senses.is_dominant, false) as is_folded
    from text_abbreviations
    inner join entries on text_abbreviations.text_id = entries.text_id
    left join senses
        on
            text_abbreviations.short_key = senses.short_key
            and {{ sense_key('text_abbreviations.long_key') }}
            = senses.sense_key
)

select * from abbreviations
