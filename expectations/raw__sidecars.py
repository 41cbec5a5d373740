"""Gate 1: what may be assumed of raw.sidecars."""

import great_expectations.expectations as gxe
from great_expectations.expectations.metadata_types import FailureSeverity

KEY = ["line"]
EXPECTATIONS = [
    # Notes about dumps; a wrong one is somebody's slip, never a reason to keep a dump out.
    gxe.UnexpectedRowsExpectation(
        description="every row of a sidecar can be used",
        severity=FailureSeverity.WARNING,
        unexpected_rows_query="select line, file_name, problem from {batch} where problem is not null order by problem",
    ),
    # Daily Papers began in May 2023; an earlier day is a slip of the year.
    gxe.UnexpectedRowsExpectation(
        description="no sidecar has a dump captured before there were Daily Papers",
        severity=FailureSeverity.WARNING,
        unexpected_rows_query="""
            select line, file_name, captured_on from {batch}
            where captured_on < date '2023-05-01' order by file_name, line
        """,
    ),
]
