with pairs as (
    select * from {{ ref('int_record_pairs__weighed') }}
),

joined as (
    select * from {{ ref('int_records__joined') }}
),

told as (
    select
        coalesce(a.group_number, pairs.first_number) as one_number,
        coalesce(b.group_number, pairs.second_number) as other_number,
        pairs.verdict,
        pairs.rule,
        pairs.score
    from pairs
    left join joined as a on pairs.first_number = a.record_number
    left join joined as b on pairs.second_number = b.record_number
),

counted as (
    select
        least(one_number, other_number) as first_number,
        greatest(one_number, other_number) as second_number,
        cast(count(*) filter (where verdict = 'same') as integer) as same_count,
        cast(count(*) as integer) as pair_count,
        count(*) filter (where verdict = 'different') * 2 > count(*)
        or bool_or(
            verdict = 'different'
            and rule in (
                'override', 'other_external_id', 'other_marks', 'other_prefix',
                'other_authors_and_year', 'other_notice'
            )
        ) as is_barred,
        max(score) filter (where verdict = 'same') as score
    from told
    where one_number <> other_number
    group by 1, 2
),

paired as (
    select
        *,
        same_count * 2 >= pair_count and not is_barred as is_same
    from counted
)

select * from paired
