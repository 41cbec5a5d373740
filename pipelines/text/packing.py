"""The text stage as workers of another engine run it: Arrow batches in, and each batch's facts out in one row of bytes.

What belongs here: packing and unpacking. An engine's types are not Polars' (no unsigned integers), so that a frame goes
through it as it is, a column of bytes per frame. Which texts, and where their facts go, is the business of
`loading.texts`.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields

import polars as pl
import pyarrow as pa

from .extraction import TEXT_VERSION, TextFacts, extract_texts

#: Columns of a row of packed facts: the frames of TextFacts, each as bytes of Arrow's file format.
PACKED = tuple(field.name for field in fields(TextFacts))


def extract_packed(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The facts of all texts of a partition.

    Args: batches: text_id (distinct), title, abstract (nullable), as printed.
    Returns: one row of PACKED; none for no text.
    """
    frames = [pl.DataFrame(batch).select("text_id", "title", "abstract").cast(pl.String()) for batch in batches]
    texts = pl.concat(frames) if frames else pl.DataFrame()
    if texts.is_empty():
        return
    facts = extract_texts(texts)
    packed = {name: [_to_bytes(getattr(facts, name))] for name in PACKED}
    yield pa.RecordBatch.from_pydict(packed, schema=pa.schema({name: pa.binary() for name in PACKED}))


def unpack_facts(row: Mapping[str, bytes]) -> TextFacts:
    """What `extract_packed` has packed into a row."""
    return TextFacts(**{name: pl.read_ipc(io.BytesIO(row[name]), memory_map=False) for name in PACKED})


def name_version(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The version of the text rules where this runs, a row per batch: whether a worker has those of the build."""
    for _ in batches:
        yield pa.RecordBatch.from_pydict({"text_version": [TEXT_VERSION]})


def _to_bytes(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="zstd")
    return buffer.getvalue()
