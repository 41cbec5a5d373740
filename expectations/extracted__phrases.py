"""Gate 1: what may be assumed of extracted.phrases."""

import great_expectations.expectations as gxe

from .sizes import judge_by_size

KEY = ["text_id", "field", "phrase"]
EXPECTATIONS = [
    *judge_by_size(
        description="at least one phrase was found",
        query="select count(*) as found from {batch} having count(*) = 0",
        count="(select count(*) from extracted.texts)",
    ),
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
    *judge_by_size(
        # A title alone has one or two.
        description="texts with an abstract have at least three phrases in the mean",
        query="""
            select count(*) as phrases, count(distinct text_id) as texts from {batch}
            where text_id in (select text_id from extracted.texts where abstract is not null)
            having count(*) < 3 * count(distinct text_id)
        """,
        count="count(distinct text_id)",
    ),
]
