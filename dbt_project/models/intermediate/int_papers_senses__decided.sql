with phrases as (
    select * from {{ ref('stg_phrases') }}
),

short_forms as (
    select * from {{ ref('stg_short_forms') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
    where {{ is_read('language') }}
),

own as (
    select * from {{ ref('int_abbreviations__defined') }}
),

senses as (
    select * from {{ ref('int_senses__counted') }}
),

short_keys as (
    select distinct short_key from senses
),

used as (
    select distinct
        papers.paper_number,
        short_keys.short_key
    from phrases
    inner join short_keys on phrases.phrase_key = short_keys.short_key
    inner join papers on phrases.text_id = papers.text_id
    union
    select
        papers.paper_number,
        short_keys.short_key
    from short_forms
    inner join short_keys on short_forms.short_key = short_keys.short_key
    inner join papers on short_forms.text_id = papers.text_id
    union
    select
        paper_number,
        short_key
    from own
),

-- The paper writes out one of the meanings, without a definition.
written as (
    select
        used.paper_number,
        used.short_key,
        min(senses.sense_key) as sense_key
    from used
    inner join senses on used.short_key = senses.short_key
    inner join papers on used.paper_number = papers.paper_number
    inner join phrases
        on papers.text_id = phrases.text_id and senses.term = phrases.phrase_key
    group by used.paper_number, used.short_key
    having count(distinct senses.sense_key) = 1
),

dominant as (
    select * from senses
    where is_dominant
),

decided as (
    select
        used.paper_number,
        used.short_key,
        coalesce(own.sense_key, written.sense_key, dominant.sense_key) as sense_key,
        case
            when own.sense_key is not null then 'definition'
            when written.sense_key is not null then 'long_form'
            when dominant.sense_key is not null then 'dominant'
        end as rule
    from used
    left join own
        on used.paper_number = own.paper_number and used.short_key = own.short_key
    left join written
        on
            used.paper_number = written.paper_number
            and used.short_key = written.short_key
    left join dominant on used.short_key = dominant.short_key
)

select * from decided
