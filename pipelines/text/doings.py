"""Gerunds of running text that say what is done to something: `a method for answering questions`, `Weaving a Web`.

Whether such words are a term nevertheless (`Scaling Laws` at the beginning of a title) is told by other papers, which
have them where only a noun can be (`the scaling laws`): here they only do not count as standing alone.
"""

import polars as pl

from .tokens import Tokens
from .vocabulary import Place


def find_doings(tokens: Tokens, is_joined: pl.Series) -> pl.DataFrame:
    """Where a gerund is rather a verb than a noun.

    Args:
        tokens: of a batch of texts.
        is_joined: per row of the flat tokens, whether a phrase may hold the word and the one before it.
    Returns: rows as in the flat tokens: opens_doing (the gerund and its object, which follows, are no term),
        is_moved (the gerund has an object that is none of the phrase), is_object (what is done something to begins
        here, and nothing that belongs to it stands before).
    """
    places = tokens.words["places"].gather(tokens.flat["word"])
    touches = tokens.flat["is_joined"]

    def has(role: int) -> pl.Series:
        return (places & role) != 0

    def follows(role: int) -> pl.Series:
        return has(role).shift(1, fill_value=False) & touches

    # What has a hyphen is hardly ever a verb: self-improving agents.
    is_plain = tokens.derive(_describe_hyphens)["is_plain"].gather(tokens.flat["word"])
    is_gerund, is_nominal = has(Place.GERUND) & is_plain, has(Place.NOMINAL)
    in_title = ~tokens.flat["in_abstract"].cast(pl.Boolean)
    opens_title = ~touches & in_title
    # Models of Hugging Face have a name there.
    is_named = has(Place.NAME) & touches
    is_signed = opens_title | follows(Place.PURPOSE_SIGN) | (~is_nominal & (~touches | follows(Place.DOING_SIGN)))
    is_signed = is_signed & (in_title | ~is_named)
    opens_doing = is_gerund & is_signed & ~is_joined & is_joined.shift(-1, fill_value=False)
    has_object = (has(Place.OBJECT_SIGN) & touches).shift(-1, fill_value=False)
    return pl.DataFrame(
        {
            "opens_doing": opens_doing,
            "is_moved": is_gerund & has_object,
            "is_object": (opens_doing & ~is_nominal & ~is_named).shift(1, fill_value=False),
        }
    )


def _describe_hyphens(words: pl.DataFrame) -> pl.DataFrame:
    return words.select(is_plain=~pl.col("word").str.contains("-", literal=True))
