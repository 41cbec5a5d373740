"""What a text says: cleaned text, phrases, links, abbreviations, language; and how common it is.

Work on one text at a time, in Polars; identity, counts over papers and scores are SQL. No Dagster, no DuckDB.
"""

from .background import read_background_terms, read_background_words
from .extraction import TEXT_VERSION, WORDS_OF, TextFacts, extract_texts
from .given import fold_given_keywords

__all__ = [
    "TEXT_VERSION",
    "WORDS_OF",
    "TextFacts",
    "extract_texts",
    "fold_given_keywords",
    "read_background_terms",
    "read_background_words",
]
