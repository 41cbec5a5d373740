{#
    Groups of records that pairs connect, found in rounds (materialization rounds). What the pairs are and what a group
    means is the models' business.
#}

{#
    One round towards connected components. pairs is a relation of first_number, second_number; labelled one of
    record_number, group_number that holds the labels of the round before, none before the first. The result has the
    columns of labelled, a row for every end of the pairs; labels only ever shrink, and where they settle each record has
    the smallest number that it is connected with.

    FastSV (Zhang, Azad and Hu 2020): in each round a record and the one that stands for it take the smallest that
    stands for a neighbour's, and ways are halved. The rounds grow with the logarithm of the longest way.
#}
{% macro connected_round(pairs, labelled) %}
    with arcs as (
        select
            first_number as record_number,
            second_number as neighbour_number
        from {{ pairs }}
        union
        select
            second_number as record_number,
            first_number as neighbour_number
        from {{ pairs }}
    ),

    ends as (
        select distinct record_number from arcs
    ),

    labels as (
        select
            ends.record_number,
            coalesce(labelled.group_number, ends.record_number) as group_number
        from ends
        left join {{ labelled }} as labelled
            on ends.record_number = labelled.record_number
    ),

    heard as (
        select
            arcs.record_number,
            own.group_number,
            parents.group_number as heard_number
        from arcs
        inner join labels as own on arcs.record_number = own.record_number
        inner join labels as neighbours
            on arcs.neighbour_number = neighbours.record_number
        inner join labels as parents
            on neighbours.group_number = parents.record_number
    ),

    offered as (
        select
            labels.record_number,
            parents.group_number
        from labels
        inner join labels as parents on labels.group_number = parents.record_number
        union all
        select
            record_number,
            heard_number as group_number
        from heard
        union all
        select
            group_number as record_number,
            heard_number as group_number
        from heard
    )

    select
        record_number,
        min(group_number) as group_number
    from offered
    group by record_number
{% endmacro %}

{#
    One round of joining groups around centres. paired is a relation as int_groups__paired, known one of group_number and
    arxiv_id, settled one of group_number, centre_number that holds what earlier rounds settled; so has the result.

    Of groups that are open still, one with more partners than each of its partners is a centre (the power of two counts,
    then the smaller number: numbers follow record ids, which are hashes, so few rounds settle all), the others go to
    their nearest centre. There a group stays that fits the rest: it is barred from nobody who is closer to the centre,
    has no other arXiv id than the closest that has one, and is the same in no less than half of the pairs that were
    decided between it and the others. What does not fit is open in the next round.
#}
{% macro centred_round(paired, known, settled) %}
    with arcs as (
        select
            first_number as group_number,
            second_number as partner_number,
            score
        from {{ paired }}
        where is_same
        union all
        select
            second_number as group_number,
            first_number as partner_number,
            score
        from {{ paired }}
        where is_same
    ),

    open_arcs as (
        select arcs.*
        from arcs
        left join {{ settled }} as own on arcs.group_number = own.group_number
        left join {{ settled }} as partners
            on arcs.partner_number = partners.group_number
        where own.group_number is null and partners.group_number is null
    ),

    weighed as (
        select
            group_number,
            length(bin(count(*))) as weight
        from open_arcs
        group by group_number
    ),

    outweighed as (
        select distinct open_arcs.group_number
        from open_arcs
        inner join weighed as own on open_arcs.group_number = own.group_number
        inner join weighed as partners
            on open_arcs.partner_number = partners.group_number
        where
            partners.weight > own.weight
            or (
                partners.weight = own.weight
                and partners.group_number < own.group_number
            )
    ),

    centres as (
        select weighed.group_number
        from weighed
        left join outweighed on weighed.group_number = outweighed.group_number
        where outweighed.group_number is null
    ),

    choices as (
        select
            open_arcs.group_number,
            open_arcs.partner_number as centre_number,
            open_arcs.score,
            row_number() over (
                partition by open_arcs.group_number
                order by open_arcs.score desc nulls last, open_arcs.partner_number asc nulls last
            ) as choice
        from open_arcs
        inner join centres on open_arcs.partner_number = centres.group_number
    ),

    gathered as (
        select
            group_number,
            centre_number,
            row_number() over (
                partition by centre_number
                order by score desc nulls last, group_number asc nulls last
            ) as distance
        from choices
        where choice = 1
        union all
        select
            group_number,
            group_number as centre_number,
            0 as distance
        from centres
    ),

    identified as (
        select
            gathered.group_number,
            known.arxiv_id,
            first_value(known.arxiv_id) over (
                partition by gathered.centre_number
                order by known.arxiv_id is null nulls last, gathered.distance nulls last
            ) as centre_arxiv_id
        from gathered
        inner join {{ known }} as known on gathered.group_number = known.group_number
    ),

    inside as (
        select
            paired.same_count,
            paired.pair_count,
            paired.is_barred,
            a.group_number as first_number,
            b.group_number as second_number,
            case when a.distance > b.distance then a.group_number else b.group_number end
                as farther_number
        from {{ paired }} as paired
        inner join gathered as a on paired.first_number = a.group_number
        inner join gathered as b
            on
                paired.second_number = b.group_number
                and a.centre_number = b.centre_number
    ),

    votes as (
        select
            first_number as group_number,
            same_count,
            pair_count
        from inside
        union all
        select
            second_number as group_number,
            same_count,
            pair_count
        from inside
    ),

    refused as (
        select farther_number as group_number from inside
        where is_barred
        union
        select group_number from identified
        where arxiv_id <> centre_arxiv_id
        union
        select group_number from votes
        group by group_number
        having sum(same_count) * 2 < sum(pair_count)
    )

    select
        group_number,
        centre_number
    from {{ settled }}
    union all
    select
        gathered.group_number,
        gathered.centre_number
    from gathered
    left join refused on gathered.group_number = refused.group_number
    where gathered.distance = 0 or refused.group_number is null
{% endmacro %}
