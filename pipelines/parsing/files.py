"""Files on disk to text: finding, unpacking, hashing, decoding. Knows bytes and names, nothing of layouts.

A file is never trusted by its name: compression and encoding are read from the content. Whatever had to be assumed
(a fallback encoding, a damaged archive) is recorded on the Source, and nothing here raises for what a file contains.
"""

import codecs
import gzip
import hashlib
import io
import itertools
import os
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pyarrow as pa
import zstandard

#: Unpacked content above this many bytes is not taken from one compressed file: 4 GB, twice the largest archive known.
UNPACKED_LIMIT = 4 << 30
#: A compressed file may grow by this factor at most; text of papers grows by 3 to 5, so 200 is an attack or a mistake.
RATIO_LIMIT = 200
#: Below this size the ratio means nothing (a small repetitive file).
RATIO_FREE_BYTES = 16 << 20
_CHUNK = 1 << 20
_STEP = 1 << 16
_CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b")) + b"\x7f"

_EDITOR_FILE = re.compile(r"^[.#~]|~$|\.(?:swp|swx|swo|bak|tmp|part|crdownload)$", re.IGNORECASE)
_MAGIC = {b"\x1f\x8b": "gz", b"\x28\xb5\x2f\xfd": "zst"}
_UTF_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class MissingInputError(FileNotFoundError):
    """A path named as input does not exist."""


@dataclass
class Source:
    """One dump to parse: where it came from and its content, as UTF-8 with line feeds, or as it is if binary."""

    dump_id: str
    path: str
    file_names: list[str]
    folder_name: str | None
    byte_count: int
    compression: str = "none"
    encoding: str = "utf-8"
    data: bytes = b""
    is_binary: bool = False
    #: (reason code, detail) of damage found before any layout saw the content.
    damage: list[tuple[str, str]] = field(default_factory=list)


def find_files(paths: Sequence[Path]) -> list[Path]:
    """List the regular files under the paths, sorted, each once.

    Folders are walked; hidden and editor files, links, devices and pipes inside them are skipped. A file named outright
    is taken unless it is a link or no regular file. Raises MissingInputError naming the path that does not exist.
    """
    found: set[Path] = set()
    for path in paths:
        path = Path(path)
        if not path.exists():
            raise MissingInputError(f"No such file or folder: {path}. Give the path of a dump or of a folder of dumps.")
        if path.is_dir():
            found.update(_walk(path))
        elif path.is_file() and not path.is_symlink():
            found.add(path)
    return sorted(found)


