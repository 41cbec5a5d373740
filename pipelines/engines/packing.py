"""Our functions as workers of another engine run them: Arrow batches in, frames out, each packed into bytes.

What belongs here: packing and unpacking, and what a worker has to be asked first. An engine's types are not Polars' (no
unsigned integers), so that a frame goes through it as it is, a column of bytes per frame. Which texts and dumps, and
where what is found in them goes, is the business of `loading`.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from ..parsing import PARSER_VERSION, ColumnMapping, Parsed, hash_files, read_dumps
from ..text import TEXT_VERSION, TextFacts, extract_texts

#: Columns of a row of packed facts: the frames of TextFacts, each as bytes of Arrow's file format.
PACKED = tuple(field.name for field in fields(TextFacts))
#: Columns of a row of packed dumps: the frames of Parsed; or the path of a file that is not what it should be here.
PACKED_DUMPS = (*(field.name for field in fields(Parsed)), "unseen")
#: What reading a dump needs, and its place among all: members of an archive are read in their order.
DUMP_COLUMNS = {
    "number": pl.Int64(),
    "path": pl.String(),
    "file_names": pl.List(pl.String()),
    "folder_name": pl.String(),
    "byte_count": pl.Int64(),
    "dump_id": pl.String(),
    "member": pl.String(),
}


def extract_packed(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The facts of all texts of a partition.

    Args: batches: text_id (distinct), title, abstract (nullable), as printed.
    Returns: one row of PACKED; none for no text.
    """
    frames = [pl.DataFrame(batch).select("text_id", "title", "abstract").cast(pl.String()) for batch in batches]
    texts = pl.concat(frames) if frames else pl.DataFrame()
    if not texts.is_empty():
        yield _pack(extract_texts(texts), PACKED)


def unpack_facts(row: Mapping[str, bytes]) -> TextFacts:
    """What `extract_packed` has packed into a row."""
    return TextFacts(**_unpack(row, PACKED))


def read_packed(batches: Iterable[pa.RecordBatch], own: ColumnMapping) -> Iterator[pa.RecordBatch]:
    """What is in all dumps of a partition, read in a process of its own, as here.

    Args: batches: DUMP_COLUMNS; own: the user's names of columns.
    Returns: a row of PACKED_DUMPS for each batch of the raw tables; one for each file that is another one here, or
    none, of which nothing is read.
    """
    frames = [pl.DataFrame(batch).select(*DUMP_COLUMNS).cast(DUMP_COLUMNS) for batch in batches]  # type: ignore[arg-type]
    if not frames:
        return
    dumps = pl.concat(frames).sort("number")
    unseen = find_unseen(dumps)
    for path in unseen:
        yield _pack(None, PACKED_DUMPS, unseen=path)
    found = read_dumps(dumps.filter(~pl.col("path").is_in(unseen)), own=own)
    # The kernel ends the process with the thread that has started it, and an engine's threads come and go.
    with ThreadPoolExecutor(max_workers=1) as thread:
        while parsed := thread.submit(next, found, None).result():
            yield _pack(parsed, PACKED_DUMPS)


def unpack_dumps(row: Mapping[str, bytes]) -> Parsed | str:
    """What `read_packed` has packed into a row: a batch of the raw tables, or the path of a file that is not there."""
    return row["unseen"].decode() if row["unseen"] else Parsed(**_unpack(row, PACKED_DUMPS[:-1]))


def find_unseen(dumps: pl.DataFrame) -> list[str]:
    """The paths where a file does not have the content it should, seen from here.

    Args: dumps: path, dump_id.
    """
    paths = dumps["path"].unique(maintain_order=True)
    hashed = hash_files([Path(path) for path in paths])
    missing = dumps.join(hashed, on=["path", "dump_id"], how="anti", maintain_order="left")
    return missing["path"].unique(maintain_order=True).to_list()


def name_versions(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The versions of text rules and parser where this runs, a row per batch: are a worker's those of the build?"""
    for _ in batches:
        yield pa.RecordBatch.from_pydict({"text rules": [TEXT_VERSION], "parser": [PARSER_VERSION]})


def _pack(found: object, columns: Iterable[str], **texts: str) -> pa.RecordBatch:
    """A row of frames that are attributes, and of texts; null for what is not there."""
    values: dict[str, list[Any]] = {
        name: [texts[name].encode() if name in texts else _to_bytes(getattr(found, name, None))] for name in columns
    }
    return pa.RecordBatch.from_pydict(values, schema=pa.schema({name: pa.binary() for name in columns}))


def _to_bytes(frame: pl.DataFrame | None) -> bytes | None:
    if frame is None:
        return None
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="zstd")
    return buffer.getvalue()


def _unpack(row: Mapping[str, bytes], columns: Iterable[str]) -> dict[str, pl.DataFrame]:
    return {name: pl.read_ipc(io.BytesIO(row[name]), memory_map=False) for name in columns}
