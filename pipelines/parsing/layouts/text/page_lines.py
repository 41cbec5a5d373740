"""The lines of text pages: cut out of the contents, and furniture and dates set aside from content.

Everything is done for all sources of a batch at once. What the content lines mean is not decided here.
"""

import re
from collections.abc import Iterator, Sequence

import polars as pl
import pyarrow as pa

from ... import dates, furniture, lines
from ...files import Source

#: Contents of this many bytes are cut where they lie; smaller ones are bundled first.
_SEGMENT_BYTES = 1 << 18
#: Characters beyond the control characters below space that have no place in a line; all but the first are no ASCII.
_DELETE, *_EXOTIC = (character.encode() for character in ("\x7f", "\x85", "\u2028", "\u2029"))
NO_SOURCE = 2**32 - 1
#: Longest user name, in bytes, taken from the line after `Submitted by`.
_NAME_BYTES, _SUBMITTED = 42, "submitted by"
#: Lines of people that make them a habit of the page.
_FEWEST_PEOPLE = 3
#: What a line alone can match.
_MATCHES = ("is_date", "is_furniture", "is_likely")
_BREAKS = re.compile("\r\n|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_ANSI = re.compile("\x1b\\[[0-9;?]*[A-Za-z]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\x80-\x84\x86-\x9f]")


def split_lines(sources: Sequence[tuple[int, Source, str]]) -> pl.DataFrame:
    """Cut the contents into lines.

    Returns: one row per line: source, line_no, text (stripped at both ends), byte_count (of text).
    """
    frame = pl.concat([_cut(segment) for segment in _segments(sources)], rechunk=True)
    # Stripping copies, so it is done only to the lines that need it.
    text = frame["text"]
    ragged = (text.str.head(1) + text.str.tail(1)).str.contains(r"\s").arg_true()
    if ragged.len():
        frame = frame.with_columns(text.scatter(ragged, text.gather(ragged).str.strip_chars()))
    return frame.with_columns(
        pl.int_range(1, pl.len() + 1).over("source").alias("line_no"),
        pl.col("text").str.len_bytes().alias("byte_count"),
    )


def _segments(sources: Sequence[tuple[int, Source, str]]) -> Iterator[list[tuple[int, bytes]]]:
    """Bundle small contents, so that 100,000 of them are cut in few steps; a large one is cut where it lies."""
    bundle: list[tuple[int, bytes]] = []
    size = 0
    for number, source, _ in sources:
        if len(source.data) >= _SEGMENT_BYTES:
            yield [(number, source.data)]
            continue
        bundle.append((number, source.data))
        size += len(source.data)
        if size >= _SEGMENT_BYTES:
            yield bundle
            bundle, size = [], 0
    if bundle:
        yield bundle


def _cut(segment: list[tuple[int, bytes]]) -> pl.DataFrame:
    """Lines of some contents as views into them: nothing is copied but the bundling of small ones."""
    if len(segment) == 1:
        content = segment[0][1]
    else:
        content = b"".join(part if part.endswith(b"\n") else part + b"\n" for _, part in segment)
    buffer = pa.py_buffer(content)
    octets = pl.Series(pa.Array.from_buffers(pa.uint8(), buffer.size, [None, buffer]))
    ends = (octets == 10).arg_true().cast(pl.Int64)
    last = [] if content.endswith(b"\n") else [len(content)]
    # A line, then its line feed, then the next line: every other piece is wanted.
    cuts = pl.concat([ends, ends + 1]).sort()
    offsets = pl.concat([pl.Series([0], dtype=pl.Int64), cuts, pl.Series(last, dtype=pl.Int64)]).rechunk()
    pieces = pa.Array.from_buffers(
        pa.large_binary(), offsets.len() - 1, [None, offsets.to_arrow().buffers()[1], buffer]
    )
    text = pl.Series("text", pieces).gather_every(2).cast(pl.String)
    control_count = (octets < 32).sum() - ends.len()
    is_exotic = _DELETE in content or (not content.isascii() and any(mark in content for mark in _EXOTIC))
    if is_exotic or (control_count and control_count != content.count(b"\t")):
        return _cut([(number, _clean(part)) for number, part in segment])
    if len(segment) == 1:
        # The view after the final line feed is the nothing behind it.
        text = text.head(ends.len() + len(last))
        source = pl.repeat(segment[0][0], text.len(), dtype=pl.UInt32, eager=True)
    else:
        text = text.head(ends.len())
        counts = pl.Series([lines.count_lines(part) or 1 for _, part in segment], dtype=pl.UInt32)
        numbers = pl.Series([number for number, _ in segment], dtype=pl.UInt32)
        source = numbers.repeat_by(counts).explode(empty_as_null=False)
    return pl.DataFrame({"source": source, "text": text})


def _clean(content: bytes) -> bytes:
    """Turn exotic line ends into line feeds; drop terminal colours and control characters."""
    return _CONTROLS.sub("", _ANSI.sub("", _BREAKS.sub("\n", content.decode()))).encode()


def set_aside(all_lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tell furniture and dates from content.

    Returns: content lines (source, line_no, text, gap: blank lines before it, is_fenced: furniture or a date stands
    between it and the content line before, is_unglued) and the lines set aside (source, line_no, line_class, text,
    date: as printed, where the line or its glued end is one).
    """
    written = all_lines.filter(pl.col("byte_count") > 0).with_columns(
        # The gap to the line before, whatever that line is.
        gap=pl.col("line_no") - pl.col("line_no").shift(1).over("source").fill_null(0) - 1,
    )
    written = _match_lines(written.with_row_index("row"))
    written = _unglue(_judge_furniture(_find_people(written)))
    is_aside = pl.col("is_date") | pl.col("is_furniture")
    content = written.with_columns(fences=is_aside.cast(pl.UInt32).cum_sum()).filter(~is_aside)
    content = content.select(
        "source",
        "line_no",
        "text",
        "is_unglued",
        "gap",
        is_fenced=(pl.col("fences") != pl.col("fences").shift(1, fill_value=0)),
    )
    return content, _class_aside(written, is_aside)


def _match_lines(written: pl.DataFrame) -> pl.DataFrame:
    """Match short lines with what dates and furniture look like; adds is_date, is_furniture, is_likely (to be it).

    And heading_date: the date of a line that is one with other words beside it.
    """
    key = pl.col("text").str.to_lowercase()
    short = written.filter(pl.col("byte_count") <= furniture.LINE_LIMIT)
    maybe = short.select("row", "text").filter(key.str.contains(dates.MAYBE_HEADING))
    found = [dates.find_heading_date(text) for text in maybe["text"].to_list()]
    headings = maybe.select("row", heading_date=pl.Series(found, dtype=pl.String))
    known = (
        short.join(headings, on="row", how="left", maintain_order="left")
        .select(
            "row",
            "heading_date",
            is_date=key.str.contains(dates.DATE_LINE)
            | key.str.contains(dates.RELATIVE_LINE)
            | pl.col("heading_date").is_not_null(),
            is_furniture=key.str.contains(furniture.SURE_LINE),
            is_likely=key.str.contains(furniture.LIKELY_LINE),
        )
        .filter(pl.any_horizontal(_MATCHES))
    )
    return written.join(known, on="row", how="left", maintain_order="left").with_columns(
        pl.col(_MATCHES).fill_null(False)
    )


def _find_people(written: pl.DataFrame) -> pl.DataFrame:
    """Find the authors under the titles: half as many lines of people as of long text; adds is_people."""
    maybe = written["text"].str.head(80).str.contains(furniture.PEOPLE_START).arg_true()
    shown = written["text"].gather(maybe).str.contains(furniture.PEOPLE)
    is_people = pl.col("is_people")
    people = is_people.sum().over("source")
    long_texts = ((pl.col("byte_count") > furniture.LINE_LIMIT) & ~is_people).sum().over("source")
    return written.with_columns(
        is_people=pl.repeat(False, written.height, dtype=pl.Boolean, eager=True).scatter(maybe, shown)
    ).with_columns(is_people & (people >= _FEWEST_PEOPLE) & (people * 2 >= long_texts))


def _judge_furniture(written: pl.DataFrame) -> pl.DataFrame:
    """Settle is_furniture: sure lines, likely ones in company, people, and the name of the one who submitted.

    Company is an end of the dump or other furniture beside the line, or an abstract before it.
    """
    is_any = pl.any_horizontal(_MATCHES)
    is_edge = pl.col("source") != pl.col("source").shift(1).fill_null(NO_SOURCE)
    is_end = pl.col("source") != pl.col("source").shift(-1).fill_null(NO_SOURCE)
    is_after_long = pl.col("byte_count").shift(1, fill_value=0) > furniture.LINE_LIMIT
    has_company = (
        is_edge | is_end | is_after_long | is_any.shift(1, fill_value=True) | is_any.shift(-1, fill_value=True)
    )
    # The name may stand on a line of its own; of the line before no more is looked at than tells.
    before = pl.col("text").str.head(len(_SUBMITTED) + 1).str.to_lowercase().shift(1)
    is_name = (before == _SUBMITTED) & (pl.col("byte_count") <= _NAME_BYTES)
    return written.with_columns(
        is_furniture=pl.col("is_furniture")
        | (pl.col("is_likely") & has_company)
        | is_name.fill_null(False)
        | pl.col("is_people")
    )


def _class_aside(written: pl.DataFrame, is_aside: pl.Expr) -> pl.DataFrame:
    """Class the lines set aside; the glued ends of content lines come along without a class, for their dates."""
    aside = written.filter(is_aside).select(
        "source",
        "line_no",
        "text",
        date=pl.when(pl.col("is_date")).then(pl.coalesce("heading_date", "text")).otherwise("glued_date"),
        line_class=pl.when(pl.col("is_date")).then(lines.DATE).otherwise(lines.BOILERPLATE).cast(pl.UInt8),
    )
    glued = written.filter(~is_aside, pl.col("glued_date").is_not_null()).select(
        "source", "line_no", "text", date="glued_date", line_class=pl.lit(None, dtype=pl.UInt8)
    )
    return pl.concat([aside, glued]).sort("source", "line_no")


def _unglue(written: pl.DataFrame) -> pl.DataFrame:
    """Take header parts off the lines where a header can end: a dump's first content, or after furniture."""
    is_content = ~(pl.col("is_date") | pl.col("is_furniture"))
    is_first = pl.col("source") != pl.col("source").shift(1).fill_null(NO_SOURCE)
    candidates = written.filter(
        is_content
        & (pl.col("byte_count") <= furniture.LINE_LIMIT + 40)
        & (is_first | ~is_content.shift(1, fill_value=False))
    ).select("row", groups=pl.col("text").str.extract_groups(furniture.GLUED))
    candidates = candidates.unnest("groups").select("row", glued="1", rest="2").drop_nulls("glued")
    return (
        written.join(candidates, on="row", how="left", maintain_order="left")
        .with_columns(
            is_unglued=pl.col("rest").is_not_null(),
            is_furniture=pl.col("is_furniture") | (pl.col("glued").is_not_null() & pl.col("rest").is_null()),
            glued_date=pl.col("glued").str.extract(furniture.GLUED_DATE),
            text=pl.coalesce("rest", "text"),
        )
        .drop("glued", "rest")
    )
