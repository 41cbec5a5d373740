"""Rules on means and shares, which say little of a handful: they stop a build of many papers and warn in one of few.

What belongs here: how one such query becomes two expectations. The queries are in the suites.
"""

import great_expectations.expectations as gxe
from great_expectations.expectations.metadata_types import FailureSeverity

#: Below so many a mean or a share is an anecdote.
FEW = 20


def judge_by_size(description: str, query: str, count: str) -> list[gxe.UnexpectedRowsExpectation]:
    """A rule twice: critical where `count`, an SQL aggregate of the query, is FEW or more, and a warning below.

    The query ends in its `having`, which has no `or`.
    """
    return [
        gxe.UnexpectedRowsExpectation(
            description=description, unexpected_rows_query=f"{query.rstrip()} and {count} >= {FEW}"
        ),
        gxe.UnexpectedRowsExpectation(
            description=f"{description} (fewer than {FEW})",
            unexpected_rows_query=f"{query.rstrip()} and {count} < {FEW}",
            severity=FailureSeverity.WARNING,
        ),
    ]
