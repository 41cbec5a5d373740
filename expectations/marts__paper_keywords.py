"""Gate 2: what an analyst may rely on in marts.paper_keywords."""

import great_expectations.expectations as gxe

KEY = ["paper_id", "keyword_id"]
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, description="at least one paper has a keyword"),
    gxe.ExpectColumnValuesToBeBetween(column="keyword_rank", min_value=1),
    gxe.UnexpectedRowsExpectation(
        # A title alone has one or two terms.
        description="papers with an abstract and keywords have at least three of them in the mean",
        unexpected_rows_query="""
            select count(*) as keywords, count(distinct paper_id) as papers from {batch}
            where paper_id in (select paper_id from marts.papers where abstract is not null)
            having count(*) < 3 * count(distinct paper_id)
        """,
    ),
]
