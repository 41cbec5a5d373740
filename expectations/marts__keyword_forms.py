"""Gate 2: what an analyst may rely on in marts.keyword_forms."""

import great_expectations.expectations as gxe

from .rules import corpus, expects, pipeline

KEY = ["keyword_id", "form"]
RULES = [
    expects(
        gxe.ExpectColumnValuesToBeBetween(
            column="confidence", min_value=0, max_value=1, description="the confidence of a form is a share"
        )
    ),
    pipeline(
        "a form stands in at least one paper, and at least as often as in papers",
        """
            select keyword_id, form, paper_count, occurrence_count from {batch}
            where paper_count < 1 or occurrence_count < paper_count
        """,
    ),
    # BiLSTM has 43 in 53,044 papers. Many more are strangers that share nothing but an empty key.
    corpus(
        "forms of the keyword with most of them",
        "(select max(forms) from (select count(*) as forms from marts.keyword_forms group by keyword_id))",
        highest=200,
        tolerance=1.0,
    ),
    corpus(
        "forms of a keyword",
        "case when count(distinct keyword_id) >= 20 then count(*) / count(distinct keyword_id) end",
        highest=5,
        tolerance=0.3,
    ),
]
