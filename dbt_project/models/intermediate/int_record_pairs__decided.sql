with pairs as (
    select * from {{ ref('int_record_pairs__weighed') }}
),

records as (
    select * from {{ ref('int_records__centred') }}
),

-- What was the same to one record, but did not fit the rest of its paper, is unsure.
decided as (
    select
        pairs.first_number,
        pairs.second_number,
        case
            when pairs.verdict = 'same' and a.centre_number <> b.centre_number
                then 'contested'
            else pairs.rule
        end as rule,
        case
            when pairs.verdict = 'same' and a.centre_number <> b.centre_number
                then 'unsure'
            else pairs.verdict
        end as verdict,
        pairs.title_relation,
        pairs.title_similarity,
        pairs.abstract_similarity,
        pairs.author_similarity,
        pairs.year_gap,
        pairs.first_only_words,
        pairs.second_only_words,
        pairs.title_weight,
        pairs.abstract_weight,
        pairs.author_weight,
        pairs.year_weight,
        pairs.weight,
        pairs.enough_weight,
        pairs.score,
        pairs.override_reason
    from pairs
    inner join records as a on pairs.first_number = a.record_number
    inner join records as b on pairs.second_number = b.record_number
)

select * from decided
