"""Gate 1: what may be assumed of raw.entries, those of dumps that are held left out: they go no further."""

import great_expectations.expectations as gxe

from .rules import corpus, expects, pipeline, record

KEY = ["entry_id"]
QUERY = """
    select entries.* from raw.entries as entries
    inner join raw.dumps as dumps on entries.dump_id = dumps.dump_id
    where dumps.status <> 'held'
"""
RULES = [
    record(
        "a title has a letter or a digit",
        r"""
            select entry_id, 'the title is ' || coalesce('`' || left(title, 40) || '`', 'missing') as because
            from {batch}
            where title is null or not regexp_matches(title, '[\p{{L}}\p{{N}}]')
        """,
        reason="no_title",
    ),
    # The longest real titles have 300 characters or so. Beyond, an abstract stands where a title should.
    record(
        "a title has at most 2,000 characters",
        """
            select entry_id, 'the title has ' || length(title) || ' characters' as because from {batch}
            where length(title) > 2000
        """,
        reason="odd_record",
    ),
    record(
        "an arXiv id has the form of one",
        r"""
            select entry_id, 'arXiv id ' || arxiv_id as because from {batch}
            where arxiv_id is not null
                and not regexp_full_match(arxiv_id, '\d\d(0[1-9]|1[0-2])\.\d\d\d\d\d?|[a-z-]+(\.[A-Z][A-Z])?/\d+')
        """,
        reason="odd_record",
    ),
    expects(gxe.ExpectTableRowCountToBeBetween(min_value=1, description="at least one entry was read")),
    expects(gxe.ExpectColumnValuesToBeUnique(column="entry_id", description="an entry has one id")),
    pipeline(
        "lines of an entry lie in order",
        "select entry_id, first_line, last_line from {batch} where first_line > last_line",
    ),
    # Libraries of titles have none, pages nearly all: only a change says something.
    corpus(
        "share of entries with an abstract",
        "case when count(*) >= 20 then count(abstract) / count(*) end",
        tolerance=0.3,
    ),
    # The shortest abstract of the real dumps has 165 characters; less than half of that is a stray line, not a style.
    corpus(
        "share of abstracts shorter than 70 characters",
        "case when count(abstract) >= 20 then avg((length(abstract) < 70)::int) end",
        highest=0.02,
    ),
    # The real dumps have 8 to 172 characters.
    corpus(
        "share of titles longer than 300 characters",
        "case when count(*) >= 20 then avg((length(title) > 300)::int) end",
        highest=0.01,
    ),
    # Slips are few; where many are left out, a column is not what its name says.
    corpus(
        "share of entries with a value that was left out",
        "case when count(*) >= 20 then avg(least(len(list_filter(flags, lambda flag: flag like 'unread%')), 1)) end",
        highest=0.05,
        examples="""
            select entry_id, title, flags from {batch}
            where len(list_filter(flags, lambda flag: flag like 'unread%')) > 0
        """,
    ),
    # Papers older than computers are slips of a year; how many there are says whether it is one or a column.
    corpus(
        "entries published before 1930",
        "count(*) filter (where published_on < date '1930-01-01')",
        highest=0,
    ),
]
