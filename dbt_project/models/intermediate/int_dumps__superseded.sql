-- Long, but one question: every way in which one dump holds another ends in the same pairs.
with entries as (
    select * from {{ ref('int_entries__placed') }}
),

dumps as (
    select * from {{ ref('int_dumps__ranked') }}
),

texts as (
    select * from {{ ref('stg_texts') }}
),

-- All entries of one are the head of the other.
whole_heads as (
    select
        dumps.dump_id,
        longer.dump_id as longer_dump_id,
        dumps.entry_count as shared_count
    from dumps
    inner join entries as longer
        on
            dumps.entry_count = longer.place
            and dumps.whole_number = longer.head_number
            and dumps.dump_id <> longer.dump_id
),

-- The same but for the last abstract, which was cut off. Of texts only those are taken that may
-- be such: a join would keep all of them in memory.
cut_candidates as (
    select
        dumps.dump_id,
        dumps.last_text_id as cut_text_id,
        longer.dump_id as longer_dump_id,
        longer.place as shared_count,
        whole_entry.text_id as whole_text_id
    from dumps
    inner join entries as longer
        on
            dumps.entry_count - 1 = longer.place
            and dumps.rest_number = longer.head_number
            and dumps.dump_id <> longer.dump_id
    inner join entries as whole_entry
        on
            longer.dump_id = whole_entry.dump_id
            and dumps.entry_count = whole_entry.place
    where dumps.last_text_id <> whole_entry.text_id
),

last_texts as (
    select
        text_id,
        title_key,
        abstract
    from texts
    where
        {{ is_one_of(
            'text_id',
            'select cut_text_id from cut_candidates union select whole_text_id from cut_candidates'
        ) }}
),

cut_heads as (
    select
        cut_candidates.dump_id,
        cut_candidates.longer_dump_id,
        cut_candidates.shared_count
    from cut_candidates
    inner join last_texts as cut on cut_candidates.cut_text_id = cut.text_id
    inner join last_texts as whole on cut_candidates.whole_text_id = whole.text_id
    where
        cut.title_key = whole.title_key
        and {{ begins_with('whole.abstract', trimmed_end("coalesce(cut.abstract, '')", '…. ')) }}
),

-- All entries of one day's list are in another copy of it; votes change their order.
items as (
    select
        entries.dump_id,
        entries.item_key,
        dumps.listed_on,
        dumps.layout_family,
        min(entries.place) as place
    from entries
    inner join dumps on entries.dump_id = dumps.dump_id
    where dumps.listed_on is not null
    group by entries.dump_id, entries.item_key, dumps.listed_on, dumps.layout_family
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
    group by list_pairs.dump_id, list_pairs.longer_dump_id
    having count(*) = count(other.item_key)
),

pairs as (
    select * from whole_heads
    union
    select * from cut_heads
    union
    select * from lists
),

-- Distinct, which they are, so that dumps meet their pairs first: DuckDB would join all dumps
-- of a layout with each other, since it expects few.
shorter_pairs as (
    select distinct
        pairs.dump_id,
        pairs.longer_dump_id,
        pairs.shared_count,
        dumps.seniority,
        dumps.layout_family,
        dumps.listed_on,
        dumps.captured_on,
        dumps.entry_count
    from pairs
    inner join dumps on pairs.dump_id = dumps.dump_id
),

-- Pages of two captures, or lists of two days, are two pages even where one begins like
-- the other; a whole list that comes again under the next day is one list.
copies as (
    select
        shorter.dump_id,
        longer.dump_id as longer_dump_id,
        longer.seniority
    from shorter_pairs as shorter
    inner join dumps as longer on shorter.longer_dump_id = longer.dump_id
    where
        shorter.seniority < longer.seniority
        and shorter.layout_family = longer.layout_family
        and (
            shorter.listed_on = longer.listed_on
            or (
                shorter.shared_count > 1
                and case
                    when coalesce(shorter.listed_on, longer.listed_on) is null
                        then coalesce(shorter.captured_on = longer.captured_on, true)
                    else shorter.entry_count = longer.entry_count
                end
            )
        )
),

superseded_0 as (
    select
        dump_id,
        max_by(longer_dump_id, seniority) as superseded_by_dump_id
    from copies
    group by dump_id
),

-- Where the longer copy is superseded itself, its own successor stands for both.
{% for round in range(1, 4) %}
    superseded_{{ round }} as (
        select
            earlier.dump_id,
            coalesce(further.superseded_by_dump_id, earlier.superseded_by_dump_id)
                as superseded_by_dump_id
        from superseded_{{ round - 1 }} as earlier
        left join superseded_{{ round - 1 }} as further
            on earlier.superseded_by_dump_id = further.dump_id
    ){{ ',' if not loop.last }}
{% endfor %}

select * from superseded_3
