"""Units grouped into entries: where titles and abstracts do not simply take turns, the likeliest reading is searched.

A reading gives each unit a part: title, second line of a title, abstract, later paragraph, and abstract and title of
a swapped pair. Evidence on units and on neighbours adds up to the score of a reading, and the best one is found for
all irregular stretches of a batch at once. Weights that are not fitted were set by hand and checked with simulated
damage on thousands of texts. Nothing here builds the entries' columns.
"""

import math

import numpy as np
import numpy.typing as npt
import polars as pl

from .decoding import NEVER, find_best_labels
from .evidence import (
    CONTINUES,
    OPEN_END,
    PROSE_BYTES,
    TAIL_START,
    USUAL_OVERLAP,
    find_cohesion,
    find_overlaps,
)
from .units import ABSTRACT_LIMIT

TITLE, TITLE_REST, ABSTRACT, PARAGRAPH, SWAPPED_ABSTRACT, SWAPPED_TITLE = range(6)
_TITLE_PARTS = [TITLE, TITLE_REST, SWAPPED_TITLE]
#: What a reading pays for a second title in a row, an abstract without title, a paragraph, and a run of swapped pairs.
_LONE, _ORPHAN, _EXTRA, _SWAP = 2.0, 2.0, 1.0, 3.0
#: Units on each side of an irregular place that are read again with it.
_MARGIN = 6
#: Longest run of pairs, in units, that is taken for swapped.
_LONGEST_SHIFT = 4_000

#: How abstracts begin, and how their later paragraphs do.
_BEGINS = (
    r"^(?:(?:In )?[Tt]his (?:paper|work|study)|Recent|Large [Ll]anguage|We (?:present|introduce|propose|study)|"
    r"Despite|While|Although|Existing|\w+(?:[ -]\w+){1,4} \([A-Z]\w*\))"
)
_GOES_ON = (
    r"^(?:However|Yet|But|Our|We|To (?:address|this|tackle|overcome|bridge)|Moreover|Furthermore|Additionally|Finally|"
    r"Specifically|Experiment|Extensive|Results|Notably|It|They|These|Such|Further|Thus|Therefore|Compared|Through|"
    r"Evaluat|Empirical|Here|Based|First|Second|Code|By)\b"
)
#: Doubled titles for each single one, above which the page breaks its titles.
_CUSTOM = 0.5
#: Weights of a logistic regression: a second line of a title against a title of its own, and a later paragraph against
#: an abstract whose title is missing.
_JOINING = {
    "always": -1.4,
    "together": 1.7,
    "first_half": 5.2,
    "second_half": -0.9,
    "apart": 0.9,
    "title_habit": 2.0,
    "title_custom": 8.0,
    "closer": 2.7,
    "open": 3.5,
    "continues": 2.3,
    "two_colons": -2.9,
    "colon_before": 0.7,
    "bridged": 2.5,
}
_FOLLOWING = {
    "always": -5.2,
    "shortness": 1.4,
    "shortness_before": 0.9,
    "no_cohesion": -0.9,
    "cohesion": 4.4,
    "habit": 10.4,
    "of_title": 4.5,
    "closer": 2.0,
    "tail": 1.3,
    "continues": 2.0,
    "begins": -1.9,
    "goes_on": 1.1,
    "too_long": -3.6,
}


