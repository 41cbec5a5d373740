"""Plain text copied out of a page: a title line, an abstract line, and so on, spaced out or dense.

All sources of a batch are parsed together, as one Polars frame of lines; nothing loops over lines or entries. The
steps: lines -> furniture and dates set aside -> units (a hard-wrapped paragraph is one) -> each unit labelled title or
abstract by its shape and that of its neighbours -> units grouped into entries, re-synchronised where the alternation
breaks. Lengths, full stops and gaps are evidence that adds up to a score; none is a cut-off.
"""

from collections.abc import Sequence

import polars as pl

from ... import lines, reasons
from ...files import Source
from ...findings import Findings
from .entries import attach_extras, build_entries
from .page_lines import set_aside, split_lines
from .pairing import group_units
from .sections import find_impossible, place_dates, read_date_lines
from .truncation import find_truncated
from .units import build_units, label_units, part_strays

SPACED, DENSE, UNKNOWN = "text_spaced", "text_dense", "unknown"


def recognise(source: Source) -> tuple[float, str]:
    """Anything with a line of text may be text: the weakest claim, so every more particular layout goes first."""
    if source.is_binary or source.is_blank:
        return 0.0, "no text"
    return 0.1, "lines of text"


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    all_lines = split_lines(sources)
    content, aside = set_aside(all_lines)
    units, strays = part_strays(label_units(build_units(content)))
    open_ends = pl.DataFrame(
        [(number, not source.data.endswith(b"\n")) for number, source, _ in sources],
        schema={"source": pl.UInt32, "is_open": pl.Boolean},
        orient="row",
    )
    return _collect(all_lines, aside, group_units(units), strays, open_ends)


def _collect(
    all_lines: pl.DataFrame, aside: pl.DataFrame, units: pl.DataFrame, strays: pl.DataFrame, open_ends: pl.DataFrame
) -> Findings:
    """Turn grouped units and the lines set aside into findings, giving every line its class."""
    is_entry = pl.col("title").is_not_null() & pl.col("is_plausible")
    built = build_entries(units)
    entries = built.filter(is_entry)
    printed = read_date_lines(aside)
    impossible = _refuse_dates(printed)
    rejects = [_refuse_entries(built.filter(~is_entry)), impossible, _refuse_strays(strays)]
    aside = _class_dates(aside, impossible)
    classes = built.select("entry", line_class=pl.when(is_entry).then(lines.ENTRY).otherwise(lines.REJECTED))
    dumps = _count_lines(all_lines, aside, units.join(classes, on="entry", how="left", maintain_order="left"), strays)
    found = attach_extras(_flag_truncated(entries, all_lines, open_ends), aside)
    found, first_dates = place_dates(found, printed)
    return Findings(
        dumps=dumps.join(first_dates, on="source", how="left", maintain_order="left").join(
            _describe_layouts(dumps.select("source"), units, found), on="source", how="left", maintain_order="left"
        ),
        entries=found,
        rejects=pl.concat(rejects, how="vertical_relaxed").sort("source", "first_line"),
        line_spans=lines.find_spans(aside),
    )


def _refuse_entries(refused: pl.DataFrame) -> pl.DataFrame:
    """Say of groups of units that make no entry why not; like the others here, the columns of Findings.rejects."""
    has_title = pl.col("title").is_not_null()
    return refused.select(
        "source",
        reason=pl.when(has_title).then(pl.lit("unknown_text")).otherwise(pl.lit("orphan_abstract")),
        detail=pl.when(~has_title)
        .then(pl.lit("no title stands before it and it does not continue the abstract before"))
        .when(pl.col("abstract").is_null())
        .then(pl.lit("no abstract follows and it does not read as a title"))
        .otherwise(pl.lit("too short for a title and abstract that share no words")),
        first_line="first_line",
        last_line="last_line",
        text=pl.concat_str("title", "abstract", separator="\n", ignore_nulls=True).str.head(reasons.REJECT_TEXT_LIMIT),
    )


