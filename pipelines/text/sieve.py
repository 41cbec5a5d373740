"""Which texts may have a key, told by the numbers of their words alone: few keys are new, and most texts have none.

What belongs here: numbers of a text's words, and going through keys piece by piece. A text that passes need not have a
key; one that has one passes. Looking for places is `mentions`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from .counting import list_by_row, run_starts
from .lexicon import word_classes
from .runs import number_keys

#: Pieces of keys that are gone through; of more keys every text passes, since most would.
MOST_PIECES = 1 << 20
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
#: First bits of a number that say at once that no piece has it.
_TABLE_BITS = 22


def shorten(numbers: np.ndarray) -> np.ndarray:
    """32 bits of a number of runs.number_keys, equal on every machine."""
    mixed = (numbers ^ (numbers >> _HALF)) * _MIX
    return (mixed >> _HALF).astype(np.uint32)


def list_parts(row: np.ndarray, part: np.ndarray, numbers: np.ndarray, height: int) -> pl.Series:
    """The short numbers of the distinct parts of each of `height` texts, ascending as unsigned ones.

    Args: row and part of each running part, and the number of each known part.
    """
    pairs = np.sort(row.astype(np.uint64) << _HALF | shorten(numbers)[part])
    pairs = pairs[run_starts(pairs)]
    values = pl.Series(pairs.astype(np.uint32).view(np.int32))
    return list_by_row((pairs >> _HALF).astype(np.int64), values, height)


class Sieve:
    """Tells of texts whether they may have one of some keys: whether their words make up the letters of one."""

    def __init__(self, keys: Sequence[str] | pl.Series, edges: pl.Series) -> None:
        """Take the keys apart.

        Args:
            keys: phrase keys, words parted by one space.
            edges: function words with which a key begins or ends; a run that does so with another one is none.
        """
        letters = pl.Series(keys, dtype=pl.String).str.replace_all(" ", "", literal=True)
        self._lengths = letters.str.len_chars().to_numpy().astype(np.int64)
        self._pieces: pl.DataFrame | None = None
        if (self._lengths * (self._lengths + 1)).sum() <= 2 * MOST_PIECES:
            self._pieces = _list_pieces(letters, edges)

    def find_possible(self, parts: pl.Series) -> np.ndarray:
        """Whether each text may have one of the keys; parts: of each text what list_parts says."""
        if self._pieces is None:
            return np.ones(len(parts), dtype=bool)
        flat = parts.explode(empty_as_null=False, keep_nulls=False).to_numpy().view(np.uint32)
        owner = np.repeat(np.arange(len(parts)), parts.list.len().to_numpy())
        pieces = _keep_present(self._pieces, flat)
        first, last = (
            _meet(flat, owner, pieces.filter(side, "is_edge")) for side in (pl.col("start") == 0, pl.col("is_closing"))
        )
        live = first.join(last, on=["owner", "key"], how="semi")
        # Sorted by owner and number, as the lists are one after another.
        known = owner.astype(np.uint64) << _HALF | flat
        is_possible = np.zeros(len(parts), dtype=bool)
        while live.height:
            is_whole = live["end"].to_numpy() == self._lengths[live["key"].to_numpy()]
            is_possible[live["owner"].to_numpy()[is_whole]] = True
            live = live.filter(~is_possible[live["owner"].to_numpy()])
            grown = live.select("owner", "key", start="end").join(pieces, on=["key", "start"])
            wanted = grown["owner"].to_numpy().astype(np.uint64) << _HALF | grown["number"].to_numpy()
            place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
            live = grown.filter(known[place] == wanted).select("owner", "key", "end").unique()
        return is_possible


def _list_pieces(letters: pl.Series, edges: pl.Series) -> pl.DataFrame:
    """Every piece of each key's letters: key (row), start, end, number (short), is_closing, is_edge."""
    rows = [
        (key, start, end, word[start:end], end == len(word))
        for key, word in enumerate(letters.to_list())
        for start in range(len(word))
        for end in range(start + 1, len(word) + 1)
    ]
    pieces = pl.DataFrame(
        rows,
        schema={"key": pl.Int64, "start": pl.Int64, "end": pl.Int64, "piece": pl.String, "is_closing": pl.Boolean},
        orient="row",
    )
    functions = pl.Series(sorted(word_classes()["stop"] - set(edges)), dtype=pl.String)
    return pieces.select(
        pl.exclude("piece"),
        number=pl.Series(shorten(number_keys(pieces["piece"])[0])),
        is_edge=~pl.col("piece").is_in(functions.implode()),
    )


def _keep_present(pieces: pl.DataFrame, flat: np.ndarray) -> pl.DataFrame:
    """The pieces whose number some text may have."""
    return pieces.filter(_mark(flat)[_head(pieces["number"].to_numpy())])


def _meet(flat: np.ndarray, owner: np.ndarray, pieces: pl.DataFrame) -> pl.DataFrame:
    """Columns owner (row of the text), key and end: the texts that have a piece."""
    at = np.flatnonzero(_mark(pieces["number"].to_numpy())[_head(flat)])
    held = pl.DataFrame({"owner": owner[at], "number": flat[at]}, schema={"owner": pl.Int64, "number": pl.UInt32})
    return held.join(pieces, on="number").select("owner", "key", "end")


def _mark(numbers: np.ndarray) -> np.ndarray:
    """By the first bits of a number, whether any of these begins so."""
    marks = np.zeros(1 << _TABLE_BITS, dtype=bool)
    marks[_head(numbers)] = True
    return marks


def _head(numbers: np.ndarray) -> np.ndarray:
    return numbers >> np.uint32(32 - _TABLE_BITS)
