"""Gate 1: what may be assumed of extracted.texts."""

import great_expectations.expectations as gxe

from .rules import corpus, expects, pipeline, record

KEY = ["text_id"]
RULES = [
    # A title that folds to nothing would fold to what all such titles fold to: strangers would be one paper.
    record(
        "a title without markup has a letter or a digit",
        """
            select text_id, 'nothing is left of the title without its markup' as because
            from {batch} where coalesce(title_key, '') = ''
        """,
        reason="no_title",
    ),
    expects(gxe.ExpectColumnValuesToBeUnique(column="text_id", description="a text has one id")),
    pipeline(
        "cleaned text is one line",
        "select text_id from {batch} where contains(title, chr(10)) or contains(abstract, chr(10))",
    ),
    corpus(
        "share of texts whose language is known",
        "case when count(*) >= 20 then count(language) / count(*) end",
        lowest=0.5,
        tolerance=0.2,
    ),
    # Keywords are found in English alone; a corpus in other languages is read, and has few.
    corpus(
        "share of texts in English",
        "case when count(*) >= 20 then avg((language = 'en')::int) end",
        lowest=0.5,
        tolerance=0.2,
    ),
]
