"""Line accounting: what became of every line of a dump, in one place.

A layout marks lines; counts, spans and the check that nothing was forgotten come from here. Line numbers are 1-based
and inclusive. A line of white space only is blank, also inside an entry.
"""

import re

import numpy as np
import polars as pl

BLANK, BOILERPLATE, DATE, ENTRY, REJECTED = range(1, 6)
#: Column of raw.dumps that counts each class.
COUNT_COLUMNS = {
    BLANK: "blank_line_count",
    BOILERPLATE: "boilerplate_line_count",
    DATE: "date_line_count",
    ENTRY: "entry_line_count",
    REJECTED: "rejected_line_count",
}
SPAN_KINDS = {BOILERPLATE: "boilerplate", DATE: "date"}

#: For each class, what marking turns the old class of a line into.
_MARKING = {new: bytes(old if old in (BLANK, ENTRY) else new for old in range(256)) for new in COUNT_COLUMNS}
_LINE_FEED, _PIECE = 10, 1 << 18
_SPACES = (b" ", b"\t", b"\v", b"\f")
_IS_SPACE = np.isin(np.arange(256), [space[0] for space in _SPACES])


def count_lines(data: bytes) -> int:
    """Number of lines; a last line without a line feed counts, the nothing after a final line feed does not."""
    return data.count(b"\n") + (data != b"" and not data.endswith(b"\n"))


def _find_blank_lines(data: bytes, ends: np.ndarray) -> np.ndarray:
    """Places (0-based, rising) of the lines that hold nothing but white space; ends are those of line feeds."""
    bare = data
    # Only where white space stands before a line feed or the end can a line be nothing else.
    # (Before a line feed at the beginning stands nothing; the last byte, which is looked at then, is asked for anyway.)
    if data[-1:] in _SPACES or _IS_SPACE[np.frombuffer(bare, dtype=np.uint8)[ends - 1]].any():
        bare = data.translate(None, b" \t\v\f")
        ends = _find_line_feeds(bare)
    if data and not data.endswith(b"\n"):
        ends = np.append(ends, len(bare))
    return np.flatnonzero(np.diff(ends, prepend=-1) == 1)


def _find_line_feeds(data: bytes) -> np.ndarray:
    """Places of the line feeds; looked for in pieces that stay in the cache."""
    octets = np.frombuffer(data, dtype=np.uint8)
    starts = range(0, len(octets), _PIECE)
    found = [np.flatnonzero(octets[start : start + _PIECE] == _LINE_FEED) + start for start in starts]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


class LineLedger:
    """The class of each line of one dump, for layouts that read a whole file at a time."""

    def __init__(self, data: bytes) -> None:
        """Start with blank lines marked and every other line open."""
        ends = _find_line_feeds(data)
        # As count_lines has it, of line feeds that have been found.
        classes = np.zeros(len(ends) + (data != b"" and not data.endswith(b"\n")), dtype=np.uint8)
        classes[_find_blank_lines(data, ends)] = BLANK
        self.classes = bytearray(classes.tobytes())

    def append(self, is_written: bool) -> None:
        """Add a line at the end: open, or blank if nothing is written on it."""
        self.classes.append(0 if is_written else BLANK)

    def extend(self, data: bytes) -> None:
        """Add the lines of data at the end, as a ledger of it begins; a stream may have lone carriage returns."""
        self.classes += LineLedger(data.replace(b"\r", b" ")).classes

    def mark(self, line_class: int, first_line: int, last_line: int) -> None:
        """Give the lines a class; a blank line stays blank, and a line an entry stands on stays the entry's."""
        segment = self.classes[first_line - 1 : last_line]
        self.classes[first_line - 1 : last_line] = segment.translate(_MARKING[line_class])

    def open_all(self) -> None:
        """Take back every class but that of blank lines."""
        self.classes = bytearray(BLANK if line_class == BLANK else 0 for line_class in self.classes)

    def mark_open(self, line_class: int, first_line: int = 1, last_line: int | None = None) -> None:
        """Give every line that is still open, of all or from one to another, a class."""
        segment = self.classes[first_line - 1 : last_line]
        self.classes[first_line - 1 : last_line] = segment.replace(b"\0", bytes([line_class]))

    def spans(self, line_class: int) -> list[tuple[int, int]]:
        """Runs of neighbouring lines of a class, as (first, last); class 0 are the open ones."""
        if line_class not in self.classes:
            return []
        pattern = re.compile(re.escape(bytes([line_class])) + b"+")
        return [(match.start() + 1, match.end()) for match in pattern.finditer(self.classes)]

    def counts(self) -> dict[str, int]:
        """The counts of raw.dumps."""
        found = np.bincount(np.frombuffer(bytes(self.classes), dtype=np.uint8), minlength=REJECTED + 1)
        counted = {column: int(found[line_class]) for line_class, column in COUNT_COLUMNS.items()}
        return {"line_count": len(self.classes), **counted}


def count_classes(pieces: pl.DataFrame) -> pl.DataFrame:
    """Count the lines of each source by class.

    Args: pieces with columns source, line_class, lines (how many lines the piece has).
    Returns: source and the columns of COUNT_COLUMNS.
    """
    return pieces.group_by("source", maintain_order=True).agg(
        pl.col("lines").filter(pl.col("line_class") == line_class).sum().cast(pl.Int64).alias(column)
        for line_class, column in COUNT_COLUMNS.items()
    )


def find_spans(marked: pl.DataFrame) -> pl.DataFrame:
    """Runs of neighbouring boilerplate or date lines.

    Args: one row per line: source, line_no, line_class; in order. Returns: source, first_line, last_line, kind.
    """
    marked = marked.filter(pl.col("line_class").is_in(list(SPAN_KINDS)))
    run = pl.struct("source", "line_class", pl.col("line_no") - pl.int_range(pl.len())).rle_id()
    return (
        marked.group_by(run.alias("run"), maintain_order=True)
        .agg(
            pl.first("source"),
            pl.min("line_no").cast(pl.Int64).alias("first_line"),
            pl.max("line_no").cast(pl.Int64).alias("last_line"),
            pl.first("line_class").replace_strict(SPAN_KINDS, return_dtype=pl.String).alias("kind"),
        )
        .drop("run")
    )
