"""Gate 2: what an analyst may rely on in marts.keyword_trends_by_month."""

import great_expectations.expectations as gxe
from great_expectations.expectations.metadata_types import FailureSeverity

KEY = ["keyword_id", "date_basis", "period_start_on"]
VERDICTS = ["rising", "new", "falling", "steady", "insufficient_dates", "insufficient_support"]
EXPECTATIONS = [
    gxe.ExpectColumnValuesToBeInSet(column="verdict", value_set=VERDICTS),
    gxe.ExpectColumnValuesToBeInSet(column="date_basis", value_set=["published", "listed", "captured"]),
    gxe.UnexpectedRowsExpectation(
        description="a share lies within its interval, and the interval within 0 to 1",
        unexpected_rows_query="""
            select keyword_id, date_basis, period_start_on, keyword_share, share_low, share_high from {batch}
            where not (0 <= share_low and share_low <= keyword_share + 1e-9
                and keyword_share <= share_high + 1e-9 and share_high <= 1)
        """,
    ),
    # At q = 0.05 and mostly steady keywords, a fifth of all tested rows moving is the corpus shifting, not science.
    gxe.UnexpectedRowsExpectation(
        description="at most a fifth of the tested rows are called rising or falling",
        severity=FailureSeverity.WARNING,
        unexpected_rows_query="""
            select count(*) filter (where verdict in ('rising', 'new', 'falling')) as moving, count(*) as tested
            from {batch} where verdict in ('rising', 'new', 'falling', 'steady')
            having count(*) filter (where verdict in ('rising', 'new', 'falling')) > 0.2 * count(*)
        """,
    ),
]
