"""Abstracts that were cut off: the last one of a dump that breaks off, and all of a dump that cuts at a fixed length.

That an abstract ends with an ellipsis is noticed for every layout in `assembly`.
"""

import polars as pl

from pipelines.parsing.layouts.text.evidence import FINISHED

#: Share of a dump's other abstracts that end as finished texts do, for the last to be judged by them, and their number.
_USUAL, _FEWEST = 0.8, 2
#: Characters below the longest in which cut abstracts end: a cut may be moved back to a word's end.
_SPREAD = 15
#: Abstracts in the pile at the longest length, and their share of the dump, that make it a limit.
_PILE, _PILE_SHARE = 3, 0.15


def find_truncated(entries: pl.DataFrame, ends: pl.DataFrame) -> pl.DataFrame:
    """Find the cut abstracts.

    Args: entries with entry, source, last_line, abstract; ends with source, last_line (of what is written) and
    is_open (no line feed after it).
    Returns: entry, one row per abstract that was cut.
    """
    whole = entries.drop_nulls("abstract").select(
        "entry",
        "source",
        "last_line",
        characters=pl.col("abstract").str.len_chars(),
        tail=pl.col("abstract").str.tail(120),
    )
    whole = whole.with_columns(is_finished=pl.col("tail").str.contains(FINISHED))
    number = pl.len().over("source")
    finished = pl.col("is_finished").sum().over("source")
    whole = whole.join(ends, on="source", how="left", suffix="_written")
    is_last = pl.col("is_open") & (pl.col("last_line") == pl.col("last_line_written"))
    breaks_off = is_last & (finished >= _USUAL * (number - 1)) & (number > _FEWEST)
    is_piled = (pl.col("characters") > pl.col("characters").max().over("source") - _SPREAD) & ~pl.col("is_finished")
    pile = is_piled.sum().over("source")
    is_limit = (pile >= _PILE) & (pile >= _PILE_SHARE * number)
    return whole.filter(~pl.col("is_finished") & (breaks_off | (is_limit & is_piled))).select("entry")
