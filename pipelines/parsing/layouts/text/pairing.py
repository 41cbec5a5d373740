"""Labelled units grouped into entries, re-synchronised where titles and abstracts do not alternate.

Each unit that breaks the alternation is judged by a sum of evidence on what it continues; the weights were set by hand
and checked on thousands of real texts with simulated damage. Nothing here builds the entries' columns.
"""

import polars as pl

from pipelines.parsing.layouts.text.evidence import LINKING, OPEN_END, USUAL_OVERLAP, find_overlaps
from pipelines.parsing.layouts.text.units import ABSTRACT_LIMIT

_CONTINUES = rf"^(?:\p{{Ll}}|(?:{LINKING})\b)"
_TAIL_START = (
    r"(?i)^(?:(?:our|the|all|source|project|more|demo|online|this|an?)?\s*"
    r"(?:codes?|datasets?|data|models?|weights|project|page|website|webpage|demos?|github|urls?|links?|"
    r"repository|source|videos?|resources|checkpoints|implementation)\b"
    r"(?:\s*:|.{0,120}\b(?:available|released|open-?sourced?|published)\b)|https?://)"
)


def group_units(units: pl.DataFrame) -> pl.DataFrame:
    """Group units into entries, re-synchronising where titles and abstracts do not alternate.

    Adds: entry (an id, rising), is_title_part, and what was noticed: is_joined (second line of a title), is_paragraph
    (later paragraph of an abstract).
    """
    same = ~pl.col("is_first")
    same_next = ~pl.col("is_last")
    was_title, will_be_title = pl.col("is_title").shift(1), pl.col("is_title").shift(-1)
    units = units.with_row_index("row").with_columns(
        is_joined=pl.lit(False), is_tail=pl.lit(False), is_paragraph=pl.lit(False)
    )
    odd = units.select(
        "row",
        joins=pl.col("is_title") & same & was_title,
        tails=pl.col("is_title") & same & ~was_title & (~same_next | will_be_title),
        follows=~pl.col("is_title") & same & ~was_title,
    ).filter(pl.col("joins") | pl.col("tails") | pl.col("follows"))
    if odd.height:
        units = _resynchronise(units, odd)
    starts_title = ~pl.col("is_joined") & ~pl.col("is_tail")
    starts_orphan = pl.col("is_first") | (~was_title & ~pl.col("is_paragraph"))
    starts = pl.when(pl.col("is_title")).then(starts_title).otherwise(starts_orphan)
    return units.with_columns(entry=starts.cum_sum(), is_title_part=pl.col("is_title") & ~pl.col("is_tail"))


def _resynchronise(units: pl.DataFrame, odd: pl.DataFrame) -> pl.DataFrame:
    """Decide, for the units that break the alternation only, what each continues."""
    title, abstract = pl.when("is_title").then("text"), pl.when(~pl.col("is_title")).then("text")
    is_paragraph = ~pl.col("is_title") & ~pl.col("is_title").shift(1, fill_value=True) & ~pl.col("is_first")
    context = units.select(
        "row",
        "text",
        "gap",
        "is_fenced",
        "characters",
        "size",
        usual_gap=pl.col("gap").median().over("source"),
        # How many paragraphs beyond the first an abstract of this dump has on average.
        habit=(is_paragraph.sum() / pl.col("is_title").sum()).over("source"),
        usual_size=pl.when(~pl.col("is_title")).then("size").median().over("source"),
        text_before=pl.col("text").shift(1),
        characters_before=pl.col("characters").shift(1),
        size_before=pl.col("size").shift(1),
        title_before=title.forward_fill().over("source").shift(1),
        abstract_after=abstract.backward_fill().over("source"),
    ).join(odd, on="row", how="inner", maintain_order="right")
    pairs = context.select(
        "row",
        words_of=pl.when("joins").then("text_before").when("follows").then("title_before"),
        inside=pl.when("joins").then("abstract_after").when("follows").then("text"),
    )
    own_pairs = context.filter("joins").select("row", words_of="text", inside="abstract_after")
    context = context.join(find_overlaps(pairs), on="row", how="left", maintain_order="left").join(
        find_overlaps(own_pairs), on="row", how="left", maintain_order="left", suffix="_own"
    )

    def weigh(condition: pl.Expr, weight: float) -> pl.Expr:
        return weight * condition.fill_null(False).cast(pl.Float64)

    overlap = 6 * (pl.col("overlap").fill_null(USUAL_OVERLAP) - USUAL_OVERLAP)
    is_closer = weigh(pl.col("gap") < pl.col("usual_gap"), 3)
    fence = weigh(pl.col("is_fenced"), -4)
    is_open = weigh(~pl.col("text_before").str.contains(r"[.?!:)\]\"'”’]$"), 1)
    is_tail_shaped = weigh(pl.col("text").str.contains(_TAIL_START), 2.5)
    # Two lines of one title are together as long as a title, two titles twice that.
    joint = ((115 - pl.col("characters") - pl.col("characters_before")) / 30).clip(-1.5, 1)
    # The halves of one title speak of the abstract alike; a title without abstract does not speak of the next one's.
    gap_in_overlap = (pl.col("overlap") - pl.col("overlap_own")).clip(-1, 0).fill_null(0)
    joins = (
        joint
        + overlap
        + 1.5 * gap_in_overlap
        + is_closer
        + fence
        + weigh(pl.col("text_before").str.contains(OPEN_END), 2.5)
        + weigh(pl.col("text").str.contains(_CONTINUES), 2.5)
        - weigh(pl.col("text_before").str.contains(":") & pl.col("text").str.contains(":"), 1.5)
        - weigh(pl.col("characters_before") < 30, 1)
        - 1
    )
    tails = (
        is_closer
        + fence
        + is_tail_shaped
        + is_open
        + weigh(pl.col("text").str.ends_with("."), 1.2)
        + weigh(pl.col("text").str.contains(r"https?://|\bwww\."), 1.5)
        + weigh(pl.col("text").str.contains(_CONTINUES), 2)
        - 1.5
    )
    # Paragraphs of one abstract are each shorter than an abstract, and share the title's words.
    shortness = sum(
        ((pl.col("usual_size") - pl.col(size)).clip(-1, 1.5) for size in ("size", "size_before")), start=pl.lit(0.0)
    )
    follows = (
        shortness
        + overlap
        + is_closer
        + fence
        + is_tail_shaped
        + is_open
        + weigh(pl.col("text").str.contains(_CONTINUES), 3)
        + 3 * (pl.col("habit") - 0.3).clip(0, 1)
        - weigh(pl.col("characters") + pl.col("characters_before") > ABSTRACT_LIMIT, 2.5)
    )
    decided = context.select(
        "row",
        is_joined=pl.col("joins") & (joins > 0),
        is_tail=pl.col("tails") & (tails > 0),
        is_paragraph=pl.col("follows") & (follows > 0),
    )
    return units.update(decided, on="row", maintain_order="left")