def _refuse_dates(printed: pl.DataFrame) -> pl.DataFrame:
    return find_impossible(printed).select(
        "source",
        reason=pl.lit("impossible_date"),
        detail=pl.lit("no such day"),
        first_line="line_no",
        last_line="line_no",
        text="text",
    )


def _refuse_strays(strays: pl.DataFrame) -> pl.DataFrame:
    return strays.select(
        "source",
        reason=pl.lit("unknown_text"),
        detail=pl.lit("a line the page repeats, unknown as furniture"),
        first_line="first_line",
        last_line="last_line",
        text="text",
    )


def _class_dates(aside: pl.DataFrame, impossible: pl.DataFrame) -> pl.DataFrame:
    """The lines set aside that have a class, those with impossible dates now rejected."""
    refused = impossible.select("source", line_no="first_line", is_refused=pl.lit(True))
    return (
        aside.drop_nulls("line_class")
        .join(refused, on=["source", "line_no"], how="left", maintain_order="left")
        .with_columns(
            line_class=pl.when("is_refused").then(lines.REJECTED).otherwise("line_class"),
            lines=pl.lit(1),
        )
    )


def _count_lines(
    all_lines: pl.DataFrame, aside: pl.DataFrame, units: pl.DataFrame, strays: pl.DataFrame
) -> pl.DataFrame:
    """Count the lines of each source by class; units with line_class."""
    line_count = pl.col("last_line") - pl.col("first_line") + 1
    classed = [
        aside.select("source", "line_class", "lines"),
        units.select("source", "line_class", lines=line_count),
        strays.select("source", line_class=pl.lit(lines.REJECTED), lines=line_count),
        all_lines.filter(pl.col("byte_count") == 0).select("source", line_class=pl.lit(lines.BLANK), lines=pl.lit(1)),
    ]
    return (
        all_lines.group_by("source", maintain_order=True)
        .agg(line_count=pl.len())
        .join(
            lines.count_classes(pl.concat(classed, how="vertical_relaxed")),
            on="source",
            how="left",
            maintain_order="left",
        )
    )


def _flag_truncated(entries: pl.DataFrame, all_lines: pl.DataFrame, open_ends: pl.DataFrame) -> pl.DataFrame:
    """Flag the entries that were cut off at the end of their source."""
    written = all_lines.filter(pl.col("byte_count") > 0).group_by("source").agg(last_line=pl.max("line_no"))
    cut = find_truncated(entries, written.join(open_ends, on="source"))
    return entries.with_columns(
        flags=pl.when(pl.col("entry").is_in(cut["entry"].implode()))
        .then(pl.col("flags").list.concat(pl.lit(["truncated"])).list.sort())
        .otherwise("flags")
    )


def _describe_layouts(numbers: pl.DataFrame, units: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Say how each source is laid out; source, layout, layout_reason."""
    later = units.filter(~pl.col("is_first"))
    spacing = numbers.join(
        later.group_by("source").agg(spaced=(pl.col("gap") > 0).sum(), of=pl.len()), on="source", how="left"
    ).join(entries.group_by("source").agg(entry_count=pl.len()), on="source", how="left")
    has_entries = pl.col("entry_count").fill_null(0) > 0
    return spacing.select(
        "source",
        layout=pl.when(~has_entries)
        .then(pl.lit(UNKNOWN))
        .when(pl.col("spaced") * 2 > pl.col("of"))
        .then(pl.lit(SPACED))
        .otherwise(pl.lit(DENSE)),
        layout_reason=pl.when(has_entries)
        .then(
            pl.format(
                "titles and abstracts in turn; {} of {} lines of content after the first follow a blank line",
                pl.col("spaced").fill_null(0),
                pl.col("of").fill_null(0),
            )
        )
        .otherwise(pl.lit("lines of text, none of which reads as a title with an abstract")),
    )
