"""Gate 1: what may be assumed of text.phrases."""

import great_expectations.expectations as gxe

KEY = ["text_id", "field", "phrase"]
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, description="at least one phrase was found"),
    gxe.ExpectColumnValuesToBeInSet(column="field", value_set=["title", "abstract"]),
    gxe.UnexpectedRowsExpectation(
        description="offsets of a phrase are as many as its occurrences",
        unexpected_rows_query="""
            select text_id, field, phrase from {batch} where len(starts) <> occurrence_count
        """,
    ),
    # Terms have up to four words; long forms of abbreviations up to five more than the short form has characters (10).
    gxe.ExpectColumnValuesToBeBetween(column="word_count", min_value=1, max_value=15),
    # Fewer than three candidates a text in the mean: the extractor has stopped seeing terms.
    gxe.UnexpectedRowsExpectation(
        # A title alone has one or two.
        description="texts with an abstract have at least three phrases in the mean",
        unexpected_rows_query="""
            select count(*) as phrases, count(distinct text_id) as texts from {batch}
            where text_id in (select text_id from text.texts where abstract is not null)
            having count(*) < 3 * count(distinct text_id)
        """,
    ),
]
