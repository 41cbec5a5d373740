"""Gate 1: what may be assumed of extracted.texts."""

import great_expectations.expectations as gxe
from great_expectations.expectations.metadata_types import FailureSeverity

KEY = ["text_id"]
EXPECTATIONS = [
    gxe.ExpectColumnValuesToBeUnique(column="text_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="title_key"),
    # A title without one letter or digit folds to nothing, and all such titles would fold to the same nothing.
    gxe.ExpectColumnValueLengthsToBeBetween(column="title_key", min_value=1),
    gxe.ExpectColumnValuesToNotBeNull(column="language", mostly=0.9, severity=FailureSeverity.WARNING),
    gxe.UnexpectedRowsExpectation(
        description="cleaned text is one line",
        unexpected_rows_query="""
            select text_id from {batch} where contains(title, chr(10)) or contains(abstract, chr(10))
        """,
    ),
]
