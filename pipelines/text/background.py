"""How common words and terms are in machine-learning papers at large, for warehouses too small to know it themselves.

The two tables beside this module are shares made by `python -m benchmarks background`; SQL adds them to the warehouse's
own counts as if it held `background_papers` more papers.
"""

from pathlib import Path

import polars as pl

from .schema import BACKGROUND_TERMS, BACKGROUND_WORDS

_FOLDER = Path(__file__).with_name("background")
WORDS_FILE = _FOLDER / "words.csv"
TERMS_FILE = _FOLDER / "terms.csv"


def read_background_words() -> pl.DataFrame:
    """The columns of schema.BACKGROUND_WORDS, sorted by word."""
    return pl.read_csv(WORDS_FILE, schema=BACKGROUND_WORDS)


def read_background_terms() -> pl.DataFrame:
    """The columns of schema.BACKGROUND_TERMS, sorted by term_key."""
    return pl.read_csv(TERMS_FILE, schema=BACKGROUND_TERMS)
