"""Gate 1: what may be assumed of extracted.phrases."""

import great_expectations.expectations as gxe

from .rules import corpus, expects, pipeline

KEY = ["text_id", "phrase_key"]
RULES = [
    # Phrases are found in English and in texts of unknown language; twenty of those without one phrase is no accident.
    pipeline(
        "at least one phrase was found",
        """
            select count(*) as phrases from {batch}
            having count(*) = 0 and 20 <= (
                select count(*) from extracted.texts where language = 'en' and length(abstract) > 200
            )
        """,
    ),
    pipeline(
        "a phrase occurs, and no more often in the title than at all",
        """
            select text_id, phrase from {batch}
            where occurrence_count < 1 or title_count not between 0 and occurrence_count
        """,
    ),
    pipeline("candidates of a text are numbered from the best", "select text_id, phrase from {batch} where place < 1"),
    # Terms have up to four words; long forms of abbreviations up to five more than the short form has characters (10).
    expects(
        gxe.ExpectColumnValuesToBeBetween(
            column="word_count", min_value=1, max_value=15, description="a phrase has 1 to 15 words"
        )
    ),
    # A hundred words have twenty or so. Fewer than three candidates: the extractor has stopped seeing terms.
    corpus(
        "phrases of an English text with an abstract",
        """
            (
                select case when count(*) >= 20 then count(phrases.text_id) / count(distinct texts.text_id) end
                from extracted.texts as texts left join extracted.phrases as phrases on texts.text_id = phrases.text_id
                where texts.abstract is not null and texts.language = 'en'
            )
        """,
        lowest=3,
        tolerance=0.3,
    ),
]
