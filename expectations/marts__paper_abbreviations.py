"""Gate 2: what an analyst may rely on in marts.paper_abbreviations."""

import great_expectations.expectations as gxe

from .rules import corpus, expects

KEY = ["paper_id", "short_key"]
RULES = [
    expects(
        gxe.ExpectColumnValuesToBeInSet(
            column="rule",
            value_set=["definition", "long_form", "dominant", "context", "override", "ambiguous"],
            description="what resolves an abbreviation is a known rule",
        )
    ),
    # One in fifteen of the real ones is; of titles alone, where nobody defines anything, most may be.
    corpus(
        "share of abbreviations that stay ambiguous",
        "case when count(*) >= 20 then avg((rule = 'ambiguous')::int) end",
        highest=0.5,
        tolerance=1.0,
    ),
]
