"""The way from files to raw tables: batches bounded in bytes, each read, recognised, parsed and assembled.

Nothing here knows a layout or a table; it only carries sources from one to the next.
"""

import contextlib
import gc
from collections import defaultdict
from collections.abc import Callable, Iterator
from types import ModuleType

import polars as pl

from . import files, findings, layouts, lines, mapping
from .assembly import Parsed, assemble
from .layouts import records

#: Content read into one batch. Smaller costs time per batch, larger costs memory; 16 MB is where neither is felt.
BATCH_BYTES = 16 << 20
#: A dump larger than this is streamed if it is a table of records, and otherwise held whole while it is parsed.
STREAM_BYTES = 64 << 20
#: A dump larger than this that cannot be streamed is refused.
WHOLE_BYTES = 256 << 20
_OVERSIZE = (
    "{:,} bytes; at most {:,} of a file are read that is no table of records. "
    "Part it, or save it as JSON lines, CSV or Parquet, which are read however large"
)
#: Small files in one batch, for the rows kept per file.
BATCH_FILES = 10_000


def parse_dumps(
    dumps: pl.DataFrame, progress: Callable[[int], None] | None = None, own: mapping.ColumnMapping = mapping.NO_MAPPING
) -> Iterator[Parsed]:
    """Parse dumps in the order given, in batches bounded in bytes. No content makes it raise.

    Args: dumps with the columns of hash_files and file_names (list of every base name), one row per distinct dump_id;
    progress is told the number of dumps finished so far after each batch; own are the user's names of columns.
    Returns: batches of the raw tables. A dump is whole within one batch, except that a table of records larger than
    STREAM_BYTES comes in several, of which the last has its row of dumps.
    """
    batches = _parse(dumps, progress)
    while True:
        # Whoever asks for batches does so in a context of their own: the names count while one is made, and no longer.
        with mapping.using(own), pause_collector():
            parsed = next(batches, None)
        if parsed is None:
            return
        yield parsed


@contextlib.contextmanager
def pause_collector() -> Iterator[None]:
    """Have no reference cycles looked for: rows of plain values make none, and looking costs a fifth of the time."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()


def _parse(dumps: pl.DataFrame, progress: Callable[[int], None] | None) -> Iterator[Parsed]:
    done = 0
    shelf = files.Shelf()
    for batch in cut_batches(dumps):
        yield from parse_batch(batch, shelf)
        done += len(batch)
        if progress is not None:
            progress(done)
    shelf.close()


def parse_batch(batch: list[dict], shelf: files.Shelf) -> Iterator[Parsed]:
    """What is in the dumps of a batch, whole but for a large table; shelf keeps an archive open between batches."""
    if batch[0]["byte_count"] > STREAM_BYTES:
        yield from _parse_large(batch[0])
    else:
        yield _parse_sources([files.read_source(row, shelf) for row in batch])


def cut_batches(dumps: pl.DataFrame) -> Iterator[list[dict]]:
    """The dumps in the order given, as many at a time as are read together; a large one is alone."""
    batch: list[dict] = []
    size = 0
    columns = [
        name
        for name in ("path", "file_names", "folder_name", "byte_count", "dump_id", "member")
        if name in dumps.columns
    ]
    for row in dumps.select(columns).iter_rows(named=True):
        if batch and (size + row["byte_count"] > BATCH_BYTES or len(batch) >= BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += row["byte_count"]
    if batch:
        yield batch


def _parse_large(row: dict) -> Iterator[Parsed]:
    """Stream a large table; hold another large dump whole, up to a limit."""
    try:
        source, rows = files.open_rows(row)
    except (OSError, files.DamagedCompressionError):
        yield _parse_sources([files.read_source(row)])
        return
    layout, reason = layouts.recognise(source)
    # A compressed Parquet file has no lines to stream and is read whole, like any other layout.
    if layout is records and (not source.is_binary or source.compression == "none"):
        entries_before = rejects_before = 0
        for found in records.stream(0, source, reason, rows):
            if found.dumps.height and source.damage:
                found = findings.merge([found, _record_damage(source)])
            parsed = assemble([source], found, entries_before, rejects_before)
            entries_before += parsed.entries.height
            rejects_before += parsed.rejects.height
            yield parsed
    elif row["byte_count"] <= WHOLE_BYTES:
        yield _parse_sources([files.read_source(row)])
    else:
        recorder = findings.Recorder()
        recorder.add_reject(0, "oversize", _OVERSIZE.format(row["byte_count"], WHOLE_BYTES), None, None, "")
        source.data = b""
        recorder.add_dump(0, source, lines.LineLedger(b""), "unknown", "too large to be held")
        yield assemble([source], recorder.findings())


def _record_damage(source: files.Source, number: int = 0) -> findings.Findings:
    recorder = findings.Recorder()
    for code, detail in source.damage:
        recorder.add_reject(number, code, detail, None, None, "")
    return recorder.findings()


def _parse_sources(sources: list[files.Source]) -> Parsed:
    recorder = findings.Recorder()
    claimed: dict[ModuleType, list[tuple[int, files.Source, str]]] = defaultdict(list)
    for number, source in enumerate(sources):
        for code, detail in source.damage:
            recorder.add_reject(number, code, detail, None, None, "")
        layout, reason = layouts.recognise(source)
        if layout is not None:
            claimed[layout].append((number, source, reason))
            continue
        ledger = lines.LineLedger(source.data)
        if source.is_binary:
            ledger.mark(lines.REJECTED, 1, len(ledger.classes))
            text = source.data[:80].decode("latin-1").encode("unicode_escape").decode()
            recorder.add_reject(number, "binary", "zero and control bytes", 1, len(ledger.classes), text)
        recorder.add_dump(number, source, ledger, "unknown", reason)
    found = findings.merge([recorder.findings(), *(layout.parse(group) for layout, group in claimed.items())])
    for source in sources:
        # What is read of it stands in the findings.
        source.data = b""
    return assemble(sources, found)
