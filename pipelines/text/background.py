"""How common words and terms are in machine-learning papers at large, for warehouses too small to know it themselves.

The tables beside this module are shares. Those of words and terms are made by `python -m benchmarks background`; SQL
adds them to the warehouse's own counts as if it held `background_papers` more papers. Titles that different works carry
(`Introduction`, `Guest Editorial`) hardly occur among papers, so the words of such titles have a table of their own.
"""

from functools import cache
from pathlib import Path

import polars as pl

from .schema import BACKGROUND_TERMS, BACKGROUND_WORDS

_FOLDER = Path(__file__).with_name("background")
WORDS_FILE = _FOLDER / "words.csv"
TERMS_FILE = _FOLDER / "terms.csv"
_REPEATED_TITLES_FILE = _FOLDER / "repeated_titles.csv"
#: What a word tells that the background does not hold: it is rarer than one text in so many (a power of two).
UNKNOWN_WORD_BITS = 12


def read_background_words() -> pl.DataFrame:
    """The columns of schema.BACKGROUND_WORDS, sorted by word."""
    return pl.read_csv(WORDS_FILE, schema=BACKGROUND_WORDS)


def read_background_terms() -> pl.DataFrame:
    """The columns of schema.BACKGROUND_TERMS, sorted by term_key."""
    return pl.read_csv(TERMS_FILE, schema=BACKGROUND_TERMS)


@cache
def weigh_words() -> pl.DataFrame:
    """Word and bits of each folded word of the background: how much it tells that two titles have it.

    Bits are the binary logarithm of one text in how many has the word, or of one title in how many among those that
    different works carry, whichever is less; whole numbers, so that sums do not depend on their order.
    """
    shares = pl.concat(
        [
            read_background_words().select("word", share="text_share"),
            pl.read_csv(_REPEATED_TITLES_FILE, schema={"word": pl.String, "share": pl.Float64}),
        ]
    )
    bits = (-pl.col("share").max().log(2)).round().cast(pl.Int64).clip(0, UNKNOWN_WORD_BITS)
    return shares.filter(pl.col("share") > 0).group_by("word", maintain_order=True).agg(bits=bits)
