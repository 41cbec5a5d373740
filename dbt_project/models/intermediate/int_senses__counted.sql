with own as (
    select * from {{ ref('int_abbreviations__defined') }}
),

phrases as (
    select * from {{ ref('stg_phrases') }}
),

spelled as (
    select
        short_key,
        sense_key,
        long_key,
        count(*) as paper_count
    from own
    group by short_key, sense_key, long_key
),

short_keys as (
    select distinct short_key from own
),

-- A long form that is no candidate itself leaves nothing to fold into; one that is a
-- short form would make a chain.
candidates as (
    select distinct spelled.long_key
    from spelled
    inner join phrases on spelled.long_key = phrases.phrase_key
    left join short_keys on spelled.long_key = short_keys.short_key
    where short_keys.short_key is null
),

senses as (
    select
        spelled.short_key,
        spelled.sense_key,
        min_by(candidates.long_key, (-spelled.paper_count, candidates.long_key))
            filter (where candidates.long_key is not null) as long_key,
        cast(sum(spelled.paper_count) as integer) as paper_count
    from spelled
    left join candidates on spelled.long_key = candidates.long_key
    group by spelled.short_key, spelled.sense_key
),

weighed as (
    select
        *,
        paper_count
        / sum(paper_count) over (partition by short_key) as paper_share,
        cast(
            sum(paper_count) over (partition by short_key) as integer
        ) as defining_paper_count
    from senses
),

merges as (
    select * from {{ ref('stg_keyword_overrides') }}
    where action = 'merge'
),

counted as (
    select
        weighed.short_key,
        weighed.sense_key,
        coalesce(merges.target_key, weighed.long_key) as term,
        -- A number stands for a text that is missing, too.
        case
            when merges.target_hash is not null then merges.target_hash
            when weighed.long_key is not null
                then {{ text_number(close_words('weighed.long_key')) }}
        end as term_hash,
        weighed.paper_count,
        weighed.defining_paper_count,
        weighed.paper_share,
        weighed.paper_count >= {{ var('abbreviation_min_papers') }}
        and weighed.paper_share >= {{ var('abbreviation_min_share') }} as is_dominant
    from weighed
    left join merges
        on {{ text_number(close_words('weighed.long_key')) }} = merges.keyword_hash
)

select * from counted
