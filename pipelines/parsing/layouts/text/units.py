"""Content lines to units, each labelled title or abstract by its shape and that of its neighbours.

A unit is a line, or the lines of one hard-wrapped paragraph. How units make entries is `pairing`'s.
"""

import math

import polars as pl

from pipelines.parsing.layouts.text.evidence import OPEN_END, USUAL_OVERLAP, find_overlaps, small_share
from pipelines.parsing.layouts.text.page_lines import NO_SOURCE

#: Where title and abstract lengths meet: between the longest titles (200) and the shortest abstracts (165) of real
#: dumps.
PIVOT_CHARACTERS = 230
#: Typical lengths, the neighbours assumed at the two ends of a dump.
TITLE_CHARACTERS, ABSTRACT_CHARACTERS = 75, 1_300
#: arXiv takes no abstract longer than this, so two paragraphs together longer than it are hardly one abstract.
ABSTRACT_LIMIT = 1_920
#: Text is hard-wrapped at 72 to 100 columns; terminals go a little wider.
_WIDEST_WRAP = 160


def build_units(content: pl.DataFrame) -> pl.DataFrame:
    """Make each line a unit, except that the lines of a hard-wrapped paragraph are one.

    Returns: the columns of content, with first_line and last_line for line_no.
    """
    units = content.with_columns(first_line=pl.col("line_no"), last_line=pl.col("line_no")).drop("line_no")
    is_close = (
        (pl.col("gap") == 0)
        & ~pl.col("is_fenced")
        & (pl.col("source") == pl.col("source").shift(1).fill_null(NO_SOURCE))
    )
    size = pl.col("text").str.len_chars()
    is_narrow = size <= _WIDEST_WRAP
    if units.select((is_close & is_narrow & is_narrow.shift(1)).sum()).item() < 2:
        return units
    units = units.with_columns(block=(~is_close).cum_sum(), size=size)
    # An address too long for a line stands out of the column.
    broken = pl.col("size").filter(pl.col("text").str.contains(" ", literal=True))
    blocks = units.group_by("block").agg(
        line_count=pl.len(),
        width=broken.max(),
        full_share=(broken >= 0.8 * broken.max()).mean(),
    )
    # Wrapped text fills its lines; a list of titles does not.
    wrapped = blocks.filter(
        pl.col("line_count") >= 3, pl.col("width") <= _WIDEST_WRAP, pl.col("full_share") > 0.5
    ).select("block", "width", is_crowded=pl.col("line_count") * pl.col("width") > 1.5 * ABSTRACT_LIMIT)
    units = units.join(wrapped, on="block", how="left", maintain_order="left")
    units = units.with_columns(is_break=_find_wrapped_breaks(is_close))
    return (
        units.with_columns(unit=pl.col("is_break").cum_sum())
        .group_by("unit", maintain_order=True)
        .agg(
            pl.first("source", "is_unglued", "gap", "is_fenced", "first_line"),
            pl.last("last_line"),
            text=pl.col("text").str.join("\n"),
        )
        .drop("unit")
    )


def _find_wrapped_breaks(is_close: pl.Expr) -> pl.Expr:
    """Where a line of a hard-wrapped block starts something new.

    A wrapped line ends where the next word did not fit: where it would have fitted, something ended. In a block that
    holds more than one abstract can, the change between a title's capitals and prose tells where a nearly full line
    ended too.
    """
    text = pl.col("text")
    next_word = text.str.extract(r"^(\S+)").str.len_chars()
    fits = pl.col("size").shift(1) + 1 + next_word <= pl.col("width")
    is_sure = (~is_close | pl.col("width").is_null() | fits).fill_null(True)
    is_capital = (small_share(text) <= 0.45) & ~text.str.contains(r"[.,;]$")
    is_prose = ~is_capital | ~text.str.contains(" ", literal=True)
    starts_anew = text.str.contains(r"^[\p{Lu}\p{N}\"“#]")
    ended = text.shift(1).str.contains(r"(?:[.?!][)\"”’]?|https?://\S+)$")
    starts_title = is_sure | (starts_anew & ended & is_capital & is_prose.shift(1))
    # After a title's first line, nearly full: its second line would end early, an abstract's first does not.
    runs_on = ~is_sure.shift(-1, fill_value=True)
    starts_abstract = starts_anew & starts_title.shift(1) & is_capital.shift(1) & (~is_capital | runs_on)
    return (is_sure | (pl.col("is_crowded") & (starts_title | starts_abstract))).fill_null(True)


def label_units(units: pl.DataFrame) -> pl.DataFrame:
    """Label each unit title or abstract from its shape and that of its neighbours.

    Adds: characters, is_title. The score is a sum of log-odds-like evidence: length, length against the neighbours,
    sentences inside, a full stop at the end.
    """
    units = units.with_columns(
        characters=pl.col("text").str.len_chars(),
        is_first=pl.col("source") != pl.col("source").shift(1).fill_null(NO_SOURCE),
        is_last=pl.col("source") != pl.col("source").shift(-1).fill_null(NO_SOURCE),
    )
    units = units.with_columns(size=pl.col("characters").log())
    before = pl.when("is_first").then(math.log(ABSTRACT_CHARACTERS)).otherwise(pl.col("size").shift(1))
    after = pl.when("is_last").then(math.log(TITLE_CHARACTERS)).otherwise(pl.col("size").shift(-1))
    contrast = (pl.col("size") - (before + after) / 2).clip(-1.5, 1.5)
    score = (
        1.5 * (pl.col("size") - math.log(PIVOT_CHARACTERS))
        + 1.5 * contrast
        + 1.2 * pl.col("text").str.contains(r"\.[\"'”’)\]]*\s+[A-Z(“\"]").cast(pl.Float64)
        + 0.7 * (2 * pl.col("text").str.ends_with(".").cast(pl.Float64) - 1)
    )
    return units.with_columns(is_title=score < 0)


def find_short_abstracts(units: pl.DataFrame) -> pl.DataFrame:
    """Relabel as abstract what looks like a second title but speaks, in a sentence, of the title before it."""
    same, same_next = ~pl.col("is_first"), ~pl.col("is_last")
    follows_title = pl.col("is_title") & same & pl.col("is_title").shift(1) & ~pl.col("is_fenced")
    before_title = ~same_next | pl.col("is_title").shift(-1)
    units = units.with_row_index("row")
    candidates = units.select(
        "row", "text", "characters", before=pl.col("text").shift(1), is_candidate=follows_title & before_title
    ).filter("is_candidate")
    if candidates.height:
        overlaps = find_overlaps(candidates.select("row", words_of="before", inside="text"))
        score = (
            6 * (pl.col("overlap").fill_null(0) - USUAL_OVERLAP)
            + 4 * (small_share(pl.col("text")) - 0.6)
            + 2 * (pl.col("characters") / pl.col("before").str.len_chars()).log().clip(-1, 1)
            + pl.col("text").str.ends_with(".").cast(pl.Float64)
            - 2.5 * pl.col("before").str.contains(OPEN_END).cast(pl.Float64)
            - 1
        )
        found = candidates.join(overlaps, on="row", how="left").filter(score > 0)["row"]
        units = units.with_columns(is_title=pl.col("is_title") & ~pl.col("row").is_in(found.implode()))
    return units.drop("row")
