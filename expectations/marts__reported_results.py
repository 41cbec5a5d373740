"""Gate 2: what an analyst may rely on in marts.reported_results."""

import great_expectations.expectations as gxe

KEY = ["paper_id", "start_offset"]
EXPECTATIONS = [
    gxe.ExpectColumnValuesToBeInSet(column="direction", value_set=["up", "down", "reached"]),
    gxe.UnexpectedRowsExpectation(
        description="the figure or claim stands in the sentence given for it",
        unexpected_rows_query="select paper_id, start_offset from {batch} where position(surface in sentence) = 0",
    ),
]
