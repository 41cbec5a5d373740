"""Words of a text that may be short for something: `LLM` in `LLM-based`, whatever the text makes of them.

What they stand for in a text that does not define them is decided in SQL; `abbreviations` finds definitions.
"""

import re
from functools import lru_cache

import polars as pl

from .folding import fold_parts
from .schema import SHORT_FORMS
from .tokens import Tokens

#: Two capitals, a capital and a digit, or a capital inside.
_CAPITALS = r"\p{Lu}.*[\p{Lu}\p{N}]|[\p{Ll}\p{N}]\p{Lu}"
_PART_CAPITALS = re.compile(r"[^\W\d_a-zß-ÿα-ω].*(?:\d|[^\W\d_a-zß-ÿα-ω])|[a-zß-ÿα-ω\d][^\W\d_a-zß-ÿα-ω]")


def find_short_forms(texts: pl.DataFrame, tokens: Tokens) -> pl.DataFrame:
    """Keys of the words and parts of words with capitals of each text that has some.

    Args: texts: text_id; their tokens in the same order.
    Returns: the columns of schema.SHORT_FORMS, texts in the given order, keys sorted.
    """
    words = tokens.words.select("word").with_row_index("number").filter(pl.col("word").str.contains(_CAPITALS))
    taken = [
        (number, key)
        for number, word in zip(words["number"].to_list(), words["word"].to_list(), strict=True)
        for key in _short_keys(word)
    ]
    keys = pl.DataFrame(taken, schema={"word": pl.UInt32, "key": pl.String}, orient="row")
    found = (
        tokens.flat.select("row", "word")
        .filter(pl.col("word").is_in(keys["word"].implode()))
        .unique()
        .join(keys, on="word")
        .unique(["row", "key"])
        .sort("row", "key")
        .group_by("row", maintain_order=True)
        .agg(short_keys="key")
    )
    return found.select(texts["text_id"].gather(found["row"]), "short_keys").cast(pl.Schema(SHORT_FORMS))


@lru_cache(maxsize=1 << 16)
def _short_keys(word: str) -> list[str]:
    """Keys of the parts of a word that have capitals, and its own if one has."""
    parts = fold_parts(word)
    keys = [key for key, start, end in parts if _PART_CAPITALS.search(word[start:end])]
    return [*keys, " ".join(key for key, _, _ in parts)] if keys and len(parts) > 1 else keys
