"""Words that have been seen, numbered, and what is worked out of each: once, however many texts have it.

Nine in ten running words of a batch stood in the batch before. So tokens carry numbers of words, and a fact of words
(key, place, hash, terms) is a frame with a row for each number, to which only new words add.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Any

import numpy as np
import polars as pl

Describe = Callable[[pl.Series], pl.DataFrame]
Derive = Callable[[pl.DataFrame], pl.DataFrame]

#: Golden ratio in 64 bits: the product's first bits depend on all bits of a number (Knuth, TAOCP 3, 6.4).
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


class Places:
    """Numbers of 64 bits, each with its place in the order in which they were added; asked for millions at a time.

    A table with open addressing and linear probing (Knuth, TAOCP 3, 6.4, algorithm L), at most half full, in which a
    step looks once for all numbers.
    """

    def __init__(self) -> None:
        """No numbers yet."""
        self._numbers = np.empty(0, dtype=np.uint64)
        self._make_room(1 << 10)

    def __len__(self) -> int:
        """How many numbers there are."""
        return len(self._numbers)

    def find(self, numbers: np.ndarray) -> np.ndarray:
        """Place of each number, -1 where it has none."""
        slot = (numbers * _GOLDEN) >> self._shift
        place = self._place_at[slot]
        found = np.where(self._number_at[slot] == numbers, place, -1)
        asked = np.flatnonzero((found < 0) & (place >= 0))
        slot = slot[asked]
        while len(asked):
            slot = (slot + np.uint64(1)) & self._last
            place = self._place_at[slot]
            is_found = self._number_at[slot] == numbers[asked]
            found[asked[is_found]] = place[is_found]
            is_open = ~is_found & (place >= 0)
            asked, slot = asked[is_open], slot[is_open]
        return found

    def add(self, numbers: np.ndarray) -> None:
        """Give distinct numbers that have none the next places, in order."""
        first = len(self._numbers)
        self._numbers = np.concatenate((self._numbers, numbers))
        if 2 * len(self._numbers) > len(self._place_at):
            self._make_room(4 * len(self._numbers))
            numbers, first = self._numbers, 0
        places = np.arange(first, first + len(numbers), dtype=np.int32)
        slot = (numbers * _GOLDEN) >> self._shift
        while len(numbers):
            is_free = self._place_at[slot] < 0
            # Of several that want one slot the last stays in it, and the others go on.
            self._place_at[slot[is_free]], self._number_at[slot[is_free]] = places[is_free], numbers[is_free]
            is_left = self._place_at[slot] != places
            numbers, places = numbers[is_left], places[is_left]
            slot = (slot[is_left] + np.uint64(1)) & self._last

    def _make_room(self, least: int) -> None:
        bits = max(least - 1, 1).bit_length()
        self._shift, self._last = np.uint64(64 - bits), np.uint64((1 << bits) - 1)
        self._number_at = np.zeros(1 << bits, dtype=np.uint64)
        self._place_at = np.full(1 << bits, -1, dtype=np.int32)


class KnownWords:
    """Distinct words in the order in which they were first seen, and facts of them.

    Threads may share it. A number never changes its word, and a fact has a row at least for each word that the caller
    has numbered.
    """

    def __init__(self) -> None:
        """No words yet."""
        self._places = Places()
        self._words = pl.Series(dtype=pl.String)
        self._facts: dict[object, pl.DataFrame] = {}
        self._lock = RLock()

    def __len__(self) -> int:
        """How many words there are."""
        return len(self._places)

    @property
    def byte_count(self) -> int:
        """Bytes of the words."""
        return int(self._words.estimated_size())

    def number(self, words: pl.Series) -> np.ndarray:
        """The number of each word, new ones included."""
        hashes = words.hash().to_numpy()
        with self._lock:
            numbers = self._places.find(hashes)
            missing = np.flatnonzero(numbers < 0)
            if len(missing):
                # Two words of one hash would become one: of a million words no two have by 37 million to one.
                new = missing[np.unique(hashes[missing], return_index=True)[1]]
                new.sort()
                self._places.add(hashes[new])
                self._words = pl.concat([self._words, words.gather(new)], rechunk=True)
                numbers[missing] = self._places.find(hashes[missing])
        return numbers

    def facts(self, describe: Describe) -> pl.DataFrame:
        """Rows of `describe`, one per word, in the order of their numbers; asked of it for new words alone."""
        return self._extend(describe, lambda start: describe(self._words[start:]))

    def derived(self, derive: Derive, describe: Describe) -> pl.DataFrame:
        """Rows of `derive`, which is given those of `describe`."""
        return self._extend((derive, describe), lambda start: derive(self.facts(describe)[start:]))

    def _extend(self, name: object, add: Callable[[int], pl.DataFrame]) -> pl.DataFrame:
        with self._lock:
            known = self._facts.get(name)
            if known is None:
                known = add(0)
            elif known.height < len(self._places):
                known = pl.concat([known, add(known.height)], rechunk=True)
            self._facts[name] = known
            return known


def open_lists(lists: pl.Series, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, pl.Series]:
    """What lists hold that are taken several times.

    Args: lists: without nulls; at: which of them, in order.
    Returns: for each item its index in `at`, and its place among the values; the values of all lists.
    """
    arrow: Any = lists.rechunk().to_arrow(compat_level=pl.CompatLevel.newest())
    offsets = arrow.offsets.to_numpy().astype(np.int32)
    first, counts = offsets[:-1][at], np.diff(offsets)[at]
    owner = np.repeat(np.arange(len(at), dtype=np.int32), counts)
    first -= np.cumsum(counts, dtype=np.int32) - counts
    return owner, np.arange(len(owner), dtype=np.int32) + first[owner], pl.Series(arrow.values)


def used_places(places: np.ndarray, height: int) -> tuple[np.ndarray, np.ndarray]:
    """The distinct ones of places below `height`, ascending, and for each place its number among them."""
    is_used = np.zeros(height, dtype=bool)
    is_used[places] = True
    at = np.flatnonzero(is_used)
    numbers = np.empty(height, dtype=np.int32)
    numbers[at] = np.arange(len(at))
    return at, numbers[places]