def _walk(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as items:
        for item in items:
            if _EDITOR_FILE.search(item.name):
                continue
            if item.is_dir(follow_symlinks=False):
                yield from _walk(Path(item.path))
            elif item.is_file(follow_symlinks=False):
                yield Path(item.path)


def hash_files(files: Sequence[Path]) -> pl.DataFrame:
    """Name each file's content: one row per file, in the order given.

    Columns: path, file_name, folder_name, byte_count (after decompression), dump_id (sha256, hex, of the content after
    decompression; of the raw bytes where it cannot be unpacked; of the path where it cannot even be read).
    """
    rows = []
    for path in files:
        digest, size = _hash(path)
        rows.append((str(path), path.name, path.parent.name or None, size, digest))
    schema = {
        "path": pl.String,
        "file_name": pl.String,
        "folder_name": pl.String,
        "byte_count": pl.Int64,
        "dump_id": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _hash(path: Path) -> tuple[str, int]:
    try:
        with path.open("rb") as file:
            compression = sniff_compression(file.read(4))
            file.seek(0)
            if compression != "none":
                digest, size = hashlib.sha256(), 0
                try:
                    for chunk in unpack(file, compression, os.fstat(file.fileno()).st_size):
                        digest.update(chunk)
                        size += len(chunk)
                    return digest.hexdigest(), size
                except DamagedCompressionError:
                    file.seek(0)
            digest, size = hashlib.sha256(), 0
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
            return digest.hexdigest(), size
    except OSError:
        return hashlib.sha256(os.fsencode(path)).hexdigest(), 0


class DamagedCompressionError(ValueError):
    """A compressed stream that ends early, is corrupt, or unpacks to more than the limits allow."""


def sniff_compression(head: bytes) -> str:
    """Name the compression by its magic bytes: gz, zst or none."""
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return name
    return "none"


def unpack(file: BinaryIO, compression: str, packed_size: int) -> Iterator[bytes]:
    """Yield the unpacked content in chunks of at most 32 MB.

    Raises DamagedCompressionError after the last good chunk where the stream is damaged or breaks the limits.
    """
    limit = min(UNPACKED_LIMIT, max(RATIO_FREE_BYTES, packed_size * RATIO_LIMIT))
    size = 0
    try:
        for chunk in _unpack_gz(file) if compression == "gz" else _unpack_zst(file):
            size += len(chunk)
            if size > limit:
                raise DamagedCompressionError(f"unpacks to more than {limit:,} bytes")
            yield chunk
    except (EOFError, OSError, zlib.error, zstandard.ZstdError) as error:
        raise DamagedCompressionError(str(error)) from error


def _unpack_gz(file: BinaryIO) -> Iterator[bytes]:
    stream = gzip.GzipFile(fileobj=file)
    # A small step, so that little is lost where the stream breaks off.
    while chunk := stream.read(_STEP):
        yield chunk


def _unpack_zst(file: BinaryIO) -> Iterator[bytes]:
    """Frame by frame: the library's own reader takes a stream that breaks off for a whole one."""
    frame = None
    # A KB in is at most 32 MB out, however the stream is made.
    while packed := file.read(1 << 10):
        while packed:
            frame = frame or zstandard.ZstdDecompressor().decompressobj()
            if chunk := frame.decompress(packed):
                yield chunk
            packed = frame.unused_data if frame.eof else b""
            frame = None if frame.eof else frame
    if frame is not None:
        raise EOFError("the last frame is not complete")


def read_source(row: dict) -> Source:
    """Read one dump into memory: unpack, decode, normalise line ends. Damage is recorded, never raised.

    row: path, file_names, folder_name, dump_id, byte_count as given by hash_files.
    """
    source = Source(
        dump_id=row["dump_id"],
        path=row["path"],
        file_names=sorted(row["file_names"]),
        folder_name=row["folder_name"],
        byte_count=row["byte_count"],
    )
    try:
        with open(row["path"], "rb") as file:
            raw = file.read()
    except OSError as error:
        source.damage.append(("unreadable_file", error.strerror or type(error).__name__))
        return source
    source.compression = sniff_compression(raw[:4])
    if source.compression != "none":
        raw = _unpack_what_can_be(raw, source)
    decode(raw, source)
    return source


def open_rows(row: dict) -> tuple[Source, Iterator[bytes]]:
    """Open a dump too large to be held: a Source with its first 64 KB as data, and its lines, read as they are asked
    for.

    Lines come without their ends. Damage found on the way is recorded on the source.
    """
    source = Source(row["dump_id"], row["path"], sorted(row["file_names"]), row["folder_name"], row["byte_count"])
    with open(row["path"], "rb") as file:
        source.compression = sniff_compression(file.read(4))
    head = b"".join(itertools.islice(_read_chunks(source), 2))[:_STEP]
    decode(head[: head.rfind(b"\n") + 1] or head, source)
    return source, _read_rows(source)


def _read_chunks(source: Source) -> Iterator[bytes]:
    with open(source.path, "rb") as file:
        if source.compression == "none":
            while chunk := file.read(_CHUNK):
                yield chunk
        else:
            yield from unpack(file, source.compression, os.fstat(file.fileno()).st_size)


def _read_rows(source: Source) -> Iterator[bytes]:
    """Lines in UTF-8; in a file whose beginning is not UTF-8, each is decoded by the encoding of the beginning."""
    wide = source.encoding.startswith(("utf-16", "utf-32"))
    decoder = codecs.getincrementaldecoder(source.encoding.split(" ")[0])("replace") if wide else None
    rest = b""
    try:
        for chunk in _read_chunks(source):
            data = rest + (decoder.decode(chunk).encode() if decoder else chunk)
            *rows, rest = data.split(b"\n")
            yield from (_mend(row, source) for row in rows)
    except DamagedCompressionError as error:
        source.damage.append(("damaged_compression", str(error)))
    if rest:
        yield _mend(rest, source)


def _mend(row: bytes, source: Source) -> bytes:
    row = row.removesuffix(b"\r").removeprefix(codecs.BOM_UTF8)
    if source.encoding in ("cp1252", "latin-1"):
        return row.decode(source.encoding, errors="replace").encode()
    return row


def _unpack_what_can_be(raw: bytes, source: Source) -> bytes:
    chunks: list[bytes] = []
    try:
        for chunk in unpack(io.BytesIO(raw), source.compression, len(raw)):
            chunks.append(chunk)
    except DamagedCompressionError as error:
        source.damage.append(("damaged_compression", f"{error}; {sum(map(len, chunks)):,} bytes could be unpacked"))
    return b"".join(chunks)


def decode(raw: bytes, source: Source) -> None:
    """Set the source's data, encoding and is_binary from raw content.

    Strict UTF-8 first, then the encoding a byte order mark or a pattern of zero bytes declares, then cp1252, then
    latin-1, which takes anything. Content with the zero or control bytes of no text is left as it is: binary.
    """
    for mark, encoding in _UTF_MARKS:
        if raw.startswith(mark):
            _decode_as(raw[len(mark) :], encoding, source)
            return
    if _looks_binary(raw[:_STEP]):
        wide = _guess_wide(raw[:_STEP])
        if wide is None or raw.startswith(b"PAR1"):
            source.data, source.encoding, source.is_binary = raw, "binary", True
        else:
            _decode_as(raw, wide, source)
        return
    if is_utf8(raw):
        source.data, source.encoding = normalise_line_ends(raw), "utf-8"
        return
    try:
        text, source.encoding = raw.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        text, source.encoding = raw.decode("latin-1"), "latin-1"
    source.data = normalise_line_ends(text.encode())


def _decode_as(raw: bytes, encoding: str, source: Source) -> None:
    codec = "utf-8" if encoding == "utf-8-sig" else encoding
    try:
        text, source.encoding = raw.decode(codec), encoding
    except UnicodeDecodeError:
        text, source.encoding = raw.decode(codec, errors="replace"), f"{encoding} (replaced)"
    # Half of a surrogate pair is legal in UTF-16 and in nothing else.
    source.data = normalise_line_ends(text.encode(errors="replace"))


def _looks_binary(head: bytes) -> bool:
    """Whether zero or control bytes make up more than a thirtieth; a stray one does not make text binary."""
    return len(head) > 0 and len(head) - len(head.translate(None, _CONTROL_BYTES)) > len(head) / 30


def _guess_wide(head: bytes) -> str | None:
    """UTF-16 without a mark: nearly every second byte is zero in text of a Latin script."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) / 2
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    return None


def is_utf8(raw: bytes) -> bool:
    """Whether the bytes are valid UTF-8."""
    if len(raw) < _STEP:
        try:
            raw.decode()
        except UnicodeDecodeError:
            return False
        return True
    # Polars validates in place, many times faster than decoding to a Python string that nobody needs.
    array = pa.Array.from_buffers(
        pa.large_binary(), 1, [None, pa.py_buffer(struct.pack("<2q", 0, len(raw))), pa.py_buffer(raw)]
    )
    try:
        pl.Series(array).cast(pl.String)
    except pl.exceptions.ComputeError:
        return False
    return True


def normalise_line_ends(data: bytes) -> bytes:
    """Turn CR LF and lone CR into LF."""
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data
