"""Random numbers that depend on nothing but their key: equal on every machine, Python and NumPy version.

A draw is a pure function of a 64-bit key (splitmix64's finaliser), so a paper reads the same whatever the order or
the batch it is made in. All arithmetic is on integers. What a draw is used for does not belong here.
"""

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def mix(keys: npt.NDArray[Any], salt: npt.NDArray[Any] | int) -> Keys:
    """Derive a new key from each key and a salt; equal inputs give equal keys, others unrelated ones."""
    with np.errstate(over="ignore"):
        mixed = keys.astype(np.uint64) + (np.asarray(salt).astype(np.uint64) + np.uint64(1)) * _GOLDEN
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
        return mixed ^ (mixed >> np.uint64(31))


def name_salt(name: str) -> int:
    """Return the salt a name stands for, stable for ever."""
    return zlib.crc32(name.encode())


def below(keys: Keys, limit: npt.NDArray[Any] | int) -> npt.NDArray[np.int64]:
    """Turn each key into a whole number from 0 up to, not including, `limit` (at most 2**31)."""
    return ((keys >> np.uint64(32)) * np.asarray(limit).astype(np.uint64) >> np.uint64(32)).astype(np.int64)


def draw(keys: npt.NDArray[Any], name: str, limit: npt.NDArray[Any] | int) -> npt.NDArray[np.int64]:
    """Draw for each key, under a name of its own, a whole number below `limit`."""
    return below(mix(keys, name_salt(name)), limit)
