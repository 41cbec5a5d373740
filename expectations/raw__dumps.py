"""Gate 1: what may be assumed of raw.dumps."""

import great_expectations.expectations as gxe
from great_expectations.expectations.metadata_types import FailureSeverity

KEY = ["dump_id", "file_names"]
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, description="at least one dump is loaded"),
    gxe.UnexpectedRowsExpectation(
        description="every line of every dump is accounted for",
        unexpected_rows_query="""
            select dump_id, file_names, line_count from {batch}
            where line_count <> blank_line_count + boilerplate_line_count + date_line_count
                + entry_line_count + rejected_line_count
        """,
    ),
    gxe.UnexpectedRowsExpectation(
        description="a dump that holds lines but gave no entry says what was rejected",
        unexpected_rows_query="""
            select dump_id, file_names, layout from {batch}
            where entry_count = 0 and reject_count = 0 and status <> 'empty'
        """,
    ),
    # A damaged dump among good ones is normal and loads as far as it goes. When more than a quarter of all dumps gave
    # nothing, what was handed over is not an archive of these pages, or a layout has changed.
    gxe.UnexpectedRowsExpectation(
        description="at most a quarter of the dumps (and one) gave no entry for being unreadable",
        unexpected_rows_query="""
            select dump_id, file_names, layout_reason from {batch}
            where status = 'rejected' and (
                select count(*) from {batch} where status = 'rejected'
            ) > 1 + (select count(*) from {batch}) * 0.25
            order by dump_id
        """,
    ),
    # One dump held back is its own trouble. When all are, nothing is left to build from: parser or budget is off.
    gxe.UnexpectedRowsExpectation(
        description="not every dump that gave entries is held back",
        unexpected_rows_query="""
            select dump_id, file_names, held_reason from {batch}
            where status = 'held' and not exists (select 1 from {batch} where status = 'loaded')
            order by dump_id
        """,
    ),
    # The budget is PAPERHOUSE_REJECT_BUDGET (loading/budget.py gives its reason); the others go on without the dump.
    gxe.UnexpectedRowsExpectation(
        description="no dump is held back for being over the reject budget",
        severity=FailureSeverity.WARNING,
        unexpected_rows_query="""
            select dump_id, file_names, held_reason from {batch}
            where status = 'held'
            order by dump_id
        """,
    ),
    # The real dumps reject 0.0 % of their lines; a tenth is a layout the parser misreads, not wear and tear.
    gxe.UnexpectedRowsExpectation(
        description="at most 10 % of the lines of a dump that gave entries are rejected",
        severity=FailureSeverity.WARNING,
        unexpected_rows_query="""
            select dump_id, file_names, rejected_line_count, line_count from {batch}
            where entry_count > 0 and rejected_line_count > 0.1 * line_count
            order by dump_id
        """,
    ),
    # None of the real dumps holds any; they mean a tool that captured a terminal or a file that was damaged.
    gxe.UnexpectedRowsExpectation(
        description="no control characters had to be taken out of a dump",
        severity=FailureSeverity.WARNING,
        unexpected_rows_query="""
            select dump_id, file_names, control_character_count from {batch}
            where control_character_count > 0
            order by dump_id
        """,
    ),
]
