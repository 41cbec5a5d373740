"""What a layout hands back for a batch of sources: the raw tables before ids and dates are settled.

Every frame has a column `source`, the index of the dump in the batch. Layouts fill in what they know; `assembly` adds
ids, positions, missing columns and date decisions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa

from . import lines, reasons, schema
from .files import Source

SOURCE = {"source": pl.UInt32()}
ENTRY_FIELDS = {k: v for k, v in schema.ENTRIES.items() if k not in ("entry_id", "dump_id", "position")}
REJECT_FIELDS = {k: v for k, v in schema.REJECTS.items() if k not in ("dump_id", "reject_number")}
SPAN_FIELDS = {k: v for k, v in schema.LINE_SPANS.items() if k != "dump_id"}
DUMP_FIELDS = {
    "layout": pl.String(),
    "layout_reason": pl.String(),
    **{name: pl.Int64() for name in ("line_count", *lines.COUNT_COLUMNS.values())},
    "date_text": pl.String(),  # the date inside the dump, as printed
    "ignored_fields": schema.DUMPS["ignored_fields"],
    "is_list_date": pl.Boolean(),  # whether the dump's date, wherever it stands, is the day of a list
}
#: Rows that are made columns of together.
_TURNED = 1_000


@dataclass
class Findings:
    """Frames of one batch: dumps, entries, rejects, line spans, each with `source` and the fields above."""

    dumps: pl.DataFrame
    entries: pl.DataFrame
    rejects: pl.DataFrame
    line_spans: pl.DataFrame

    def leave_out(self, number: int) -> "Findings":
        """The same without what was found in one source."""
        frames = (self.dumps, self.entries, self.rejects, self.line_spans)
        return Findings(*(frame.filter(pl.col("source") != number) for frame in frames))


def merge(parts: list[Findings]) -> Findings:
    """Put the findings of several layouts together; order inside a source is kept."""
    return Findings(
        dumps=_stack([part.dumps for part in parts], DUMP_FIELDS),
        entries=_stack([part.entries for part in parts], ENTRY_FIELDS),
        rejects=_stack([part.rejects for part in parts], REJECT_FIELDS),
        line_spans=_stack([part.line_spans for part in parts], SPAN_FIELDS),
    )


def _stack(frames: list[pl.DataFrame], fields: dict[str, pl.DataType]) -> pl.DataFrame:
    wanted = pl.Schema({**SOURCE, **fields})
    filled = [
        frame
        if frame.schema == wanted
        else frame.select(
            (pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype=dtype).alias(name))
            for name, dtype in wanted.items()
        )
        for frame in frames
        if frame.width and frame.height
    ]
    return pl.concat(filled) if filled else pl.DataFrame(schema=wanted)


@dataclass
class Recorder:
    """Collects the findings of layouts that read one file at a time, row by row."""

    dumps: list[dict] = field(default_factory=list)
    entries: list[dict] = field(default_factory=list)
    rejects: list[dict] = field(default_factory=list)
    line_spans: list[dict] = field(default_factory=list)

    def add_dump(
        self, number: int, source: Source, ledger: lines.LineLedger, layout: str, reason: str, **facts: object
    ) -> None:
        """Close a dump: what no entry, date or boilerplate claimed becomes a reject, and the counts are taken."""
        rows = source.data.split(b"\n") if 0 in ledger.classes else []
        for first, last in ledger.spans(0):
            text = b"\n".join(rows[first - 1 : last]).decode(errors="replace")
            self.add_reject(number, "unknown_text", "no part of an entry", first, last, text)
        ledger.mark_open(lines.REJECTED)
        for line_class, kind in lines.SPAN_KINDS.items():
            for first, last in ledger.spans(line_class):
                self.line_spans.append({"source": number, "first_line": first, "last_line": last, "kind": kind})
        self.dumps.append({"source": number, "layout": layout, "layout_reason": reason, **ledger.counts(), **facts})

    def add_reject(
        self, number: int, reason: str, detail: str, first_line: int | None, last_line: int | None, text: str
    ) -> None:
        """Record a stretch of input that is no entry; the text is cut at the stated limit."""
        self.rejects.append(
            {
                "source": number,
                "reason": reason,
                "detail": detail,
                "first_line": first_line,
                "last_line": last_line,
                "text": text[: reasons.REJECT_TEXT_LIMIT],
            }
        )

    def findings(self) -> Findings:
        """The frames of everything collected, which is used up: values are let go as their column is made."""
        return Findings(
            dumps=_build(self.dumps, {**SOURCE, **DUMP_FIELDS}),
            entries=_build(self.entries, {**SOURCE, **ENTRY_FIELDS}),
            rejects=_build(self.rejects, {**SOURCE, **REJECT_FIELDS}),
            line_spans=_build(self.line_spans, {**SOURCE, **SPAN_FIELDS}),
        )


def _build(rows: list[dict], columns: dict[str, pl.DataType]) -> pl.DataFrame:
    """A frame of rows, column by column; what a row does not name is null. Empties the rows."""
    # Rows of one reader mostly name the same, in one order.
    forms = set(map(tuple, rows))
    named = set[str]().union(*forms)
    names = list(rows[0]) if rows and named == columns.keys() & rows[0].keys() else list(named & columns.keys())
    height, values = len(rows), _turn(rows, names, are_ordered=forms == {tuple(names)})
    return pl.DataFrame(
        [
            _build_column(name, values.pop(name), dtype)
            if name in values
            else pl.Series(name, [None], dtype=dtype).new_from_index(0, height)
            for name, dtype in columns.items()
        ]
    )


def _turn(rows: list[dict], names: Sequence[str], are_ordered: bool) -> dict[str, list]:
    """Rows as columns, None where a row does not name one; empties the rows. Ordered ones name all, in this order.

    Asking each row for each name takes five times as long as putting all names of a row into one order: the columns
    are then read off together. Some rows at a time, for each stands in memory twice while it is turned.
    """
    turned: dict[str, list] = {name: [] for name in names}
    empty = dict.fromkeys(names)
    for start in range(0, len(rows), _TURNED):
        piece = rows[start : start + _TURNED]
        ordered = [row.values() if are_ordered else {**empty, **row}.values() for row in piece]
        # What no column is named for stands behind the others.
        for column, values in zip(turned.values(), zip(*ordered, strict=False), strict=False):
            column.extend(values)
    rows.clear()
    return turned


def _build_column(name: str, values: list, dtype: pl.DataType) -> pl.Series:
    if dtype == schema.INSTANT:
        # Polars looks at each of them in Python.
        return pl.Series(name, pa.array(values, pa.timestamp("us", "UTC")), dtype=dtype)
    if not isinstance(dtype, pl.List):
        return pl.Series(name, values, dtype=dtype)
    # Polars makes a series of each list it is given; all of them end to end and where each ends is one.
    is_valid = np.array([value is not None for value in values], dtype=bool)
    ends = np.cumsum([len(value or ()) for value in values], dtype=np.int64)
    items = _build_items([item for value in values if value for item in value], dtype.inner).to_arrow()  # type: ignore[arg-type]
    buffers = [np.packbits(is_valid, bitorder="little").tobytes(), np.append(np.int64(0), ends).tobytes()]
    array = pa.Array.from_buffers(
        pa.large_list(items.type), len(values), [pa.py_buffer(buffer) for buffer in buffers], children=[items]
    )
    return pl.Series(name, array, dtype=dtype)


def _build_items(items: list, dtype: pl.DataType) -> pl.Series:
    """The items of all lists of a column, end to end; of objects each field is a column."""
    if not isinstance(dtype, pl.Struct):
        return pl.Series("", items, dtype=dtype)
    parts = [
        _build_column(part.name, [item[part.name] for item in items], part.dtype)  # type: ignore[arg-type]
        for part in dtype.fields
    ]
    return pl.DataFrame(parts).to_struct("")
