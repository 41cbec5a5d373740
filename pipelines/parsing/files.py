"""Files on disk to text: unpacking, hashing, decoding. Knows bytes and names, nothing of layouts.

A file is never trusted by its name: compression and encoding are read from the content. Whatever had to be assumed
(a fallback encoding, a damaged archive) is recorded on the Source, and nothing here raises for what a file contains.
"""

import codecs
import hashlib
import io
import itertools
import os
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pyarrow as pa

from . import archives, mails, repairs
from .compression import DamagedCompressionError, TooLargeError, find_limit, sniff_compression, unpack

_CHUNK = 1 << 20
_STEP = 1 << 16
#: Bytes for each carriage return from which these are rare.
_RARE = 1_000
_BLOCK = 512

_BLANKS = re.compile(rb"\s*+")
#: Unpacked bytes kept of a stream that is damaged: it is held in memory, whatever is in it.
_DAMAGED_LIMIT = 256 << 20
#: Blanks before content that a layout may have a use for.
_INDENTATION = 1_000

_UTF_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


_MARKS_AT_ENDS = re.compile(rb"^(?:\xef\xbb\xbf)++|(?<!\xef\xbb\xbf)(?:\xef\xbb\xbf)++$", re.MULTILINE)


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
    #: Control characters and terminal codes taken out of the content.
    control_character_count: int = 0
    #: The name inside the archive at `path`; None where the file is the dump.
    member: str | None = None
    #: Whether the data is the body of a mail, and the day the mail was sent, as YYYY-MM-DD.
    is_mail: bool = False
    mail_day: str | None = None
    #: (reason code, detail) of damage found before any layout saw the content.
    damage: list[tuple[str, str]] = field(default_factory=list)

    @property
    def start(self) -> int:
        """Where the content begins: behind any blanks that are more than indentation."""
        found = _BLANKS.match(self.data)
        return found.end() if found and found.end() > _INDENTATION else 0

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing but white space in the content."""
        return not self.data or self.data.isspace()

    def head(self, size: int) -> bytes:
        """So many bytes of the beginning of the content."""
        return self.data[self.start : self.start + size]


def hash_files(files: Sequence[Path]) -> pl.DataFrame:
    """Name each file's content: one row per file, and per member of an archive, in the order given.

    Columns: path, file_name (of a member: archive name/path inside it), folder_name (of a member: the folder inside the
    archive, or the archive where it stands in none), byte_count (after decompression), dump_id (sha256, hex, of the
    content after decompression; of the raw bytes where it cannot be unpacked; of the path where it cannot even be
    read), member (null for a file that is a dump itself). An archive has a row of its own, with member null, only where
    it is empty or its rest could not be read.
    """
    rows = [row for path in files for row in _hash(path)]
    schema = {
        "path": pl.String,
        "file_name": pl.String,
        "folder_name": pl.String,
        "byte_count": pl.Int64,
        "dump_id": pl.String,
        "member": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


_Row = tuple[str, str, str | None, int, str, str | None]


def _hash(path: Path) -> Iterator[_Row]:
    folder = path.parent.name or None
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            kind, compression = _sniff(file, size)
            if kind is not None:
                yield from _hash_members(path, file, kind, compression, size)
                return
            if compression != "none":
                try:
                    digest, size = _digest(unpack(file, compression, size))
                    yield str(path), path.name, folder, size, digest, None
                    return
                except DamagedCompressionError:
                    file.seek(0)
            digest, size = _digest(iter(lambda: file.read(_CHUNK), b""))
            yield str(path), path.name, folder, size, digest, None
    except OSError:
        yield str(path), path.name, folder, 0, hashlib.sha256(os.fsencode(path)).hexdigest(), None


def _sniff(file: BinaryIO, size: int) -> tuple[str | None, str]:
    """The kind of archive, if it is one, and the compression of an open file, which is left at its beginning."""
    head = file.read(_BLOCK)
    file.seek(0)
    compression = sniff_compression(head)
    kind = archives.sniff_archive(head)
    if compression != "none":
        head, _ = archives.peek(unpack(file, compression, size))
        file.seek(0)
        kind = archives.sniff_archive(head)
    return kind, compression


def _digest(chunks: Iterator[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _hash_members(path: Path, file: BinaryIO, kind: str, compression: str, packed_size: int) -> Iterator[_Row]:
    is_empty, is_broken = True, False
    for member in _members(file, kind, compression, packed_size):
        if member.name is None:
            is_broken = True
            break
        is_empty = False
        content = archives.Content(member)
        digest = hashlib.sha256()
        size = 0
        for chunk in content.chunks():
            digest.update(chunk)
            size += len(chunk)
        if content.damage and content.damage[0][0] != "nested_archive":
            # Else an unreadable member would be the same dump as an empty file.
            digest.update(b"\0" + content.damage[0][0].encode() + member.identity)
        if content.damage and content.damage[0][0] == "oversize":
            size = find_limit(member.packed_size) + 1
        *folders, _ = member.name.split("/")
        folder = folders[-1] if folders else path.name
        yield str(path), f"{path.name}/{member.name}", folder, size, digest.hexdigest(), member.name
    if is_empty or is_broken:
        file.seek(0)
        digest_of_all, size = _digest(iter(lambda: file.read(_CHUNK), b""))
        yield str(path), path.name, path.parent.name or None, size, digest_of_all, None


def _members(file: BinaryIO, kind: str, compression: str, packed_size: int) -> Iterator[archives.Member]:
    if kind == "zip" and compression != "none":
        return iter([archives.Member(None, ("nested_archive", f"a zip inside a {compression}"))])
    return archives.read_members(file, kind, compression, packed_size)


class Shelf:
    """Keeps the archive read last open, so that its members come in one pass where they are asked for in order."""

    def __init__(self) -> None:
        """Start with nothing open."""
        self.path: str | None = None
        self.file: BinaryIO | None = None
        self.kind, self.packing = "", "none"
        self.members: Iterator[archives.Member] = iter(())

    def find(self, path: str, name: str | None) -> archives.Member | None:
        """The member of that name, or the row of the archive itself for None; None where it is not there (any more).

        Raises OSError where the archive cannot be read from disk.
        """
        if path == self.path and (found := self._advance(name)) is not None:
            return found
        self._open(path)
        return self._advance(name)

    def close(self) -> None:
        """Close the archive."""
        if self.file is not None:
            self.file.close()
        self.path = self.file = None
        self.members = iter(())

    def describe(self, content: archives.Content) -> str:
        """The compression of a member, as raw.dumps has it: the archive's, and after a slash its own."""
        outer = self.kind if self.packing == "none" else f"{self.kind}.{self.packing}"
        return outer if content.compression == "none" else f"{outer}/{content.compression}"

    def _open(self, path: str) -> None:
        self.close()
        self.file = open(path, "rb")
        size = os.fstat(self.file.fileno()).st_size
        kind, self.packing = _sniff(self.file, size)
        self.path, self.kind = path, kind or ""
        if kind is not None:
            self.members = _members(self.file, kind, self.packing, size)

    def _advance(self, name: str | None) -> archives.Member | None:
        for member in self.members:
            if member.name == name:
                return member
            if name is None:
                # What is wrong with the archive may only show while its members are read.
                for _ in archives.Content(member).chunks():
                    pass
        return None


