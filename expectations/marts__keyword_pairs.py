"""Gate 2: what an analyst may rely on in marts.keyword_pairs."""

import great_expectations.expectations as gxe

KEY = ["first_keyword_id", "second_keyword_id"]
EXPECTATIONS = [
    gxe.ExpectColumnValuesToBeBetween(column="npmi", min_value=-1, max_value=1),
    gxe.UnexpectedRowsExpectation(
        description="no pair is in more papers than either of its keywords",
        unexpected_rows_query="""
            select first_keyword_id, second_keyword_id from {batch}
            where paper_count > least(first_paper_count, second_paper_count)
        """,
    ),
]
