with entries as (
    select * from {{ ref('stg_entries') }}
),

stg_dumps as (
    select * from {{ ref('stg_dumps') }}
),

texts as (
    select * from {{ ref('stg_texts') }}
),

-- Entries in order, each with a number that stands for all entries up to it.
running as (
    select
        dump_id,
        position,
        text_id,
        coalesce(arxiv_id, text_id) as item_key,
        row_number() over (partition by dump_id order by position) as place,
        sum({{ text_number("concat(text_id, ' ', position)") }}) over (
            partition by dump_id order by position
            rows between unbounded preceding and current row
        ) as head_number
    from entries
),

votes as (
    select
        dump_id,
        sum(upvotes) as upvotes,
        sum(comment_count) as comment_count
    from entries
    group by dump_id
),

-- `seniority` puts copies in order, whichever arrived first: more entries, then the
-- later capture, then more votes.
dumps as (
    select
        running.dump_id,
        split_part(stg_dumps.layout, '_', 1) as layout_family,
        stg_dumps.listed_on,
        stg_dumps.captured_on,
        running.place as entry_count,
        running.head_number as whole_number,
        row_number() over (
            order by
                running.place,
                stg_dumps.captured_on nulls first,
                votes.upvotes nulls first,
                votes.comment_count nulls first,
                running.dump_id
        ) as seniority
    from running
    inner join stg_dumps on running.dump_id = stg_dumps.dump_id
    inner join votes on running.dump_id = votes.dump_id
    qualify
        row_number() over (
            partition by running.dump_id order by running.place desc
        ) = 1
),

-- All entries of one are the head of the other.
whole_heads as (
    select
        dumps.dump_id,
        longer.dump_id as longer_dump_id,
        dumps.entry_count as shared_count
    from dumps
    inner join running as longer
        on
            dumps.entry_count = longer.place
            and dumps.whole_number = longer.head_number
            and dumps.dump_id <> longer.dump_id
),

-- The same but for the last abstract, which was cut off.
cut_heads as (
    select
        dumps.dump_id,
        longer.dump_id as longer_dump_id,
        before_last.place as shared_count
    from dumps
    inner join running as before_last
        on
            dumps.dump_id = before_last.dump_id
            and dumps.entry_count - 1 = before_last.place
    inner join running as longer
        on
            before_last.place = longer.place
            and before_last.head_number = longer.head_number
            and dumps.dump_id <> longer.dump_id
    inner join running as last_entry
        on
            dumps.dump_id = last_entry.dump_id
            and dumps.entry_count = last_entry.place
    inner join running as whole_entry
        on
            longer.dump_id = whole_entry.dump_id
            and last_entry.place = whole_entry.place
    inner join texts as last_text on last_entry.text_id = last_text.text_id
    inner join texts as whole_text on whole_entry.text_id = whole_text.text_id
    where
        last_entry.text_id <> whole_entry.text_id
        and last_text.title_key = whole_text.title_key
        and starts_with(
            whole_text.abstract, rtrim(coalesce(last_text.abstract, ''), '…. ')
        )
),

-- All entries of one day's list are in another copy of it; votes change their order.
items as (
    select
        running.dump_id,
        running.item_key,
        dumps.listed_on,
        dumps.layout_family,
        min(running.place) as place
    from running
    inner join dumps on running.dump_id = dumps.dump_id
    where dumps.listed_on is not null
    group by all
),

list_pairs as (
    select
        items.dump_id,
        other.dump_id as longer_dump_id
    from items
    inner join items as other
        on
            items.item_key = other.item_key
            and items.listed_on = other.listed_on
            and items.layout_family = other.layout_family
            and items.dump_id <> other.dump_id
    where items.place = 1
),

lists as (
    select
        list_pairs.dump_id,
        list_pairs.longer_dump_id,
        count(*) as shared_count
    from list_pairs
    inner join items on list_pairs.dump_id = items.dump_id
    left join items as other
        on
            list_pairs.longer_dump_id = other.dump_id
            and items.item_key = other.item_key
    group by all
    having count(*) = count(other.item_key)
),

pairs as (
    select * from whole_heads
    union
    select * from cut_heads
    union
    select * from lists
),

-- Pages of two captures, or lists of two days, are two pages even where one begins like
-- the other; a whole list that comes again under the next day is one list.
copies as (
    select
        shorter.dump_id,
        longer.dump_id as longer_dump_id,
        longer.seniority
    from pairs
    inner join dumps as shorter on pairs.dump_id = shorter.dump_id
    inner join dumps as longer on pairs.longer_dump_id = longer.dump_id
    where
        shorter.seniority < longer.seniority
        and shorter.layout_family = longer.layout_family
        and (
            shorter.listed_on = longer.listed_on
            or (
                pairs.shared_count > 1
                and coalesce(shorter.listed_on, longer.listed_on) is null
                and coalesce(shorter.captured_on = longer.captured_on, true)
            )
            or (
                pairs.shared_count > 1
                and coalesce(shorter.listed_on, longer.listed_on) is not null
                and shorter.entry_count = longer.entry_count
            )
        )
),

links_0 as (
    select
        dump_id,
        max_by(longer_dump_id, seniority) as longer_dump_id
    from copies
    group by dump_id
),

-- Where the longer copy is superseded itself, its own successor stands for both.
{% for round in range(1, 4) %}
    links_{{ round }} as (
        select
            links.dump_id,
            coalesce(further.longer_dump_id, links.longer_dump_id) as longer_dump_id
        from links_{{ round - 1 }} as links
        left join links_{{ round - 1 }} as further
            on links.longer_dump_id = further.dump_id
    ),
{% endfor %}

superseded as (
    select
        dump_id,
        longer_dump_id as superseded_by_dump_id
    from links_3
)

select * from superseded