def read_source(row: dict, shelf: Shelf | None = None) -> Source:
    """Read one dump into memory: unpack, decode, normalise line ends. Damage is recorded, never raised.

    row: path, file_names, folder_name, dump_id, byte_count, member as given by hash_files; shelf holds the archive open
    from one member to the next.
    """
    source = _make_source(row)
    try:
        if source.member is not None:
            _read_member(source, shelf or Shelf())
            return source
        with open(source.path, "rb") as file:
            kind, source.compression = _sniff(file, os.fstat(file.fileno()).st_size)
            raw = b"" if kind is not None else file.read()
        if kind is not None:
            _read_archive_itself(source, shelf or Shelf())
            return source
    except OSError as error:
        source.damage.append(("unreadable_file", error.strerror or type(error).__name__))
        return source
    if source.compression != "none":
        raw = _unpack_what_can_be(raw, source)
    decode(raw, source)
    return source


def _make_source(row: dict) -> Source:
    return Source(
        dump_id=row["dump_id"],
        path=row["path"],
        file_names=sorted(row["file_names"]),
        folder_name=row["folder_name"],
        byte_count=row["byte_count"],
        member=row.get("member"),
    )


def _read_member(source: Source, shelf: Shelf) -> None:
    raw = b"".join(_member_chunks(source, shelf))
    decode(raw, source)


def _member_chunks(source: Source, shelf: Shelf) -> Iterator[bytes]:
    """The content of a source that is a member of an archive; its damage is recorded when all is read."""
    member = shelf.find(source.path, source.member)
    if member is None:
        source.damage.append(("unreadable_file", "the archive has changed and no longer has this member"))
        return
    content = archives.Content(member)
    # Naming it has counted its bytes, up to one more than the limit.
    limit = find_limit(member.packed_size)
    if source.byte_count > limit:
        content.damage.append(("oversize", str(TooLargeError(limit))))
    for chunk in content.chunks() if not content.is_refused else ():
        if content.is_refused:
            break
        yield chunk
    source.compression = shelf.describe(content)
    source.damage.extend(content.damage)


