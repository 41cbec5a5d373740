"""Tables of records: JSON lines, CSV of any delimiter, Parquet and workbooks, one paper a record.

Column names are mapped in `columns`, how a table of characters is written is found in `dialects`. Records are read one
after another, so a file of any size streams through. In Parquet and in workbooks, which have no lines, a row counts as
a line.
"""

import csv
import io
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from .. import columns, incipits, lines, resource_types
from ..files import Source
from ..findings import Findings, Recorder, merge
from ..reader import SourceReader
from . import api_json, dialects, json_shapes, workbook

JSONL, CSV, PARQUET, WORKBOOK = "records_jsonl", "records_csv", "records_parquet", "records_workbook"
#: Records handed on together where a file is streamed.
STEP = 5_000
#: Bytes and lines of a source its dialect is found from.
_HEAD_BYTES, _HEAD_LINES = 1 << 18, 300
#: Lines that one row of a table may take: behind a stray quote all others would.
_ROW_LINES = 2_000
#: Bytes, and lines of a stream, that are made ready together.
_PIECE_BYTES, _PIECE_LINES = 1 << 17, 100
#: Lines looked ahead for the next one that is not blank.
_NEAR = 3
#: Rows of a sheet before its header.
_SHEET_PREAMBLE = 10
_BOM = b"\xef\xbb\xbf"

