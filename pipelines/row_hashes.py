"""A number for a row of DuckDB's, by which rows that differ are told apart without looking at them again."""

from __future__ import annotations


def hashed_values(column: str, type: str) -> str:
    """What DuckDB's `hash` is given of a column, quoted: a text twice, the second time without its first letter.

    It reads eight bytes at a time and has one number for one in forty pairs of texts that differ in the eighth byte of
    two such pieces: `Vision-Augmented Table-to-Text` and the same with two other capitals. Those pairs are told apart
    one byte on (none of 20,000 was alike both ways). Ids are no such texts: their name alone is enough.
    """
    return f'"{column}", substr("{column}", 2)' if type == "VARCHAR" else f'"{column}"'
