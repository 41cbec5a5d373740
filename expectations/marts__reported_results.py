"""Gate 2: what an analyst may rely on in marts.reported_results."""

import great_expectations.expectations as gxe

from .rules import expects, pipeline

KEY = ["paper_id", "start_offset"]
RULES = [
    expects(
        gxe.ExpectColumnValuesToBeInSet(
            column="direction", value_set=["up", "down", "reached"], description="a result goes up, down or is reached"
        )
    ),
    pipeline(
        "the figure or claim stands in the sentence given for it",
        "select paper_id, start_offset from {batch} where position(surface in sentence) = 0",
    ),
]
