"""What a text says: cleaned text, phrases, links, abbreviations, language.

Work on one text at a time, in Polars; identity, counts over papers and scores are SQL. No Dagster, no DuckDB.
"""

from pipelines.text.extraction import TEXT_VERSION, TextFacts, extract_texts

__all__ = ["TEXT_VERSION", "TextFacts", "extract_texts"]
