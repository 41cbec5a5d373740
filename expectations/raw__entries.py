"""Gate 1: what may be assumed of raw.entries, those of dumps that are held back left out: they go no further."""

import great_expectations.expectations as gxe
from great_expectations.expectations.metadata_types import FailureSeverity

from .sizes import judge_by_size

KEY = ["entry_id"]
QUERY = """
    select entries.* from raw.entries as entries
    inner join raw.dumps as dumps on entries.dump_id = dumps.dump_id
    where dumps.status <> 'held'
"""
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, description="at least one entry was read"),
    gxe.ExpectColumnValuesToNotBeNull(column="title"),
    gxe.ExpectColumnValuesToBeUnique(column="entry_id"),
    # The real dumps have titles of 8 to 172 characters. Past 500, an abstract was taken for a title: pairs shifted.
    gxe.ExpectColumnValueLengthsToBeBetween(column="title", min_value=1, max_value=500, mostly=0.99),
    # A page without abstracts exists; archives where one in five lacks its abstract are misread archives.
    # Tables of titles alone, as libraries keep them, are read field by field and cannot be shifted.
    *judge_by_size(
        description="four in five entries have an abstract, tables of records aside",
        query="""
            select count(*) as entries, count(entries.abstract) as with_abstract
            from {batch} as entries
            inner join raw.dumps as dumps on entries.dump_id = dumps.dump_id
            where not starts_with(dumps.layout, 'records_')
            having count(entries.abstract) < 0.8 * count(*)
        """,
        count="count(*)",
    ),
    # The shortest abstract of the real dumps has 165 characters; less than half of that is a stray line, not a style.
    gxe.ExpectColumnValueLengthsToBeBetween(
        column="abstract", min_value=70, mostly=0.98, severity=FailureSeverity.WARNING
    ),
    gxe.UnexpectedRowsExpectation(
        description="an arXiv id has the form of one",
        unexpected_rows_query=r"""
            select entry_id, arxiv_id from {batch}
            where arxiv_id is not null
                and not regexp_full_match(arxiv_id, '\d\d(0[1-9]|1[0-2])\.\d\d\d\d\d?|[a-z-]+(\.[A-Z][A-Z])?/\d+')
        """,
    ),
    gxe.UnexpectedRowsExpectation(
        description="lines of an entry lie in order",
        unexpected_rows_query="select entry_id, first_line, last_line from {batch} where first_line > last_line",
    ),
    # arXiv opened in August 1991; earlier is a misread number.
    gxe.UnexpectedRowsExpectation(
        description="publication times lie after arXiv's first paper",
        unexpected_rows_query="select entry_id, published_at from {batch} where published_at < date '1991-08-01'",
        severity=FailureSeverity.WARNING,
    ),
]