def group_units(units: pl.DataFrame) -> pl.DataFrame:
    """Group units into entries.

    Args: units with source, text, gap, is_fenced, characters, shape, is_title, is_first, is_last.
    Adds: row, entry (an id, rising), is_title_part, is_swapped.
    """
    units = units.with_row_index("row")
    before = pl.col("is_title").shift(1)
    is_break = pl.when("is_first").then(~pl.col("is_title")).otherwise(pl.col("is_title") == before)
    is_break |= pl.col("is_last") & pl.col("is_title")
    parts = pl.when("is_title").then(TITLE).otherwise(ABSTRACT).cast(pl.Int8)
    units = units.with_columns(part=parts, is_break=is_break)
    if units["is_break"].any():
        units = units.update(_read_again(_cut_stretches(units)), on="row", maintain_order="left")
    part, part_before = pl.col("part"), pl.col("part").shift(1)
    starts = (
        pl.col("is_first")
        | part.is_in([TITLE, SWAPPED_ABSTRACT])
        | ((part == ABSTRACT) & ~part_before.is_in([TITLE, TITLE_REST]))
    )
    return units.with_columns(
        entry=starts.cum_sum(),
        is_title_part=part.is_in(_TITLE_PARTS),
        is_swapped=part.is_in([SWAPPED_ABSTRACT, SWAPPED_TITLE]),
    )


def _cut_stretches(units: pl.DataFrame) -> pl.DataFrame:
    """The units near an irregular place; adds stretch. Each stretch begins and ends where an entry does."""
    near = units["is_break"].to_numpy().astype(np.int64)
    reach = np.convolve(near, np.ones(2 * _MARGIN + 1, dtype=np.int64))[_MARGIN : _MARGIN + len(near)] > 0
    reach |= _find_shifts(units)
    is_title, is_first = pl.col("is_title"), pl.col("is_first")
    units = units.with_columns(is_near=pl.Series(reach))
    near_before, near_after = pl.col("is_near").shift(1), pl.col("is_near").shift(-1)
    units = units.with_columns(
        is_near=pl.col("is_near") | (near_after & is_title & ~is_first.shift(-1) & ~is_title.shift(-1))
    )
    units = units.with_columns(is_near=pl.col("is_near") | (near_before & ~is_title & ~is_first & is_title.shift(1)))
    return units.with_columns(stretch=(is_first | ~near_before.fill_null(False)).cum_sum()).filter("is_near")


