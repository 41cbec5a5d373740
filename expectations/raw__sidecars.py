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
]
