"""Tables of records: JSON lines, CSV (comma, semicolon, tab or bar) and Parquet, one paper a record.

Column names are mapped in `columns`. Records are read one after another, so a file of any size streams through. In
Parquet, which has no lines, a row counts as a line.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from .. import columns, lines
from ..files import Source
from ..findings import Findings, Recorder, merge
from ..reader import SourceReader
from . import api_json

JSONL, CSV, PARQUET = "records_jsonl", "records_csv", "records_parquet"
#: Records handed on together where a file is streamed.
STEP = 5_000
_DELIMITERS = ",\t;|"

_HINT = re.compile(rb"(?:\xef\xbb\xbf)?sep=.\s*$")
#: The line under the header of a table in Markdown.
_RULE = re.compile(r"[-:\s]*$")

csv.field_size_limit(1 << 24)


def recognise(source: Source) -> tuple[float, str]:
    """Score a source as a table: Parquet's magic bytes, lines that are JSON objects, or a header that names a title."""
    if source.data.startswith(b"PAR1"):
        return 1.0, "Parquet magic bytes"
    if source.is_binary:
        return 0.0, "binary"
    rows = [row.strip() for row in source.data[: 1 << 16].split(b"\n", 20)[:20] if row.strip()]
    objects = [row for row in rows if row.startswith(b"{") and row.rstrip(b",").endswith(b"}") and b'"' in row[:9]]
    if len(rows) > 1 and (len(objects) > len(rows) / 2 or _is_object(rows[0])):
        return 0.95, "a JSON object on each line"
    if (delimiter := _find_delimiter(_skip_hint(rows))) is not None:
        return 0.8, f"a header line that names a title column, divided by {delimiter!r}"
    return 0.0, "no table"


def _skip_hint(rows: Sequence[bytes]) -> bytes:
    """The first of some lines that is written and no `sep=;` of a spreadsheet."""
    return next((row for row in rows if row.strip() and not _HINT.match(row)), b"")


def _is_object(row: bytes) -> bool:
    try:
        return isinstance(json.loads(row), dict)
    except (ValueError, RecursionError):
        return False


def _find_delimiter(header: bytes) -> str | None:
    """The character that cuts the header line into names of which one is a title and one more is known."""
    text = header.decode(errors="replace")
    for delimiter in _DELIMITERS:
        names = {columns.fold_name(name.strip().strip('"')) for name in text.split(delimiter)}
        if not names.isdisjoint(columns.TITLE_NAMES) and len(names) > 1:
            known = names - {columns.fold_name(name) for name in columns.find_ignored(names)}
            if len(known) > 1 and len(known) * 3 >= len(names):
                return delimiter
    return None


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    parts = [part for number, source, reason in sources for part in stream(number, source, reason)]
    return merge(parts)


def stream(number: int, source: Source, reason: str, rows: Iterable[bytes] | None = None) -> Iterator[Findings]:
    """Read one table, handing on findings every STEP records; the row of the dump itself comes with the last.

    rows are the lines of a source too large to be held (its data then is only the beginning); without them the source's
    data is read.
    """
    reader = _TableReader(number, source, reason)
    if source.data.startswith(b"PAR1"):
        yield from reader.read_parquet(source.path if rows is not None else None)
        return
    lines_of = _split(source.data) if rows is None else rows
    first = _skip_hint(source.data[: 1 << 16].split(b"\n"))
    if first.lstrip().startswith(b"{"):
        yield from reader.read_json_lines(lines_of)
    else:
        yield from reader.read_csv(lines_of, _find_delimiter(first) or ",")


def _split(data: bytes) -> Iterator[bytes]:
    """Lines of data, one at a time."""
    return (row.rstrip(b"\n") for row in io.BytesIO(data))