_PER_DAY = {"d": 1, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
#: The line under the header of a table in Markdown.
_RULE = re.compile(r"[-:\s]*$")
_BRACKETS = re.compile(r"\[{0,2}\s{0,20}(\{.*\})\s{0,20}\]{0,2}", re.DOTALL)

csv.field_size_limit(1 << 24)


#: Lines of JSON among records that say nothing of them.
_NOTHING = frozenset((b"null", b"{}", b"[]", b"NaN"))


def recognise(source: Source) -> tuple[float, str]:
    """Score a source as a table: magic bytes, lines that are JSON objects, or columns that hold titles."""
    if source.data.startswith(b"PAR1"):
        return 1.0, "Parquet magic bytes"
    if source.is_binary:
        if workbook.is_office(source.data):
            return 1.0, "an Office file: a workbook is read, others are not"
        return 0.0, "binary"
    rows = [row.strip().strip(_BOM) for row in source.head(1 << 16).split(b"\n", 20)[:20] if row.strip()]
    rows = [row for row in rows if row.rstrip(b",") not in _NOTHING] or rows
    objects = [row for row in rows if row.startswith(b"{") and row.rstrip(b",").endswith(b"}") and b'"' in row[:9]]
    if len(rows) > 1 and (len(objects) > len(rows) / 2 or _is_object(rows[0])):
        if _are_envelopes(objects):
            return 0.0, "a JSON object on each line, each of many records"
        return 0.95, "a JSON object on each line"
    if rows and rows[0].startswith((b"{", b"[{", b"<")):
        return 0.0, "no table"
    # Most texts are told from tables by their first lines alone.
    first = [row.decode(errors="replace") for row in rows[: dialects.PREAMBLE]]
    if dialects.may_be_table(first) and (dialect := _find_dialect(source)) is not None:
        return 0.8, dialect.reason
    return 0.0, "no table"


def _find_dialect(source: Source) -> dialects.Dialect | None:
    head = source.head(_HEAD_BYTES)
    rows = head.split(b"\n", _HEAD_LINES)[:_HEAD_LINES]
    if len(source.data) > source.start + len(head) and len(rows) < _HEAD_LINES:
        rows = rows[:-1]
    found = dialects.find_dialect([row.decode(errors="replace") for row in rows])
    if found is not None:
        found.preamble += source.data.count(b"\n", 0, source.start)
    return found


def _are_envelopes(objects: Sequence[bytes]) -> bool:
    for row in objects[:1]:
        try:
            value = json.loads(row.rstrip(b","), strict=False)
        except (ValueError, RecursionError):
            return False
        found = [] if json_shapes.is_entry(value) else list(json_shapes.find_records(value))
        return any(one.path.endswith("]") for one in found)
    return False


def _is_object(row: bytes) -> bool:
    try:
        return isinstance(json.loads(row), dict)
    except (ValueError, RecursionError):
        return False


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    recorder, parts = Recorder(), list[Findings]()
    for number, source, reason in sources:
        reader = _TableReader(number, source, reason, recorder)
        parts += reader.read_table()
        recorder = reader.recorder
        if reader.is_odd_json or reader.is_framed:
            # JSON that is not all lines: a list over several was joined to them, or an envelope is around them, and may
            # say of which day they are. It may give more as JSON.
            whole = api_json.parse([(number, source, f"{reason}, and more JSON")])
            if whole.entries.height > reader.entry_count - reader.is_framed:
                parts = [part.leave_out(number) for part in (*parts, recorder.findings())]
                parts.append(whole)
                recorder = Recorder()
    return merge([*parts, recorder.findings()])


def stream(number: int, source: Source, reason: str, rows: Iterable[bytes] | None = None) -> Iterator[Findings]:
    """Read one table, handing on findings every STEP records; the row of the dump itself comes with the last.

    rows are the lines of a source too large to be held (its data then is only the beginning); without them the source's
    data is read.
    """
    reader = _TableReader(number, source, reason, Recorder())
    yield from reader.read_table(rows)
    yield reader.recorder.findings()


def _split(data: bytes) -> Iterator[bytes]:
    """Lines of data, one at a time."""
    return (row.rstrip(b"\n") for row in io.BytesIO(data))


def _cut(data: bytes) -> Iterator[bytes]:
    """Data in pieces of whole lines, each with its line feed."""
    start = 0
    while start < len(data):
        stop = data.find(b"\n", start + _PIECE_BYTES) + 1 or len(data)
        yield _end_line(data[start:stop])
        start = stop


def _gather(rows: Iterable[bytes]) -> Iterator[bytes]:
    """The same of lines that come one at a time."""
    rows = iter(rows)
    while piece := list(itertools.islice(rows, _PIECE_LINES)):
        yield b"\n".join(piece) + b"\n"


def _end_line(piece: bytes) -> bytes:
    return piece if piece.endswith(b"\n") else piece + b"\n"


class _TableReader(SourceReader):
    """One table on its way through: its ledger and what has been collected since the last hand-over."""

    def __init__(self, number: int, source: Source, reason: str, recorder: Recorder) -> None:
        super().__init__(number, source, recorder)
        self.reason = reason
        #: The records that were refused for want of a title.
        self.untitled = json_shapes.Untitled()
        #: Whether lines of JSON stand among others that are none, or within the lines of an envelope.
        self.is_odd_json = self.is_framed = False
        self._set_columns([])
        self.has_header = True

    @staticmethod
    def open_ledger(source: Source) -> lines.LineLedger:
        """An empty one: lines are counted as they come, for the source's data may only be the beginning."""
        return lines.LineLedger(b"")

    def read_table(self, rows: Iterable[bytes] | None = None) -> Iterator[Findings]:
        """Read the table to its end; findings of STEP records at a time, what is left stays in the recorder."""
        path = self.source.path if rows is not None else None
        self.is_whole, self.rejects_before = rows is None, len(self.recorder.rejects)
        if self.source.data.startswith(b"PAR1"):
            yield from self._read_parquet(path)
        elif self.source.is_binary:
            yield from self._read_workbook(path)
        else:
            first = next((row for row in self.source.head(1 << 16).split(b"\n") if row.strip().strip(_BOM)), b"")
            first = first.strip().strip(_BOM)
            if first.startswith((b"{", b"[")) or first.rstrip(b",") in _NOTHING:
                yield from self._read_json_lines(_split(self.source.data) if rows is None else rows)
            else:
                pieces = _cut(self.source.data) if rows is None else _gather(rows)
                yield from self._read_csv(pieces, _find_dialect(self.source) or dialects.Dialect())

    def _read_json_lines(self, rows: Iterable[bytes]) -> Iterator[Findings]:
        is_first = self.is_whole
        for line, row in enumerate(rows, start=1):
            row = row.strip()
            # Files joined to one have a mark each; inside a value it is a character like any other.
            if row.startswith(_BOM) or row.endswith(_BOM):
                row = row.removeprefix(_BOM).removesuffix(_BOM).strip()
            self.ledger.append(bool(row))
            if not row:
                continue
            if row.endswith(b","):
                row = row[:-1].rstrip()
            try:
                records = [orjson.loads(row)]
            except ValueError:
                records = self._read_odd_line(row, line)
            for record in records:
                if isinstance(record, dict):
                    self._take_object(record, line, row)
                elif isinstance(record, list) and (found := list(json_shapes.find_records(record))):
                    # A list that was joined to lines.
                    self._take_found(found, line)
                elif record is None:
                    self.ledger.mark(lines.BOILERPLATE, line, line)
                else:
                    text = row.decode(errors="replace")
                    self.reject("not_json", f"a {type(record).__name__} where a record should be", line, line, text)
                    self.is_odd_json = True
            if self._is_full():
                is_first = False
                yield self._hand_over()
        if is_first and not self.is_odd_json and not self.entry_count and (why := self.untitled.say_kind()):
            self.reason = f"{self.reason}; {self.refuse_whole(why, 0, self.rejects_before)}"
        self._close(JSONL)

    def _read_odd_line(self, row: bytes, line: int) -> list[object]:
        """What a line holds that is no plain JSON; nothing where it is none, which is then recorded."""
        text = row.decode(errors="replace").rstrip(",")
        if text in ("[", "]", "[]", "null", "", "]["):
            self.ledger.mark(lines.BOILERPLATE, line, line)
            return []
        try:
            return [json.loads(text, strict=False)]
        except (ValueError, RecursionError) as error:
            # The first and last line of a list carry its brackets.
            if bare := _BRACKETS.fullmatch(text):
                try:
                    return [json.loads(bare[1], strict=False)]
                except (ValueError, RecursionError):
                    pass
            # Files that were joined where the first had no line end.
            if values := api_json.scan_values(text):
                return values
            if json_shapes.is_frame(text):
                self.is_framed = True
                self.ledger.mark(lines.BOILERPLATE, line, line)
                return []
            self.reject("not_json", str(error)[:200], line, line, text)
            self.is_odd_json = True
            return []

    def _read_csv(self, pieces: Iterator[bytes], dialect: dialects.Dialect) -> Iterator[Findings]:
        feed = _Feed(pieces, self.ledger, dialect)
        if dialect.preamble:
            feed.skip(dialect.preamble)
            self.ledger.mark(lines.BOILERPLATE, 1, feed.last)
        self._set_columns(dialect.names)
        self.has_header = not dialect.has_header
        while True:
            try:
                values = feed.read()
            except csv.Error as error:
                values = self._read_alone(feed)
                text = feed.push_back()
                if values is None:
                    self.reject("bad_row", str(error), feed.first, feed.first, text)
                    continue
            if values is None:
                break
            if values:
                self._take_row(values, feed)
                if self._is_full():
                    yield self._hand_over()
        self._close(CSV)

    def _set_columns(self, names: Sequence[str]) -> None:
        """Take names for those of the columns from here on."""
        self.names = _tell_apart(names)
        self.title_at = _find_title(self.names)
        self.plan = columns.make_plan(tuple(self.names))

    def _take_row(self, values: list[str], feed: "_Feed") -> None:
        """Take one row of a table of characters: a record, a header, a rule under one, or a fault."""
        text = feed.text
        if text[0] == "{" and isinstance(record := api_json.scan_value(text[:-1]), dict):
            # Lines of JSON that were joined to a table.
            feed.push_back()
            self._take_object(record, feed.first, text[:-1].encode())
            return
        if self.names and len(values) > len(self.names):
            values = _cut_header(_cut_empty(values, len(self.names)), self.names)
        if len(values) == 1 < len(self.names) and (joined := dialects.find_joined(text[:-1], feed.dialect, feed)):
            # A table divided by another sign was joined to this one.
            feed.change(joined)
            self._take_header(dialects.split_line(text[:-1], joined.delimiter), feed)
        elif ("sep=" in text[:5] and dialects.HINT.match(text)) or (self.names and _is_rule(values)):
            self.ledger.mark(lines.BOILERPLATE, feed.first, feed.last)
        elif not self.has_header or self._is_repeated(values):
            self._take_header(values, feed)
        elif (fault := _find_fault(values, len(self.names), feed)) is not None:
            # A stray quote swallows the lines after it: refuse its own line and read the rest again.
            self.reject("bad_row", fault, feed.first, feed.first, feed.push_back())
        else:
            self._take(dict(zip(self.names, values, strict=False)), feed.first, feed.last, feed)

    def _take_header(self, values: list[str], feed: "_Feed") -> None:
        if not feed.dialect.names:
            self._set_columns(values)
        self.has_header = True
        self.ledger.mark(lines.BOILERPLATE, feed.first, feed.last)

    def _read_alone(self, feed: "_Feed") -> list[str] | None:
        """The values of a line whose quotes are odd, where by itself it fits the columns."""
        try:
            values = next(feed.dialect.reader(iter([feed.text]), strict=False), [])
        except csv.Error:
            return None
        values = _cut_header(values, self.names)
        # An open quote takes the end of the line with it.
        return values if len(values) == len(self.names) and not values[-1].endswith("\n") else None

    def _is_repeated(self, values: list[str]) -> bool:
        """Whether a row is a header once more, of this table or of another that was joined to it."""
        names, title = self.names, self.title_at
        if values[0] == names[0] and values == names:
            return True
        # Where the title stands a header has a short name, whichever table it is of.
        if len(values) > title and len(values[title]) > 30:
            return False
        if values[0].strip('\ufeff "') == names[0] and _tell_apart(values) == names:
            return True
        if not any(columns.fold_name(value) in columns.TITLE_NAMES for value in values if len(value) < 30):
            return False
        known = len(values) - len(columns.find_ignored(values))
        return known >= 2 and 2 * known >= len(values) and dialects.is_header(values)

    def _read_parquet(self, path: str | None) -> Iterator[Findings]:
        line = 0
        try:
            table = pq.ParquetFile(path or pa.BufferReader(self.source.data))
            names = table.schema_arrow.names
            ignored = columns.find_ignored(names)
            unread = {name for name in ignored if columns.fold_name(name) not in resource_types.NAMES}
            self._count_ignored(table, [name for name in names if name in unread])
            wanted = [name for name in names if name not in unread]
            self.plan = columns.make_plan(tuple(wanted))
            for batch in table.iter_batches(batch_size=STEP, columns=wanted):
                for record in _read_batch(batch):
                    line += 1
                    self.ledger.append(True)
                    self._take(record, line, line, ())
                if self._is_full():
                    yield self._hand_over()
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # the last: names that are no text
            self.recorder.add_reject(self.number, "damaged_table", str(error)[:200], None, None, "")
        self._close(PARQUET)

    def _count_ignored(self, table: pq.ParquetFile, names: list[str]) -> None:
        """Count the values of columns nobody reads, by what the file says of them."""
        for name in names:
            count = table.metadata.num_rows
            for group in range(table.metadata.num_row_groups):
                for place in range(table.metadata.num_columns):
                    column = table.metadata.row_group(group).column(place)
                    if column.path_in_schema == name and column.statistics and column.statistics.null_count:
                        count -= column.statistics.null_count
            if count > 0:
                self.ignored[name] = count

    def _read_workbook(self, path: str | None) -> Iterator[Findings]:
        line, texts = 0, []
        if workbook.find_kind(self.source.data, path) is None:
            self.reason = "an Office file that is no workbook"
            self.recorder.add_reject(self.number, "binary", self.reason, None, None, "")
            self._close("unknown")
            return
        try:
            for sheet, rows in workbook.read_sheets(self.source.data, path):
                header = next((place for place, row in enumerate(rows[:_SHEET_PREAMBLE]) if _is_header_row(row)), None)
                self._set_columns(rows[header] if header is not None else [])
                if self.names:
                    texts.append(sheet)
                for place, values in enumerate(rows):
                    line += 1
                    is_written = any(value.strip() for value in values)
                    self.ledger.append(is_written)
                    if not is_written:
                        continue
                    if header is None:
                        detail = f"no column of titles in the sheet {sheet[:60]!r}"
                        self.reject("unknown_text", detail, line, line, "\t".join(values))
                    elif place <= header or self._is_repeated(_cut_empty(values, 1)):
                        self.ledger.mark(lines.BOILERPLATE, line, line)
                    else:
                        self._take(dict(zip(self.names, values, strict=False)), line, line, ["\t".join(values)])
                if self._is_full():
                    yield self._hand_over()
            self.reason = f"a workbook; papers in {', '.join(map(repr, texts[:10])) or 'none of its sheets'}"
        except workbook.DamagedWorkbookError as error:
            self.recorder.add_reject(self.number, "damaged_table", str(error), None, None, "")
        self._close(WORKBOOK)

    def _take_object(self, record: dict, line: int, row: bytes) -> None:
        """Take one JSON value of a line: a record, or what holds some."""
        if json_shapes.is_foreign(record):
            text = row.decode(errors="replace")
            self.untitled.add(record)
            self.reject("no_title", "by its names a record of something else than a paper", line, line, text)
            return
        # Most records hold texts and numbers: there is nothing in them that is packed, and no other record.
        is_flat = {dict, list}.isdisjoint(map(type, record.values()))
        entry = columns.read_record(record) if is_flat else api_json.read_entry(record)
        if entry["title"] is not None and (is_flat or not json_shapes.is_envelope(record)):
            self.ignore(columns.list_ignored(record) if is_flat else api_json.list_ignored(record))
            self.add_entry(entry, line, line)
            return
        found = list(json_shapes.find_records(record))
        if not found and incipits.take_incipit(entry, record):
            self.ignore(api_json.list_ignored(record))
            self.add_entry(entry, line, line)
        elif not found:
            self.untitled.add(record)
            self.reject("no_title", "a record without a title", line, line, row.decode(errors="replace"))
        self._take_found(found, line)

    def _take_found(self, found: Iterable[json_shapes.Found], line: int) -> None:
        for inside in found:
            self.ignore(api_json.list_ignored(inside.record))
            entry = api_json.read_entry(inside.record)
            if entry["title"] is not None:
                api_json.set_section(entry, inside.day)
                self.add_entry(entry, line, line)

    def _take(self, record: dict, first: int, last: int, written: Iterable[str]) -> None:
        entry = columns.read_planned(record, self.plan)
        if entry["title"] is None and not incipits.take_incipit(entry, record):
            self.reject("no_title", "a record without a title", first, last, "\n".join(written))
            return
        if self.plan.ignored:
            self.ignore(columns.name_ignored(record, self.plan))
        self.add_entry(entry, first, last)

    def _is_full(self) -> bool:
        return len(self.recorder.entries) >= STEP or len(self.recorder.rejects) >= STEP

    def _hand_over(self) -> Findings:
        found, self.recorder = self.recorder.findings(), Recorder()
        return found

    def _close(self, layout: str) -> None:
        facts = {"ignored_fields": self.list_ignored()}
        self.recorder.add_dump(self.number, self.source, self.ledger, layout, self.reason, **facts)


def _read_batch(batch: pa.RecordBatch) -> list[dict]:
    batch = _decode_strings(batch)
    try:
        if not any(_has_inner_days(kind) for kind in batch.schema.types):
            return _name_odd_days(pl.DataFrame(pl.from_arrow(batch))).to_dicts()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError, TypeError, LookupError):
        pass
    columns_of_values = [[_to_python(value) for value in column] for column in batch.columns]
    return [dict(zip(batch.schema.names, values, strict=True)) for values in zip(*columns_of_values, strict=True)]


