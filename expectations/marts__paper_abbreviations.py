"""Gate 2: what an analyst may rely on in marts.paper_abbreviations."""

import great_expectations.expectations as gxe

KEY = ["paper_id", "short_key"]
EXPECTATIONS = [
    gxe.ExpectColumnValuesToBeInSet(
        column="rule", value_set=["definition", "long_form", "dominant", "context", "override", "ambiguous"]
    ),
    # One in fifteen of the real ones is. Where most are, definitions are no longer found.
    gxe.UnexpectedRowsExpectation(
        description="at most half of the abbreviations are ambiguous",
        unexpected_rows_query="""
            select count(*) as uses from {batch}
            having count(*) >= 20 and count(*) filter (where rule = 'ambiguous') > 0.5 * count(*)
        """,
    ),
]
