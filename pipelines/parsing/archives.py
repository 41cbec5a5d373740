"""Archives of dumps: members of a zip or a tar, messages of a mailbox, one after another, nothing extracted to disk.

A member is a dump of its own. What cannot be one (a link, a member that needs a password, an archive inside the
archive) is handed on with the reason, so that it is registered like any other; what is no dump in a folder either
(hidden, editor and system files, folders) is skipped. Nothing here raises for what an archive holds, and no more than
a chunk of it is held. Layouts, encodings and ids are not known here.
"""

import codecs
import io
import itertools
import lzma
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from . import compression

#: Members read of one archive: twice the 100,000 small dumps a warehouse is built for at one go.
MEMBER_LIMIT = 200_000
#: Unpacked content of all members of one archive, at most; the ratio of `compression` bounds it besides.
CONTENT_LIMIT = 64 << 30
#: A zip's directory is held in memory whole: 200,000 members with long names take less.
DIRECTORY_LIMIT = 48 << 20
#: Longest extra header (a long name, extended attributes) of a tar, which is held in memory.
_EXTRA_LIMIT = 1 << 20
_CHUNK = 1 << 20
_BLOCK = 512
#: stored, deflate, bzip2: what any tool writes by default.
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_ZIP_END = re.compile(rb"PK\x05\x06(?=.{18})", re.DOTALL)
_ZIP_END_64 = re.compile(rb"PK\x06\x06(?=.{52})", re.DOTALL)

#: The first member of what spreadsheets and word processors write, of OpenDocument and of Office Open XML.
_OFFICE = re.compile(
    rb"PK\x03\x04.{26}(?:mimetypeapplication/|\[Content_Types\]\.xml|_rels/\.rels|docProps/|customXml/|xl/|word/|ppt/)",
    re.DOTALL,
)

#: The line before a message of a mailbox, and of the first one the header that follows.
_POSTMARK = re.compile(rb"From [^\n]{0,300}?\d\d:\d\d[^\n]{0,60}? \d{4}[^\n]{0,20}\r?\n")
_MAILBOX = re.compile(_POSTMARK.pattern + rb"[>A-Za-z][A-Za-z-]{0,60}+:")
#: A longer message is cut: a dump of a day is much smaller.
_MESSAGE_LIMIT = 64 << 20

#: Names of files that are no dump, wherever they are found.
NO_DUMP = re.compile(r"^[.#~]|~$|\.(?:swp|swx|swo|bak|tmp|part|crdownload)$|^__MACOSX$", re.IGNORECASE)

#: Everything the libraries are known to raise for what a broken or hostile archive holds.
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    compression.DamagedCompressionError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    LookupError,
    OverflowError,
)


@dataclass
class Member:
    """A member of an archive, readable until the next one is asked for.

    The last one may have the name None: it stands for the archive itself, and carries why its rest was not read.
    """

    #: As stored, but once: a second member of the name gets `#2` at its end. None: the archive itself.
    name: str | None
    #: (reason code, detail) of what keeps it from being read at all.
    problem: tuple[str, str] | None = None
    packed_size: int = 0
    open: Callable[[], BinaryIO] = io.BytesIO
    #: What a member without readable content is told apart by.
    identity: bytes = b""


#: Damage of a member that keeps all of it from being parsed.
_NOT_PARSED = ("nested_archive", "unsafe_member", "unreadable_member", "oversize")


@dataclass
class Content:
    """The content of a member: decompressed once if it is a gz or zst. Damage is recorded, never raised."""

    member: Member
    compression: str = "none"
    damage: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        """Whether the content is not to be parsed, only named."""
        return any(code in _NOT_PARSED for code, _ in self.damage)

    def chunks(self) -> Iterator[bytes]:
        """Yield the content in chunks; once."""
        if self.member.problem:
            self.damage.append(self.member.problem)
            return
        size, limit = 0, compression.find_limit(self.member.packed_size)
        try:
            with io.BufferedReader(cast(io.RawIOBase, self.member.open()), _CHUNK) as file:
                for chunk in self._unpack(file):
                    size += len(chunk)
                    if size > limit:
                        raise compression.TooLargeError(limit)
                    yield chunk
        except _DAMAGE as error:
            if isinstance(error, compression.TooLargeError) and error.limit == limit:
                self.damage.append(("oversize", str(error)))
                return
            self.damage.append(("damaged_member", f"{error}; {size:,} bytes could be read"))

    def _unpack(self, file: "io.BufferedReader[io.RawIOBase]") -> Iterator[bytes]:
        head = file.peek(_BLOCK)[:_BLOCK]
        self.compression = compression.sniff_compression(head)
        chunks = iter(lambda: file.read(_CHUNK), b"")
        if self.compression != "none":
            chunks = compression.unpack(file, self.compression, max(self.member.packed_size, 1))
            head, chunks = peek(chunks)
        if kind := sniff_archive(head):
            self.damage.append(("nested_archive", f"a {kind} inside an archive"))
        yield from chunks


