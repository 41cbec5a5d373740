"""Content lines to units, each labelled title or abstract by its shape and that of its neighbours.

A unit is a line, or the lines of one hard-wrapped paragraph. How units make entries is `pairing`'s.
"""

import polars as pl

from .evidence import OPEN_END, PROSE_BYTES, SURE_PROSE, SURE_TITLE, find_overlaps, weigh_shape
from .page_lines import NO_SOURCE
from .wrapping import find_wrapped, join_divided

#: arXiv takes no abstract longer than this.
ABSTRACT_LIMIT = 1_920
#: Halves of titles have as many of their words in the abstracts after them, taken together; strays by chance.
_SPEAKING = 0.75
#: Share of titles with a final stop, of so many, below which a stop speaks against a title, and how much.
_FEW_STOPS, _MANY_TITLES, _STOP = 0.1, 10, -2.5
#: Longest line, in characters, that a page is taken to repeat.
_STRAY_CHARACTERS = 60


def build_units(content: pl.DataFrame) -> pl.DataFrame:
    """Make each line a unit, except that the lines of a hard-wrapped paragraph are one.

    Returns: the columns of content, with first_line and last_line for line_no, and is_dehyphenated.
    """
    units = content.with_columns(first_line=pl.col("line_no"), last_line=pl.col("line_no")).drop("line_no")
    runs_on = find_wrapped(units)
    if runs_on is None:
        return units.with_columns(is_dehyphenated=pl.lit(False))
    units = (
        units.with_columns(unit=(~runs_on).cum_sum())
        .group_by("unit", maintain_order=True)
        .agg(
            pl.first("source", "is_unglued", "gap", "is_fenced", "first_line"),
            pl.last("last_line"),
            text=pl.col("text").str.join("\n"),
        )
        .drop("unit")
    )
    return join_divided(units)


def label_units(units: pl.DataFrame) -> pl.DataFrame:
    """Label each unit title or prose by its own shape.

    Adds: characters, shape (log-odds of a title), is_title, is_first, is_last.
    """
    units = units.with_columns(
        characters=pl.col("text").str.len_chars(),
        is_first=pl.col("source") != pl.col("source").shift(1).fill_null(NO_SOURCE),
        is_last=pl.col("source") != pl.col("source").shift(-1).fill_null(NO_SOURCE),
    )
    is_short = (units["text"].str.len_bytes() <= PROSE_BYTES).arg_true()
    shapes = pl.repeat(SURE_PROSE, units.height, dtype=pl.Float64, eager=True)
    short = units[is_short].select("source", "text", shape=weigh_shape(pl.col("text")))
    is_title, is_stopped = pl.col("shape") > 0, pl.col("text").str.contains(r"[.。]$")
    stopped = (is_title & is_stopped).sum().over("source") / is_title.sum().over("source").clip(1, None)
    short = short.with_columns(
        # Where hardly a title ends with a stop, a short line that does is the end of a text.
        shape=pl.col("shape")
        + pl.when(is_stopped & (stopped < _FEW_STOPS) & (is_title.sum().over("source") >= _MANY_TITLES))
        .then(_STOP)
        .otherwise(0.0)
    )
    shapes = shapes.scatter(is_short, short["shape"].clip(SURE_PROSE, SURE_TITLE))
    return units.with_columns(shape=shapes).with_columns(is_title=pl.col("shape") > 0)


def part_strays(units: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part lines that a page repeats from its titles and texts: returns units, and the strays among them.

    A short line is a stray if it occurs again, each time beside another title-shaped line or at an end, and does not
    speak of the texts after it: a title that two papers share stands between two abstracts, and half a title does.
    """
    is_candidate = pl.col("is_title") & (pl.col("characters") <= _STRAY_CHARACTERS)
    is_beside = pl.col("is_first") | pl.col("is_last") | pl.col("is_title").shift(1) | pl.col("is_title").shift(-1)
    # The second half of `Learning: / A Survey` may come again as well.
    is_awaited = pl.col("is_title").shift(1) & pl.col("text").shift(1).str.contains(OPEN_END)
    after = pl.when(~pl.col("is_title")).then("text").backward_fill().over("source")
    repeated = units.filter(is_candidate).select(pl.struct("source", "text").is_duplicated().any())
    if not repeated.item():
        return units, units.clear()
    candidates = (
        units.with_columns(
            is_beside=is_beside.fill_null(True) & ~(is_awaited.fill_null(False) & ~pl.col("is_first")), after=after
        )
        .filter(is_candidate)
        .filter(pl.struct("source", "text").is_duplicated())
        .with_row_index("row")
    )
    overlaps = find_overlaps(candidates.select("row", words_of="text", inside="after"))
    # Words too common to tell stand for themselves.
    is_said = pl.col("after").str.to_lowercase().str.contains(pl.col("text").str.to_lowercase(), literal=True)
    speaks = pl.coalesce("overlap", is_said.cast(pl.Float64)).fill_null(0.0).mean() >= _SPEAKING
    repeated = (
        candidates.join(overlaps, on="row", how="left", maintain_order="left")
        .group_by("source", "text")
        .agg(is_stray=pl.col("is_beside").all() & ~speaks)
    )
    units = units.join(repeated, on=["source", "text"], how="left", maintain_order="left").with_columns(
        pl.col("is_stray").fill_null(False) & pl.col("is_title")
    )
    strays = units.filter("is_stray").drop("is_stray")
    fences = pl.col("is_stray").cast(pl.UInt32).cum_sum()
    kept = (
        units.with_columns(fences=fences)
        .filter(~pl.col("is_stray"))
        .with_columns(
            is_fenced=pl.col("is_fenced") | (pl.col("fences") != pl.col("fences").shift(1, fill_value=0)),
            is_first=pl.col("source") != pl.col("source").shift(1).fill_null(NO_SOURCE),
            is_last=pl.col("source") != pl.col("source").shift(-1).fill_null(NO_SOURCE),
        )
        .drop("fences", "is_stray")
    )
    return kept, strays
