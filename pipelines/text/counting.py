"""Counting over flat columns by numbering and sorting: several times as fast as grouping rows.

Numbers only; what they stand for is the callers' work. Whatever is empty stays empty.
"""

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc


def number_values(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Distinct values in order of appearance, and for each value its number among them; there are no nulls."""
    encoded: Any = pc.dictionary_encode(values.to_arrow())
    return pl.Series(encoded.dictionary), pl.Series(encoded.indices).cast(pl.UInt32)


def pair_numbers(rows: np.ndarray, values: np.ndarray, width: int) -> np.ndarray:
    """One number for each pair of a row and a value below `width`; row // width and value % width give them back."""
    return rows.astype(np.uint64) * np.uint64(width) + values.astype(np.uint64)


def sum_weights(numbers: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct numbers (below 2^62), ascending, and the sum of the weights (0 to 3) of each."""
    packed = np.sort(numbers << np.uint64(2) | weights.astype(np.uint64))
    sorted_numbers = packed >> np.uint64(2)
    starts = run_starts(sorted_numbers)
    return sorted_numbers[starts], sum_runs(packed & np.uint64(3), starts)


def run_starts(values: np.ndarray) -> np.ndarray:
    """Where a sorted array's runs of equal values begin."""
    return np.flatnonzero(np.concatenate((np.ones(min(len(values), 1), dtype=bool), values[1:] != values[:-1])))


def sum_runs(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The sum of each run; whole numbers wrap around."""
    return np.add.reduceat(values, starts) if len(starts) else values[:0]


def rank_in_runs(starts: np.ndarray, height: int) -> tuple[np.ndarray, np.ndarray]:
    """0-based place of each of `height` values in its run, and how many the run has."""
    lengths = np.diff(starts, append=height)
    return np.arange(height) - np.repeat(starts, lengths), np.repeat(lengths, lengths)


def list_by_row(rows: np.ndarray, values: pl.Series, height: int) -> pl.Series:
    """The values of each of `height` rows as a list, in order; rows are ascending, and one without values is empty."""
    offsets = np.searchsorted(rows, np.arange(height + 1))
    # As Polars keeps them: other strings would be copied twice.
    items: Any = values.to_arrow(compat_level=pl.CompatLevel.newest())
    lists: Any = pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), items)
    return pl.Series(lists)
