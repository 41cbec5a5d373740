"""Keywords that dumps carry, written by authors or machines: folded like phrases, so that SQL can compare them.

They stay apart from the keywords found in texts; nothing here looks at a text.
"""

import polars as pl

from .cleaning import clean_titles
from .folding import fold_phrase
from .schema import GIVEN_KEYWORDS

#: `Large Language Models (LLMs)`: what stands before the bracket says it.
_ABBREVIATED = r"^(.*[^\s(])\s*\([^()]*\)$"


def fold_given_keywords(keywords: pl.Series) -> pl.DataFrame:
    """Keys of distinct keywords as given.

    Returns: the columns of schema.GIVEN_KEYWORDS, in the given order; keywords of which nothing is left (signs) and
    ones too long to be a keyword are left out.
    """
    named = clean_titles(keywords).str.strip_chars(" .,;:").str.replace(_ABBREVIATED, "$1")
    keys = pl.Series([fold_phrase(name) for name in named.fill_null("").to_list()], dtype=pl.String)
    return pl.DataFrame({"keyword": keywords, "phrase_key": keys}, schema=GIVEN_KEYWORDS).filter(
        pl.col("phrase_key") != "", pl.col("keyword").str.len_chars() <= 100
    )
