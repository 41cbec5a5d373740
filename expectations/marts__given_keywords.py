"""Gate 2: what an analyst may rely on in marts.given_keywords."""

import great_expectations.expectations as gxe

KEY = ["paper_id", "source", "keyword"]
EXPECTATIONS = [
    gxe.ExpectColumnValueLengthsToBeBetween(column="keyword", min_value=1, max_value=100),
    # More is a dump whose column of keywords holds something else.
    gxe.UnexpectedRowsExpectation(
        description="no source gives a paper more than sixty keywords",
        unexpected_rows_query="""
            select paper_id, source, count(*) as keywords from {batch}
            group by paper_id, source having count(*) > 60
        """,
    ),
]
