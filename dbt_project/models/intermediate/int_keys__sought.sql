with accepted as (
    select * from {{ ref('int_keywords__accepted') }}
),

forms as (
    select * from {{ ref('int_forms__counted') }}
),

further as (
    select * from {{ ref('int_further_phrases__counted') }}
),

senses as (
    select * from {{ ref('int_senses__counted') }}
),

compounds as (
    select * from {{ ref('int_compounds__expanded') }}
),

merged as (
    select * from {{ ref('stg_keyword_overrides') }}
    where action = 'merge'
),

-- Also what no candidate is of; a short form may stand in longer runs alone, and a user may
-- merge what the text stage never proposes.
spelled as (
    select
        phrase_key,
        term_hash
    from forms
    union all
    select
        phrase_key,
        term_hash
    from further
    union all
    select
        short_key as phrase_key,
        term_hash
    from senses
    union all
    select
        phrase_key,
        term_hash
    from compounds
    union all
    select
        keyword_key as phrase_key,
        target_hash as term_hash
    from merged
),

sought as (
    select distinct spelled.phrase_key
    from spelled
    inner join accepted on spelled.term_hash = accepted.term_hash
)

select * from sought
