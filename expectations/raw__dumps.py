"""Gate 1: what may be assumed of raw.dumps, and of the entries of each.

Rules of kind dump look at held dumps, too: one that is held stays so for as long as it breaks the rule.
"""

import great_expectations.expectations as gxe

from .rules import corpus, dump, expects, pipeline

KEY = ["dump_id", "file_names"]
RULES = [
    expects(gxe.ExpectTableRowCountToBeBetween(min_value=1, description="at least one dump is loaded")),
    pipeline(
        "every line of every dump is accounted for",
        """
            select dump_id, file_names, line_count from {batch}
            where line_count <> blank_line_count + boilerplate_line_count + date_line_count
                + entry_line_count + rejected_line_count
        """,
    ),
    pipeline(
        "every dump has the entries and the rejects that were counted",
        """
            select dumps.dump_id, dumps.file_names, dumps.entry_count, dumps.reject_count
            from {batch} as dumps
            left join (
                select dump_id, count(*) as entries from raw.entries group by dump_id
            ) as read on dumps.dump_id = read.dump_id
            left join (
                select dump_id, count(*) as rejects from raw.rejects group by dump_id
            ) as refused on dumps.dump_id = refused.dump_id
            where dumps.entry_count <> coalesce(read.entries, 0) or dumps.reject_count <> coalesce(refused.rejects, 0)
        """,
    ),
    pipeline(
        "a dump that holds lines but gave no entry says what was rejected",
        """
            select dump_id, file_names, layout from {batch}
            where entry_count = 0 and reject_count = 0 and status <> 'empty'
        """,
    ),
    pipeline(
        "every entry and every reject belongs to a loaded dump, once",
        """
            select dump_id, 'no dump of it is loaded' as trouble
            from (select distinct dump_id from raw.entries union select distinct dump_id from raw.rejects)
            where dump_id not in (select dump_id from {batch})
            union all
            select dump_id, count(*) || ' rows' as trouble from {batch} group by dump_id having count(*) > 1
        """,
    ),
    # The budget is PAPERHOUSE_REJECT_BUDGET; `loading.budget` gives its reason and measures.
    dump(
        "no dump is over the reject budget",
        """
            select dump_id, file_names, held_reason as because from {batch}
            where status = 'held'
                and dump_id not in (
                    select dump_id from raw.rejects where reason in ('too_slow', 'too_large', 'reader_ended')
                )
                and dump_id not in (select dump_id from raw.dump_decisions where decision = 'held')
            order by dump_id
        """,
    ),
    # The seconds a dump may take are in `parsing.guarded`.
    dump(
        "every dump was read to its end",
        """
            select dumps.dump_id, dumps.file_names, rejects.detail as because
            from {batch} as dumps
            inner join raw.rejects as rejects on dumps.dump_id = rejects.dump_id
            where rejects.reason in ('too_slow', 'too_large', 'reader_ended')
            order by dumps.dump_id
        """,
    ),
    # The real dumps have titles of 8 to 172 characters. Where most are past 500, title and abstract are exchanged.
    dump(
        "most titles of a dump are shorter than 500 characters",
        """
            select
                dumps.dump_id,
                any_value(dumps.file_names) as file_names,
                count(*) filter (where length(entries.title) > 500) || ' of its ' || count(*)
                    || ' titles have more than 500 characters; half of them may' as because
            from {batch} as dumps
            inner join raw.entries as entries on dumps.dump_id = entries.dump_id
            group by dumps.dump_id
            having count(*) >= 3 and count(*) filter (where length(entries.title) > 500) > 0.5 * count(*)
            order by dumps.dump_id
        """,
    ),
    # A column that holds one value where titles should be. A page may list a paper twice, not twenty times.
    dump(
        "the entries of a dump are not all one",
        """
            select
                dumps.dump_id,
                any_value(dumps.file_names) as file_names,
                'its ' || count(*) || ' entries have one title: a column without content was read as titles' as because
            from {batch} as dumps
            inner join raw.entries as entries on dumps.dump_id = entries.dump_id
            group by dumps.dump_id
            having count(*) >= 20 and min(entries.title) = max(entries.title) and count(distinct entries.abstract) <= 1
            order by dumps.dump_id
        """,
    ),
    # The real dumps reject 0.0 % of their lines; a tenth is a layout the parser misreads, not wear and tear.
    corpus(
        "share of lines that could not be read, in dumps that gave entries",
        "sum(rejected_line_count) filter (where entry_count > 0) / sum(line_count) filter (where entry_count > 0)",
        highest=0.1,
        tolerance=1.0,
    ),
    # None of the real dumps holds any; they mean a tool that captured a terminal or a file that was damaged.
    corpus(
        "dumps that control characters had to be taken out of",
        "count(*) filter (where control_character_count > 0)",
        highest=0,
    ),
    # Beside an archive of pages some files are something else; where most are, the wrong folder was named.
    corpus(
        "share of files in which no paper was found",
        "case when count(*) >= 20 then avg((status in ('rejected', 'refused'))::int) end",
        highest=0.5,
    ),
]