def peek(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first 512 bytes of a stream, and the whole stream. A stream that breaks off in them has no such beginning."""
    first: list[bytes] = []
    rest = iter(chunks)
    try:
        while sum(map(len, first)) < _BLOCK and (chunk := next(rest, b"")):
            first.append(chunk)
    except compression.DamagedCompressionError as error:
        return b"", itertools.chain(first, _raise(error))
    return b"".join(first)[:_BLOCK], itertools.chain(first, rest)


def _raise(error: Exception) -> Iterator[bytes]:
    raise error
    yield b""


def sniff_archive(head: bytes) -> str | None:
    """Name the kind of archive by its first 512 bytes: zip, tar, mbox or None. An Office file is no archive."""
    if _OFFICE.match(head):
        return None
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK")):
        return "zip"
    if _MAILBOX.match(head.removeprefix(codecs.BOM_UTF8)):
        return "mbox"
    if len(head) < _BLOCK or not (head[257:262] == b"ustar" or head[148:156].strip(b" \0").isdigit()):
        return None
    try:
        return "tar" if tarfile.TarInfo.frombuf(head[:_BLOCK], "utf-8", "surrogateescape").name else None
    except _DAMAGE:
        return None


def read_members(file: BinaryIO, kind: str, packing: str, packed_size: int) -> Iterator[Member]:
    """Yield the members of an archive in their order; never raises for content.

    Args: file at its beginning; kind as of sniff_archive; packing is the compression of a tar; packed_size is the
    file's. A member's content has to be read before the next one is asked for.
    """
    walk = _Walk(max(compression.RATIO_FREE_BYTES, packed_size * compression.RATIO_LIMIT))
    if kind == "mbox":
        members = _walk_mailbox(file, packing, packed_size, walk)
    else:
        members = _walk_zip(file, packed_size) if kind == "zip" else _walk_tar(file, packing, packed_size, walk)
    try:
        for member in members:
            if member.name is not None:
                if any(NO_DUMP.search(part) for part in _parts(member.name)):
                    continue
                walk.count += 1
                if walk.count > MEMBER_LIMIT:
                    raise _OverLimitError(f"more than {MEMBER_LIMIT:,} members")
                member = walk.watch(member)
            yield member
            walk.check()
    except _OverLimitError as error:
        yield Member(None, ("archive_limit", f"{error}; the rest was not read"))
    except _DAMAGE as error:
        yield Member(None, ("damaged_archive", f"{error}; the rest could not be read"))


class _OverLimitError(Exception):
    """An archive holds more than is read of one."""


class _Walk:
    """What has been read of one archive so far: counts against the limits, and the names given out."""

    def __init__(self, limit: int) -> None:
        self.limit = min(CONTENT_LIMIT, limit)
        self.count = self.size = 0
        self.names: dict[str, int] = {}

    def watch(self, member: Member) -> Member:
        """The member with a name of its own and its bytes counted."""
        name = str(member.name).encode("utf-8", "replace").decode()
        times = self.names[name] = self.names.get(name, 0) + 1
        member.name = name if times == 1 else f"{name}#{times}"
        if member.problem is None and _is_outside(name):
            member.problem = ("unsafe_member", "its path leads out of the archive")
        open_member = member.open
        member.open = lambda: cast(BinaryIO, _Counted(open_member(), self))
        return member

    def check(self) -> None:
        if self.size > self.limit:
            raise _OverLimitError(f"members unpack to more than {self.limit:,} bytes")


class _Counted(io.RawIOBase):
    """A member's stream that adds what is read of it to the walk's count."""

    def __init__(self, file: BinaryIO, walk: _Walk) -> None:
        self.file = file
        self.walk = walk

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        room = memoryview(buffer)  # type: ignore[arg-type]
        data = self.file.read(len(room))
        room[: len(data)] = data
        self.walk.size += len(data)
        return len(data)

    def close(self) -> None:
        self.file.close()
        super().close()


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[/\\]", name) if part not in ("", ".", "..")]


def _is_outside(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or name[1:3] in (":\\", ":/")


def _walk_zip(file: BinaryIO, packed_size: int) -> Iterator[Member]:
    if (size := _directory_size(file, packed_size)) > DIRECTORY_LIMIT:
        raise _OverLimitError(f"a directory of {size:,} bytes")
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            yield Member(
                name=info.filename,
                problem=_find_zip_problem(info),
                packed_size=info.compress_size,
                open=_open_zip_member(archive, info),
                identity=f"{info.filename}\0{info.CRC}\0{info.file_size}".encode("utf-8", "replace"),
            )


def _open_zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: cast(BinaryIO, archive.open(info))


def _find_zip_problem(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    if info.flag_bits & 0x1:
        return "unreadable_member", "it is encrypted"
    if info.compress_type not in _ZIP_METHODS:
        return "unreadable_member", f"packed by method {info.compress_type}, which is not read"
    mode = info.external_attr >> 16
    if info.create_system == 3 and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "unsafe_member", "a link or a special file"
    return None


def _directory_size(file: BinaryIO, packed_size: int) -> int:
    """What the end of a zip says its directory takes; the largest claim counts, for the library may believe any."""
    file.seek(max(0, packed_size - (1 << 16) - 200))
    tail = file.read()
    file.seek(0)
    sizes = [struct.unpack_from("<L", tail, found.start() + 12)[0] for found in _ZIP_END.finditer(tail)]
    sizes = [size for size in sizes if size != 0xFFFFFFFF and size <= packed_size]
    wide = [struct.unpack_from("<Q", tail, found.start() + 40)[0] for found in _ZIP_END_64.finditer(tail)]
    return max([*sizes, *(size for size in wide if size <= packed_size)], default=0)


class _TarHeader(tarfile.TarInfo):
    """A header that is refused where it would make the library hold much or go backwards."""

    _EXTRA = (
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
    )

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_TarHeader":
        header = super().frombuf(buf, encoding, errors)
        if header.size < 0 or (header.type in cls._EXTRA and header.size > _EXTRA_LIMIT):
            raise tarfile.InvalidHeaderError(f"a header announces {header.size:,} bytes")  # type: ignore[attr-defined]
        return header

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> "_TarHeader":
        try:
            return super().fromtarfile(tarfile_)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError):  # type: ignore[attr-defined]
            cast(_Tar, tarfile_).damaged_blocks += 1
            raise


class _Tar(tarfile.TarFile):
    """A tar that counts the blocks it found no header in: it goes on at the next one that is."""

    tarinfo = _TarHeader
    ignore_zeros = True
    damaged_blocks = 0


def _walk_tar(file: BinaryIO, packing: str, packed_size: int, walk: _Walk) -> Iterator[Member]:
    stream = _Stream(file, packing, packed_size, walk)
    with _Tar.open(fileobj=cast(BinaryIO, stream), mode="r|", errors="surrogateescape") as archive:
        while (info := archive.next()) is not None:
            # The library keeps every header it has seen, which a stream never goes back to.
            archive.members = []  # type: ignore[attr-defined]
            if info.isdir():
                continue
            yield Member(
                name=info.name,
                problem=_find_tar_problem(info),
                packed_size=info.size,
                open=_open_tar_member(archive, info),
                identity=repr((info.name, info.type, info.linkname, info.size)).encode("utf-8", "replace"),
            )
        if archive.damaged_blocks:
            raise tarfile.ReadError(f"{archive.damaged_blocks:,} blocks belong to no member")


def _open_tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Callable[[], BinaryIO]:
    return lambda: cast(BinaryIO, archive.extractfile(info) or io.BytesIO())


def _find_tar_problem(info: tarfile.TarInfo) -> tuple[str, str] | None:
    if info.issparse():
        return "unreadable_member", "a sparse file"
    if info.issym() or info.islnk():
        return "unsafe_member", f"a link to {info.linkname[:200].encode('utf-8', 'replace').decode()}"
    if not info.isreg():
        return "unsafe_member", "a device, a pipe or another special file"
    return None


def _walk_mailbox(file: BinaryIO, packing: str, packed_size: int, walk: _Walk) -> Iterator[Member]:
    """The messages of a mailbox, by number: a line `From ...` behind a blank line begins one."""
    message: list[bytes] = []
    size = count = 0
    is_blank_before = True
    for row in _Stream(file, packing, packed_size, walk).rows():
        row = row.removeprefix(codecs.BOM_UTF8)
        if is_blank_before and row.startswith(b"From ") and _POSTMARK.match(row):
            if count:
                yield _make_message(count, message)
            message, size, count = [], 0, count + 1
        elif size < _MESSAGE_LIMIT:
            # What was a `From ` in the text has been quoted by one more `>`.
            message.append(row[1:] if re.match(rb">+From ", row) else row)
            size += len(row)
        is_blank_before = not row.strip()
    if count:
        yield _make_message(count, message)


def _make_message(number: int, rows: list[bytes]) -> Member:
    content = b"".join(rows)
    return Member(
        name=f"message {number}.eml",
        packed_size=len(content),
        open=lambda: io.BytesIO(content),
        identity=str(number).encode(),
    )


class _Stream:
    """A tar as one stream, unpacked on the way, in the chunks it comes in."""

    def __init__(self, file: BinaryIO, packing: str, packed_size: int, walk: _Walk) -> None:
        if packing == "none":
            self.chunks = iter(lambda: file.read(_CHUNK), b"")
        else:
            self.chunks = compression.unpack(file, packing, packed_size, walk.limit)
        self.rest = memoryview(b"")

    def rows(self) -> Iterator[bytes]:
        """Lines with their ends; one without an end is cut where it would have to be held."""
        rest = b""
        for chunk in self.chunks:
            *rows, rest = (rest + chunk).split(b"\n")
            yield from (row + b"\n" for row in rows)
            if len(rest) > _CHUNK:
                yield rest
                rest = b""
        if rest:
            yield rest

    def read(self, size: int) -> bytes:
        """Up to size bytes; fewer only at the end."""
        taken: list[memoryview] = []
        while size > 0:
            if not self.rest:
                self.rest = memoryview(next(self.chunks, b""))
                if not self.rest:
                    break
            taken.append(self.rest[:size])
            self.rest = self.rest[size:]
            size -= len(taken[-1])
        return b"".join(taken)