class _TableReader(SourceReader):
    """One table on its way through: its ledger and what has been collected since the last hand-over."""

    def __init__(self, number: int, source: Source, reason: str) -> None:
        super().__init__(number, source, Recorder())
        self.reason = reason
        # Lines are counted as they come: the source's data may only be the beginning.
        self.ledger = lines.LineLedger(b"")

    def read_json_lines(self, rows: Iterable[bytes]) -> Iterator[Findings]:
        for line, row in enumerate(rows, start=1):
            row = row.strip()
            self.ledger.append(bool(row))
            if not row:
                continue
            text = row.decode(errors="replace").rstrip(",")
            try:
                record = json.loads(text, strict=False)
            except (ValueError, RecursionError) as error:
                if text in ("[", "]"):
                    self.ledger.mark(lines.BOILERPLATE, line, line)
                else:
                    self.reject("not_json", str(error)[:200], line, line, text)
                continue
            if isinstance(record, dict):
                self._take(record, line, line, text)
            else:
                self.reject("not_json", f"a {type(record).__name__} where a record should be", line, line, text)
            yield from self._hand_over()
        yield self._close(JSONL)

    def read_csv(self, rows: Iterable[bytes], delimiter: str) -> Iterator[Findings]:
        feed = _Feed(rows, self.ledger)
        reader = csv.reader(feed, delimiter=delimiter)
        names: list[str] = []
        while True:
            first = feed.line + 1
            feed.held.clear()
            try:
                values = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                self.reject("bad_row", str(error), first, feed.line, "\n".join(feed.held))
                continue
            if not values:
                continue
            if (not names and _HINT.match(feed.held[0].encode())) or (names and _is_rule(values)):
                self.ledger.mark(lines.BOILERPLATE, first, feed.line)
            elif not names:
                names = [value.strip().lstrip("\ufeff") for value in values]
                self.ledger.mark(lines.BOILERPLATE, first, feed.line)
            elif len(values) > len(names) or (len(values) < len(names) and feed.line > first) or feed.is_over:
                # A stray quote swallows the lines after it: refuse its own line and read the rest again.
                text = feed.held[0]
                feed.push_back()
                self.reject("bad_row", f"{len(values)} values for {len(names)} columns", first, first, text)
                reader = csv.reader(feed, delimiter=delimiter)
            else:
                self._take(dict(zip(names, values, strict=False)), first, feed.line, "\n".join(feed.held))
            yield from self._hand_over()
        yield self._close(CSV)

    def read_parquet(self, path: str | None) -> Iterator[Findings]:
        line = 0
        try:
            table = pq.ParquetFile(path or pa.BufferReader(self.source.data))
            names = table.schema_arrow.names
            ignored = columns.find_ignored(names)
            self.ignored.update(dict.fromkeys(ignored, table.metadata.num_rows))
            wanted = [name for name in names if name not in ignored]
            for batch in table.iter_batches(batch_size=STEP, columns=wanted):
                for record in batch.to_pylist():
                    line += 1
                    self.ledger.append(True)
                    self._take(record, line, line, "")
                yield from self._hand_over()
        except (pa.ArrowException, OSError) as error:
            self.recorder.add_reject(self.number, "damaged_table", str(error)[:200], None, None, "")
        yield self._close(PARQUET)

    def _take(self, record: dict, first: int, last: int, text: str) -> None:
        entry = api_json.read_entry(record)
        if entry["title"] is None:
            self.reject("no_title", "a record without a title", first, last, text)
            return
        if not isinstance(record.get("paper"), dict):
            self.ignore(columns.find_ignored(name for name, value in record.items() if value not in (None, "")))
        self.add_entry(entry, first, last)

    def _hand_over(self) -> Iterator[Findings]:
        if len(self.recorder.entries) >= STEP or len(self.recorder.rejects) >= STEP:
            yield self.recorder.findings()
            self.recorder = Recorder()

    def _close(self, layout: str) -> Findings:
        facts = {"ignored_fields": self.list_ignored()}
        self.recorder.add_dump(self.number, self.source, self.ledger, layout, self.reason, **facts)
        return self.recorder.findings()


def _is_rule(values: Sequence[str]) -> bool:
    return len(values) > 1 and any("---" in value for value in values) and all(map(_RULE.match, values))


class _Feed:
    """Lines for the CSV reader that remember what was handed out, so that lines can be taken back."""

    def __init__(self, rows: Iterable[bytes], ledger: lines.LineLedger) -> None:
        self.rows = iter(rows)
        self.ledger = ledger
        self.line = 0
        self.held: list[str] = []
        self.waiting: list[str] = []
        #: Set when the lines ran out; while a row is being read that means an open quote.
        self.is_over = False

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if self.waiting:
            text = self.waiting.pop()
        else:
            row = next(self.rows, None)
            if row is None:
                self.is_over = True
                raise StopIteration
            self.ledger.append(bool(row.strip()))
            text = row.decode(errors="replace")
        self.line += 1
        self.held.append(text)
        return text + "\n"

    def push_back(self) -> None:
        """Take back all lines of the row just read but its first."""
        self.waiting.extend(reversed(self.held[1:]))
        self.is_over = False
        self.line -= len(self.held) - 1
