"""Abstracts that were cut off: the last one of a dump that breaks off, and all of a dump that cuts at a fixed length.

That an abstract ends with an ellipsis is noticed for every layout in `assembly`.
"""

import polars as pl

from .evidence import FINISHED, OPEN_END

#: Abstracts beside the last one, and the share of them that must end as finished texts do, for its end to be judged by
#: theirs alone. One real abstract in fifty ends without a stop, and files break off more often than that.
_FEWEST, _FINISHED_SHARE = 5, 0.95
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
    whole = whole.join(ends, on="source", how="left", suffix="_written")
    number = pl.len().over("source")
    is_last = pl.col("is_open") & (pl.col("last_line") == pl.col("last_line_written"))
    finished = pl.col("is_finished").sum().over("source")
    others_finished = (finished >= _FINISHED_SHARE * (number - 1)) & (number > _FEWEST)
    is_piled = (pl.col("characters") > pl.col("characters").max().over("source") - _SPREAD) & ~pl.col("is_finished")
    pile = is_piled.sum().over("source")
    is_limit = (pile >= _PILE) & (pile >= _PILE_SHARE * number)
    whole = whole.with_columns(
        is_cut=others_finished | pl.col("tail").str.contains(OPEN_END), is_last=is_last, is_piled=is_limit & is_piled
    )
    open_end = ~pl.col("is_finished") & pl.col("is_last")
    in_words = _find_cut_words(whole.filter(open_end & ~pl.col("is_cut")), entries)
    is_cut = pl.col("is_cut") | pl.col("entry").is_in(in_words.implode())
    return whole.filter(pl.col("is_piled") | (open_end & is_cut)).select("entry")


def _find_cut_words(doubtful: pl.DataFrame, entries: pl.DataFrame) -> pl.Series:
    """Entries whose last word is none of their source's words, but the beginning of one."""
    last = doubtful.select(
        "entry", "source", last=pl.col("tail").str.to_lowercase().str.extract(r"(\p{L}{2,})$")
    ).drop_nulls()
    if not last.height:
        return pl.Series("entry", [], dtype=entries.schema["entry"])
    words = (
        entries.join(last, on="source", how="semi")
        .select("source", word=pl.col("abstract").str.to_lowercase().str.extract_all(r"\p{L}{2,}\b"))
        .explode("word")
        .group_by("source", "word")
        .agg(count=pl.len())
    )
    seen = last.join(words, on="source").filter(pl.col("word").str.starts_with(pl.col("last")))
    # The last word itself is there once.
    whole, longer = pl.col("word") == pl.col("last"), pl.col("word") != pl.col("last")
    return (
        seen.group_by("entry")
        .agg(times=pl.col("count").filter(whole).sum(), is_part=longer.any())
        .filter((pl.col("times") <= 1) & pl.col("is_part"))["entry"]
    )
