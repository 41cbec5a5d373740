"""Gate 2: what an analyst may rely on in marts.keyword_pairs."""

import great_expectations.expectations as gxe

from .rules import expects, pipeline

KEY = ["first_keyword_id", "second_keyword_id"]
RULES = [
    expects(
        gxe.ExpectColumnValuesToBeBetween(
            column="npmi", min_value=-1, max_value=1, description="npmi of a pair lies between -1 and 1"
        )
    ),
    pipeline(
        "no pair is in more papers than either of its keywords",
        """
            select first_keyword_id, second_keyword_id from {batch}
            where paper_count > least(first_paper_count, second_paper_count)
        """,
    ),
]
