"""Gate 2: what an analyst may rely on in marts.keywords."""

import great_expectations.expectations as gxe

KEY = ["keyword_id", "keyword"]
EXPECTATIONS = [
    gxe.ExpectColumnValueLengthsToBeBetween(column="keyword", min_value=2, max_value=120),
    gxe.UnexpectedRowsExpectation(
        description="no keyword is a piece of a link or of LaTeX",
        unexpected_rows_query=r"""
            select keyword_id, keyword from {batch}
            where regexp_matches(keyword, '(https?:|www\.|\.com\b|[\\{{}}$])')
        """,
    ),
    # The most frequent real keyword (large language models) is in 41 % of the papers. A word in most papers is a
    # stop word that got through. Below 50 papers a share says nothing.
    gxe.UnexpectedRowsExpectation(
        description="no keyword is in more than two thirds of the papers",
        unexpected_rows_query="""
            select keyword_id, keyword, paper_count from {batch}
            where paper_count > 50 and paper_count > 0.67 * (select count(*) from marts.papers)
        """,
    ),
]