def _read_archive_itself(source: Source, shelf: Shelf) -> None:
    """The row of an archive: it has no content, only what is wrong with it."""
    shelf.close()
    member = shelf.find(source.path, None)
    source.compression = shelf.describe(archives.Content(archives.Member(None)))
    if member is not None and member.problem is not None:
        source.damage.append(member.problem)


def open_rows(row: dict) -> tuple[Source, Iterator[bytes]]:
    """Open a dump too large to be held: a Source with its first 64 KB as data, and its lines, read as they are asked
    for.

    Lines come without their ends. Damage found on the way is recorded on the source.
    """
    source = _make_source(row)
    if source.member is None:
        with open(source.path, "rb") as file:
            source.compression = sniff_compression(file.read(4))
    head = b"".join(itertools.islice(_read_chunks(source), 2))[:_STEP]
    source.damage.clear()
    decode(head[: head.rfind(b"\n") + 1] or head, source)
    source.control_character_count = 0
    return source, _read_rows(source)


def _read_chunks(source: Source) -> Iterator[bytes]:
    if source.member is not None:
        yield from _member_chunks(source, Shelf())
        return
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
        row = row.decode(source.encoding, errors="replace").encode()
    if len(row.translate(None, repairs.CONTROL_BYTES)) < len(row):
        row, count = repairs.strip_controls(row)
        source.control_character_count += count
    return row


def _unpack_what_can_be(raw: bytes, source: Source) -> bytes:
    chunks: list[bytes] = []
    try:
        if source.byte_count == len(raw):
            # Naming it has failed to unpack it: what is too large is not kept while that is found out.
            for _ in unpack(io.BytesIO(raw), source.compression, len(raw), min(find_limit(len(raw)), _DAMAGED_LIMIT)):
                pass
    except TooLargeError as error:
        source.damage.append(("oversize", str(error)))
        return b""
    except DamagedCompressionError:
        pass
    try:
        for chunk in unpack(io.BytesIO(raw), source.compression, len(raw)):
            chunks.append(chunk)
    except DamagedCompressionError as error:
        source.damage.append(("damaged_compression", f"{error}; {sum(map(len, chunks)):,} bytes could be unpacked"))
    return b"".join(chunks)


def decode(raw: bytes, source: Source) -> None:
    """Set the source's data, encoding and is_binary from raw content; take control characters out.

    Of a mail it is the body; its day is kept beside it.

    Strict UTF-8 first, then the encoding a byte order mark or a pattern of zero bytes declares, then cp1252, then
    latin-1, which takes anything. Content with the zero or control bytes of no text is left as it is: binary.
    """
    mail = mails.unwrap(raw)
    source.is_mail, source.mail_day = mail is not None, mail.day if mail else None
    _decode(mail.body if mail else raw, source)
    if not source.is_binary:
        source.data = part_joined(source.data, source.encoding)
        source.data, source.control_character_count = repairs.strip_controls(source.data)


def part_joined(data: bytes, encoding: str) -> bytes:
    """UTF-8 content without the byte order marks that files joined to one have where each of them began.

    A mark in the middle of a line is where a file without a last line end stood before it: a line ends there. That is
    known only where the content begins with one, and is no JSON, which says itself where a value ends.
    """
    # A byte is found many times faster than three, and most files have none that a mark begins with.
    if codecs.BOM_UTF8[0] not in data or codecs.BOM_UTF8 not in data:
        return data
    data = _MARKS_AT_ENDS.sub(b"", data)
    if encoding in ("utf-8-sig", "utf-16-le", "utf-16-be", "utf-32") and data.lstrip()[:1] not in (b"{", b"["):
        data = data.replace(codecs.BOM_UTF8, b"\n")
    return data


def _decode(raw: bytes, source: Source) -> None:
    for mark, encoding in _UTF_MARKS:
        if raw.startswith(mark):
            _decode_as(raw[len(mark) :], encoding, source)
            return
    if raw.startswith(b"PK\x03\x04") or _looks_binary(raw[:_STEP]):
        wide = _guess_wide(raw[:_STEP])
        if wide is None or raw.startswith((b"PAR1", b"PK\x03\x04")):
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
    return len(head) > 0 and len(head) - len(head.translate(None, repairs.CONTROL_BYTES)) > len(head) / 30


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
    if b"\r" not in data:
        return data
    # One byte is looked for many times faster than two. What is between them is a view, for which few make it worth it.
    whole, start = memoryview(data), 0
    kept: list[memoryview] = []
    while (at := data.find(b"\r", start)) >= 0:
        if len(kept) * _RARE > len(data):
            return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        kept.append(whole[start:at])
        start = at + (2 if data[at + 1 : at + 2] == b"\n" else 1)
    return b"\n".join((*kept, whole[start:]))