def _find_shifts(units: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Units between an abstract too many and the next title too many: the turns between may be the wrong way round."""
    breaks = units.filter("is_break").select("row", "source", "is_title")
    follow = breaks.with_columns(
        end=pl.when("is_title").then("row").backward_fill().over("source"),
    ).filter(~pl.col("is_title"), pl.col("end") - pl.col("row") <= _LONGEST_SHIFT)
    edges = np.zeros(units.height + 1, dtype=np.int64)
    np.add.at(edges, follow["row"].to_numpy(), 1)
    np.add.at(edges, follow["end"].to_numpy() + 1, -1)
    return np.cumsum(edges)[:-1] > 0


def _read_again(units: pl.DataFrame) -> pl.DataFrame:
    """Find the likeliest reading of each stretch; row, part."""
    units = _measure(units)
    lengths = units.group_by("stretch", maintain_order=True).agg(pl.len())["len"].to_numpy().astype(np.int64)
    shape = units["shape"].to_numpy()
    unit_scores = np.zeros((len(shape), 6))
    unit_scores[:, _TITLE_PARTS] = (shape / 2)[:, None]
    unit_scores[:, [ABSTRACT, PARAGRAPH, SWAPPED_ABSTRACT]] = (-shape / 2)[:, None]
    steps = np.full((len(shape), 6, 6), NEVER)
    joins, follows = units["joins"].to_numpy(), units["follows"].to_numpy()
    for title in (TITLE, TITLE_REST):
        steps[:, title, TITLE] = -_LONE - np.logaddexp(0, joins)
        steps[:, title, SWAPPED_ABSTRACT] = -_LONE - _SWAP
    steps[:, TITLE, TITLE_REST] = -_LONE - np.logaddexp(0, -joins)
    steps[:, TITLE_REST, TITLE_REST] = steps[:, TITLE, TITLE_REST] - 1.5
    steps[:, TITLE, ABSTRACT] = units["fits"]
    steps[:, TITLE_REST, ABSTRACT] = units["fits"]
    for prose in (ABSTRACT, PARAGRAPH):
        steps[:, prose, TITLE] = 0.0
        steps[:, prose, ABSTRACT] = -_ORPHAN - np.logaddexp(0, follows)
        steps[:, prose, PARAGRAPH] = -_EXTRA - np.logaddexp(0, -follows)
        steps[:, prose, SWAPPED_ABSTRACT] = -_SWAP
    steps[:, SWAPPED_ABSTRACT, SWAPPED_TITLE] = units["fits_backwards"]
    steps[:, SWAPPED_TITLE, SWAPPED_ABSTRACT] = 0.0
    steps[:, SWAPPED_TITLE, TITLE] = 0.0
    steps[:, SWAPPED_TITLE, ABSTRACT] = -_ORPHAN
    start = np.array([0.0, NEVER, -_ORPHAN, NEVER, -_SWAP, NEVER])
    stop = np.array([-_LONE, -_LONE, 0.0, 0.0, NEVER, 0.0])
    return units.select("row", part=pl.Series(find_best_labels(lengths, unit_scores, steps, start, stop)))


def _measure(units: pl.DataFrame) -> pl.DataFrame:
    """Weigh what speaks for each step from the unit before; row, stretch, shape, joins, fits, fits_backwards,
    follows.
    """
    return _observe(units).select(
        "row",
        "stretch",
        "shape",
        joins=_add_up(_JOINING) - 4 * pl.col("is_fenced").cast(pl.Float64),
        fits=_weigh_overlap("ahead"),
        fits_backwards=_weigh_overlap("back"),
        follows=_add_up(_FOLLOWING) - 4 * pl.col("is_fenced").cast(pl.Float64),
    )


def _add_up(weights: dict[str, float]) -> pl.Expr:
    return sum((weight * pl.col(name) for name, weight in weights.items()), start=pl.lit(0.0))


def _weigh_overlap(name: str) -> pl.Expr:
    """A title before its abstract (or after it, in a swapped pair) shares words with it."""
    return 6 * pl.col(name)


def _observe(units: pl.DataFrame) -> pl.DataFrame:
    """What can be seen of each unit and the one before; the columns that the weights name, none of them null."""
    seen = _add_cohesion(_add_overlaps(_look_around(units)))
    size, size_before = pl.col("size"), pl.col("size_before")
    return seen.with_columns(
        pl.lit(1.0).alias("always"),
        *(is_so.fill_null(False).cast(pl.Float64).alias(name) for name, is_so in _read_wording().items()),
        **_estimate_habits(),
        closer=(pl.col("gap") < pl.col("usual_gap")).fill_null(False).cast(pl.Float64),
        no_cohesion=(pl.col("cohesion") < 0.02).fill_null(False).cast(pl.Float64),
        cohesion=pl.col("cohesion").fill_null(0.03).clip(0, 0.3),
        shortness=(pl.col("usual_size") - size).clip(-1, 1.5),
        shortness_before=(pl.col("usual_size") - size_before).clip(-1, 1.5),
        together=((115 - size.exp() - size_before.exp()) / 30).clip(-2, 2),
        too_long=(size.exp() + size_before.exp() > 1.3 * ABSTRACT_LIMIT).fill_null(False).cast(pl.Float64),
    ).with_columns(title_custom=(pl.col("title_habit") - _CUSTOM).clip(0, None))


def _look_around(units: pl.DataFrame) -> pl.DataFrame:
    """Each unit with what stands before and after it, and what is usual in its source; size is a logarithm."""
    prose = pl.when(~pl.col("is_title")).then("text")
    title = pl.when("is_title").then("text")
    size = pl.col("characters").cast(pl.Float64).clip(1, None).log()
    return units.select(
        "row",
        "source",
        "stretch",
        "text",
        "shape",
        "gap",
        "is_fenced",
        "characters",
        "is_title",
        text_before=pl.when(_continues_stretch()).then(pl.col("text").shift(1)),
        size=size,
        size_before=size.shift(1).fill_null(0.0),
        usual_gap=pl.col("gap").median().over("source"),
        usual_size=pl.when(~pl.col("is_title")).then(size).median().over("source").fill_null(7.0),
        title_before=title.forward_fill().over("stretch").shift(1),
        abstract_after=prose.backward_fill().over("stretch"),
    )


def _continues_stretch() -> pl.Expr:
    return pl.col("stretch") == pl.col("stretch").shift(1)


def _add_overlaps(seen: pl.DataFrame) -> pl.DataFrame:
    """Add how many words a unit shares with its neighbours, above what is usual: ahead, back, halves, of_title, apart.

    Ahead is with the abstract it would be the title of, back the other way round; halves are those of a broken title.
    """
    is_short, was_short = pl.col("characters") <= PROSE_BYTES, pl.col("size_before") <= math.log(PROSE_BYTES)
    pairs = {
        "ahead": (was_short, pl.col("text_before"), pl.col("text")),
        "back": (is_short, pl.col("text"), pl.col("text_before")),
        "first_half": (is_short & was_short, pl.col("text_before"), pl.col("abstract_after")),
        "second_half": (is_short & was_short, pl.col("text"), pl.col("abstract_after")),
        "of_title": (pl.lit(True), pl.col("title_before"), pl.col("text")),
    }
    for name, (condition, words_of, inside) in pairs.items():
        overlaps = find_overlaps(seen.filter(condition).select("row", words_of=words_of, inside=inside))
        overlaps = overlaps.select("row", (pl.col("overlap") - USUAL_OVERLAP).alias(name))
        seen = seen.join(overlaps, on="row", how="left", maintain_order="left")
    apart = (pl.col("first_half") - pl.col("second_half")).clip(-1, 0)
    return seen.with_columns(pl.col(*pairs).fill_null(0.0), apart=apart.fill_null(0.0))


def _add_cohesion(seen: pl.DataFrame) -> pl.DataFrame:
    """Add cohesion with the texts before in the run, null where too little is said to tell.

    A run is what stands between two titles; what is title-shaped after a title, or nearly prose, belongs to it.
    """
    starts = pl.col("is_title") & ~pl.col("is_title").shift(1, fill_value=False) & (pl.col("shape") > 1)
    is_start = starts | ~_continues_stretch().fill_null(False)
    runs = seen.select("row", "source", "text", run=is_start.cum_sum())
    return seen.join(find_cohesion(runs), on="row", how="left", maintain_order="left")


def _read_wording() -> dict[str, pl.Expr]:
    """What the words on both sides of the break say, by the name of its weight."""
    text, before = pl.col("text"), pl.col("text_before")
    words_at_break = pl.concat_str(
        before.str.extract(r"(\S+)$"), text.str.extract(r"^(\S+?)[,:;.]?(?:\s|$)"), separator=" "
    )
    return {
        "open": before.str.contains(OPEN_END),
        "continues": text.str.contains(CONTINUES),
        "two_colons": before.str.contains(":") & text.str.contains(":"),
        "colon_before": before.str.contains(r"[a-zA-Z0-9]: \S"),
        # The words on both sides of the break stand side by side in the abstract, too.
        "bridged": pl.col("abstract_after")
        .str.to_lowercase()
        .str.contains(words_at_break.str.to_lowercase(), literal=True),
        "tail": text.str.contains(TAIL_START),
        "begins": text.str.contains(_BEGINS),
        "goes_on": text.str.contains(_GOES_ON),
    }


def _estimate_habits() -> dict[str, pl.Expr]:
    """How often prose after prose goes on in a source, and titles are doubled; few cases count like the average."""
    is_title, same = pl.col("is_title"), _continues_stretch()
    was_prose = ~is_title & ~is_title.shift(1) & same
    coheres = was_prose & (pl.col("cohesion") >= 0.05)
    doubles = is_title & is_title.shift(1) & same
    return {
        "habit": ((coheres.sum() + 1.5) / (was_prose.sum() + 5)).over("source"),
        "title_habit": ((doubles.sum() + 0.5) / ((is_title & ~doubles).sum() + 5)).over("source").clip(0, 1),
    }