def _decode_strings(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch whose strings are UTF-8, as the format promises: in others, bytes that are none are replaced."""
    arrays = []
    for column in batch.columns:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            try:
                column.validate(full=True)
            except pa.ArrowInvalid:
                held = column.cast(pa.large_binary()).to_pylist()
                column = pa.array([value and value.decode("utf-8", "replace") for value in held], pa.large_string())
        arrays.append(column)
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _has_inner_days(kind: pa.DataType) -> bool:
    """Whether lists or structs of a type hold times: Polars does not come back from one that Python cannot hold."""
    inner = [kind.field(number).type for number in range(kind.num_fields)] if pa.types.is_nested(kind) else []
    return any(pa.types.is_temporal(part) or _has_inner_days(part) for part in inner)


def _to_python(value: pa.Scalar) -> object:
    """A value; words that are none in place of one that Python cannot hold."""
    try:
        return value.as_py()
    except (ValueError, OverflowError, TypeError, LookupError, pa.ArrowException):
        return "no value"


def _name_odd_days(frame: pl.DataFrame) -> pl.DataFrame:
    """A batch whose days beyond Python's calendar, which no value of Python holds, are words that are no day."""
    for name, dtype in frame.schema.items():
        if not isinstance(dtype, pl.Date | pl.Datetime):
            continue
        unit = dtype.time_unit if isinstance(dtype, pl.Datetime) else "d"
        number = pl.col(name).to_physical().cast(pl.Int64) // _PER_DAY[unit]
        # A day at either end is left for time zones.
        is_held = number.is_between(-719_161, 2_932_895)
        if frame.select((~is_held).any()).item():
            held = pl.when(is_held).then(pl.col(name)).cast(pl.String)
            frame = frame.with_columns(pl.when(pl.col(name).is_not_null()).then(held.fill_null("no day")).alias(name))
    return frame


def _tell_apart(names: Sequence[str]) -> list[str]:
    """Names of columns, stripped; a second one of a name is another column."""
    told: list[str] = []
    for name in (name.strip().strip("\ufeff").strip().strip('"') for name in names):
        told.append(name if name not in told else f"{name} #{len(told) + 1}")
    return told


def _find_title(names: Sequence[str]) -> int:
    """The place of the column that has the titles."""
    folded = [columns.fold_name(name) for name in names]
    return next((place for place, name in enumerate(folded) if name in columns.TITLE_NAMES), 0)


def _is_header_row(values: list[str]) -> bool:
    written = [value for value in values if value.strip()]
    return dialects.is_header(written) if written else False


def _cut_empty(values: list[str], width: int) -> list[str]:
    """A row without the empty values behind its last column."""
    end = len(values)
    while end > width and not values[end - 1].strip():
        end -= 1
    return values[:end]


def _is_rule(values: Sequence[str]) -> bool:
    if values[0].strip("-: \t"):
        return False
    return len(values) > 1 and any("---" in value for value in values) and all(map(_RULE.match, values))


def _cut_header(values: list[str], names: list[str]) -> list[str]:
    """A row without the header of a table that was joined to it where it had no line end."""
    width = len(names)
    if len(values) == 2 * width - 1 and values[width:] == names[1:] and values[width - 1].endswith(names[0]):
        return [*values[: width - 1], values[width - 1].removesuffix(names[0]).rstrip("\ufeff")]
    return values


def _find_fault(values: list[str], width: int, feed: "_Feed") -> str | None:
    """Why the values of a row may be another row's; None where they are its own."""
    is_long = feed.end - feed.start > 1
    if len(values) == width:
        if is_long and dialects.are_rows(feed.text, feed.last_text, feed.dialect, width):
            return "a quote that is not closed: the line after it is a row as well"
        return None
    fault = f"{len(values)} values for {width} columns"
    if len(values) > width or is_long:
        return fault
    if dialects.is_broken(values, dialects.split_line(feed.peek_written(), feed.dialect.delimiter), width):
        return f"{fault}, and the rest may stand on the next line"
    if dialects.is_broken(dialects.split_line(feed.before, feed.dialect.delimiter), values, width):
        return f"{fault}, and they may be the rest of the line before"
    return None


class _Feed:
    """Lines of a table on their way to the reader of rows, each with its line feed.

    Some thousand are at hand, so that lines can be looked at, and read again.
    """

    def __init__(self, pieces: Iterator[bytes], ledger: lines.LineLedger, dialect: dialects.Dialect) -> None:
        self.pieces = pieces
        self.ledger = ledger
        self.dialect = dialect
        #: The lines at hand, and how many there were before them.
        self.window: list[str] = []
        self.dropped = 0
        #: Where the row that was read last begins in the window, and where the next one does.
        self.start = self.end = 0
        #: The line before it.
        self.before = ""
        self.is_drained = False
        self._begin()

    def __iter__(self) -> Iterator[str]:
        return (line[:-1] for line in self.window[self.start : self.end])

    @property
    def first(self) -> int:
        """Number of the first line of the row."""
        return self.dropped + self.start + 1

    @property
    def last(self) -> int:
        """Number of its last line."""
        return self.dropped + self.end

    @property
    def text(self) -> str:
        """The first line of the row."""
        return self.window[self.start]

    @property
    def last_text(self) -> str:
        """Its last line."""
        return self.window[self.end - 1]

    def read(self) -> list[str] | None:
        """The values of the next row, none for a blank line; None behind the last. Raises csv.Error: stray quotes."""
        if self.end > self.start:
            self.before = self.window[self.end - 1][:-1]
        self.start = self.end
        if len(self.window) - self.end < _ROW_LINES and not self.is_drained:
            self._fill()
        try:
            values = next(self._reader, None)
        finally:
            self.end = self._begun + self._reader.line_num
        if self.end - self.start > _ROW_LINES:
            raise csv.Error("unexpected end of data")
        return values

    def skip(self, count: int) -> None:
        """Pass over so many lines, which are no row."""
        self._fill()
        self.end = min(count, len(self.window))
        self._drop(self.end)

    def push_back(self) -> str:
        """Take back all lines of the row but the first, which is returned without its line feed."""
        self.end = self.start + 1
        self._begin()
        return self.window[self.start][:-1]

    def change(self, dialect: dialects.Dialect) -> None:
        """Read rows in another dialect from here on."""
        self.dialect = dialect
        self._begin()

    def peek(self, count: int) -> list[str]:
        """The next lines, without their line feeds, which stay to be read."""
        if len(self.window) - self.end < count and not self.is_drained:
            self._fill()
        return [line[:-1] for line in self.window[self.end : self.end + count]]

    def peek_written(self) -> str:
        """The next line that is not blank, if it is near."""
        return next((line for line in self.peek(_NEAR) if line.strip()), "")

    def _begin(self) -> None:
        """Have rows read from the end of the last one."""
        self._begun = self.end
        self._reader = self.dialect.reader(itertools.islice(self.window, self.end, None))

    def _fill(self) -> None:
        """Have more lines at hand."""
        more: list[str] = []
        # A few at a time: each stands in memory four times while it is made.
        while len(more) < _ROW_LINES and (piece := next(self.pieces, b"")):
            self.ledger.extend(piece)
            text = piece.decode(errors="replace")
            lines_of = io.StringIO(text, newline="\n")
            more += [line.removeprefix("\ufeff") for line in lines_of] if "\ufeff" in text else lines_of
        self.is_drained = len(more) < _ROW_LINES
        self._drop(self.start)
        self.window += more
        self._begin()

    def _drop(self, count: int) -> None:
        """Let go of so many lines."""
        self.window = self.window[count:]
        self.dropped += count
        self.start, self.end = 0, self.end - count
        self._begin()
