with judged as (
    select * from {{ ref('int_record_pairs__judged') }}
),

overridden as (
    select * from {{ ref('int_record_pairs__overridden') }}
),

weighed as (
    select
        coalesce(judged.first_number, overridden.first_number) as first_number,
        coalesce(judged.second_number, overridden.second_number) as second_number,
        case
            when overridden.verdict is not null then 'override' else judged.rule
        end as rule,
        coalesce(overridden.verdict, judged.verdict) as verdict,
        judged.title_relation,
        judged.title_similarity,
        judged.abstract_similarity,
        judged.author_similarity,
        judged.year_gap,
        judged.first_only_words,
        judged.second_only_words,
        judged.title_weight,
        judged.abstract_weight,
        judged.author_weight,
        judged.year_weight,
        judged.weight,
        judged.enough_weight,
        case
            when overridden.verdict is not null then 9e0 else judged.score
        end as score,
        overridden.reason as override_reason
    from judged
    full outer join overridden
        on
            judged.first_number = overridden.first_number
            and judged.second_number = overridden.second_number
)

select * from weighed
