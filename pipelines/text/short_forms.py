"""Words of a text that may be short for something: `LLM` in `LLM-based`, whatever the text makes of them.

What they stand for in a text that does not define them is decided in SQL; `abbreviations` finds definitions.
"""

import re

import numpy as np
import polars as pl

from .counting import list_by_row
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
    keys = tokens.derive(_list_short_keys)
    words = tokens.flat.select("row", "word").filter(keys["are_any"].gather(tokens.flat["word"])).unique()
    found = (
        words.select("row", key=keys["keys"].gather(words["word"]))
        .explode("key")
        .unique()
        .sort("row", "key")
        .group_by("row", maintain_order=True)
        .agg(short_keys="key")
    )
    return found.select(texts["text_id"].gather(found["row"]), "short_keys").cast(pl.Schema(SHORT_FORMS))


def _list_short_keys(words: pl.DataFrame) -> pl.DataFrame:
    """Short keys of each word, and whether there are any."""
    may_be = words["word"].str.contains(_CAPITALS).arg_true()
    keys = [_short_keys(word) for word in words["word"].gather(may_be).to_list()]
    counts = np.array([len(key) for key in keys], dtype=np.int64)
    flat = pl.Series([key for some in keys for key in some], dtype=pl.String)
    listed = list_by_row(np.repeat(may_be.to_numpy(), counts), flat, words.height)
    return pl.DataFrame({"keys": listed}).with_columns(are_any=pl.col("keys").list.len() > 0)


def _short_keys(word: str) -> list[str]:
    """Keys of the parts of a word that have capitals, and its own if one has."""
    parts = fold_parts(word)
    keys = [key for key, start, end in parts if _PART_CAPITALS.search(word[start:end])]
    return [*keys, " ".join(key for key, _, _ in parts)] if keys and len(parts) > 1 else keys
