"""Runs of words as numbers: the same number where the letters of two runs are the same in order.

As in the macro close_words, `pre-training`, `pre training` and `pretraining` are one. A run's number is made of its
words' numbers without looking at letters again (Karp and Rabin 1987).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from .lexicon import word_classes

#: The number of letters l1 l2 ... is l1 B^(n-1) + l2 B^(n-2) + ..., modulo 2^64; B is odd and so can be divided by.
BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(BASE, -1, 1 << 64)
_ONE = np.ones(1, dtype=np.uint64)
#: Keys whose letters are numbers in memory at a time.
_KEYS_AT_ONCE = 4_096
#: What parts two words of a key that have to stay apart: two numbers, and a function word from any other.
_DIGITS_APART, _FUNCTION_APART = ord("_"), ord(" ")


@dataclass(frozen=True)
class RunningWords:
    """Numbers of running words, each word knowing the one before it: what a run's number is made of.

    Attributes:
        number, length: of each word alone; length in bytes.
        times, plus, added: what the number of a run is multiplied by and what is added where this word follows, and
            by how many bytes it grows.
        is_function: whether it is a function word.
    """

    number: np.ndarray
    length: np.ndarray
    times: np.ndarray
    plus: np.ndarray
    added: np.ndarray
    is_function: np.ndarray

    @classmethod
    def of_keys(cls, keys: pl.DataFrame, ids: np.ndarray, closing: bool = False) -> "RunningWords":
        """Args: of describe_keys; the key of each running word; whether function words are joined like any other."""
        number, factor, length, begins, ends, is_function = (keys[name].to_numpy()[ids] for name in KEY_FACTS)
        times, plus, added = factor, number.copy(), length.copy()
        is_binding = (is_function[1:] | is_function[:-1]) & (not closing)
        are_numbers = begins[1:] & ends[:-1] & ~is_binding
        for is_apart, sign in ((are_numbers, _DIGITS_APART), (is_binding, _FUNCTION_APART)):
            at = np.flatnonzero(is_apart) + 1
            plus[at] += factor[at] * np.uint64(sign)
            times[at] *= np.uint64(BASE)
            added[at] += 1
        return cls(number, length, times, plus, added, is_function)


#: What a run's number is made of: number_keys of a key, whether it begins and ends with a digit, and function words.
KEY_FACTS = {
    "number": pl.UInt64(),
    "factor": pl.UInt64(),
    "length": pl.Int64(),
    "begins": pl.Boolean(),
    "ends": pl.Boolean(),
    "is_function": pl.Boolean(),
}


def describe_keys(keys: pl.Series) -> pl.DataFrame:
    """The columns of KEY_FACTS, a row per key."""
    number, factor, length = number_keys(keys)
    return pl.DataFrame(
        {
            "number": number,
            "factor": factor,
            "length": length,
            "begins": keys.str.contains(r"^[0-9]"),
            "ends": keys.str.contains(r"[0-9]$"),
            "is_function": keys.is_in(pl.Series(sorted(word_classes()["stop"])).implode()),
        },
        schema=KEY_FACTS,
    )


def number_keys(keys: pl.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number of each key, base to the power of its length, length in bytes."""
    pieces = [_number_some(keys[at : at + _KEYS_AT_ONCE]) for at in range(0, max(len(keys), 1), _KEYS_AT_ONCE)]
    number, factor, length = (np.concatenate(columns) for columns in zip(*pieces, strict=True))
    return number, factor, length


def _number_some(keys: pl.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same, with six numbers in memory for each of their letters."""
    length = keys.str.len_bytes().to_numpy().astype(np.int64)
    letters = np.frombuffer("".join(keys.to_list()).encode(), dtype=np.uint8).astype(np.uint64)
    powers, inverses = (
        np.cumprod(np.concatenate((_ONE, np.full(len(letters), base, dtype=np.uint64)))) for base in (BASE, _INVERSE)
    )
    sums = np.cumsum(np.concatenate((_ONE - _ONE, letters * inverses[:-1])))
    ends = np.cumsum(length)
    return (sums[ends] - sums[ends - length]) * powers[np.maximum(ends - 1, 0)], powers[length], length


def compose_runs(words: RunningWords, first: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number and bytes of each run of `counts` words from `first` on."""
    numbers, lengths = words.number[first], words.length[first]
    for step in range(1, int(counts.max(initial=0))):
        longer = np.flatnonzero(counts > step)
        at = first[longer] + step
        numbers[longer] = numbers[longer] * words.times[at] + words.plus[at]
        lengths[longer] += words.added[at]
    return numbers, lengths


def close_keys(keys: pl.Series) -> pl.Series:
    """Keys without spaces, as the macro close_words has them: an underscore parts two numbers."""
    return keys.str.replace_all(r"([0-9]) ([0-9])", "${1}_${2}").str.replace_all(" ", "", literal=True)
