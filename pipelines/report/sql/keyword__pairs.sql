-- Keywords that papers have together with it more often, or more seldom, than chance would bring them: 20 of the one and
-- 5 of the other, the surest first.
with others as (
    select
        if(first_keyword_id = $id, second_keyword, first_keyword) as keyword,
        if(first_keyword_id = $id, second_keyword_id, first_keyword_id) as keyword_id,
        paper_count,
        expected_count,
        npmi,
        direction,
        row_number() over (
            partition by direction order by g2 desc, first_keyword_id, second_keyword_id
        ) as place
    from marts.keyword_pairs
    where $id in (first_keyword_id, second_keyword_id) and q_value <= 0.05
)

select keyword, keyword_id, paper_count, expected_count, npmi, direction
from others
where place <= if(direction = 'attraction', 20, 5)
order by direction, place
