with abbreviations as (
    select * from {{ ref('stg_abbreviations') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
    where {{ is_read('language') }}
),

-- `reinforcement learning from human feedback` and `... with human feedback` are one
-- sense.
defined as (
    select
        papers.paper_number,
        abbreviations.short_key,
        abbreviations.long_key,
        {{ sense_key('abbreviations.long_key') }} as sense_key,
        (abbreviations.field = 'abstract', abbreviations.short_start) as definition_rank
    from abbreviations
    inner join papers on abbreviations.text_id = papers.text_id
    where abbreviations.short_key <> abbreviations.long_key
),

-- A paper means one thing by it: what it defines first.
definitions as (
    select
        paper_number,
        short_key,
        min_by(long_key, definition_rank) as long_key,
        min_by(sense_key, definition_rank) as sense_key
    from defined
    group by paper_number, short_key
)

select * from definitions
