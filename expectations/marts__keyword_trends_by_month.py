"""Gate 2: what an analyst may rely on in marts.keyword_trends_by_month."""

import great_expectations.expectations as gxe

from .rules import corpus, expects, pipeline

KEY = ["keyword_id", "date_basis", "period_start_on"]
VERDICTS = ["rising", "new", "falling", "spike", "steady", "insufficient_dates", "insufficient_support"]
RULES = [
    expects(
        gxe.ExpectColumnValuesToBeInSet(column="verdict", value_set=VERDICTS, description="a verdict is a known one")
    ),
    expects(
        gxe.ExpectColumnValuesToBeInSet(
            column="date_basis",
            value_set=["published", "listed", "captured"],
            description="papers are counted by publication, listing or capture",
        )
    ),
    pipeline(
        "a share lies within its interval, and the interval within 0 to 1",
        """
            select keyword_id, date_basis, period_start_on, keyword_share, share_low, share_high from {batch}
            where not (0 <= share_low and share_low <= keyword_share + 1e-9
                and keyword_share <= share_high + 1e-9 and share_high <= 1)
        """,
    ),
    # At q = 0.05 and mostly steady keywords, a fifth of all tested rows moving is the corpus shifting, not science.
    corpus(
        "share of the tested rows that are called rising or falling",
        """
            avg((direction is not null)::int)
            filter (where not starts_with(verdict, 'insufficient'))
        """,
        highest=0.2,
    ),
]
