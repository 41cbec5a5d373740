"""Gate 2: what an analyst may rely on in marts.keyword_forms."""

import great_expectations.expectations as gxe

KEY = ["keyword_id", "form"]
EXPECTATIONS = [
    gxe.ExpectColumnValuesToBeBetween(column="confidence", min_value=0, max_value=1),
    # Seventeen forms is the most a real keyword has (multimodal large language models). Many more are strangers that
    # share nothing but an empty key.
    gxe.UnexpectedRowsExpectation(
        description="no keyword has more than forty forms",
        unexpected_rows_query="""
            select keyword_id, min(form) as form, count(*) as forms from {batch}
            group by keyword_id having count(*) > 40
        """,
    ),
]
