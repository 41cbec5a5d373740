"""Compressed streams: which compression the magic bytes name, and the content, within limits of size and ratio.

Nothing here knows files, archives or layouts.
"""

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import zstandard

#: Unpacked content above this many bytes is not taken from one compressed file: 4 GB, twice the largest archive known.
UNPACKED_LIMIT = 4 << 30
#: A compressed file may grow by this factor at most; text of papers grows by 3 to 5, so 200 is an attack or a mistake.
RATIO_LIMIT = 200
#: Below this size the ratio means nothing (a small repetitive file).
RATIO_FREE_BYTES = 16 << 20
_STEP = 1 << 16
_MAGIC = {b"\x1f\x8b": "gz", b"\x28\xb5\x2f\xfd": "zst"}


class DamagedCompressionError(ValueError):
    """A compressed stream that ends early, is corrupt, or unpacks to more than the limits allow."""


class TooLargeError(DamagedCompressionError):
    """A stream that unpacks to more than the limits allow."""

    def __init__(self, limit: int) -> None:
        """Name the limit, and what to do."""
        self.limit = limit
        super().__init__(
            f"it unpacks to more than {limit:,} bytes, the most that is read of a file of its size "
            f"({RATIO_LIMIT} times what it is packed, at most {UNPACKED_LIMIT:,}); if that is right, unpack it yourself"
        )


def sniff_compression(head: bytes) -> str:
    """Name the compression by its magic bytes: gz, zst or none."""
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return name
    return "none"


def find_limit(packed_size: int) -> int:
    """How many bytes content of this packed size may unpack to."""
    return min(UNPACKED_LIMIT, max(RATIO_FREE_BYTES, packed_size * RATIO_LIMIT))


def unpack(file: BinaryIO, compression: str, packed_size: int, limit: int | None = None) -> Iterator[bytes]:
    """Yield the unpacked content in chunks of at most 8 MB; limit is that of find_limit where none is given.

    Raises DamagedCompressionError after the last good chunk where the stream is damaged or breaks the limits.
    """
    limit = find_limit(packed_size) if limit is None else limit
    size = 0
    try:
        for chunk in _unpack_gz(file) if compression == "gz" else _unpack_zst(file):
            size += len(chunk)
            if size > limit:
                raise TooLargeError(limit)
            yield chunk
    except (EOFError, OSError, zlib.error, zstandard.ZstdError) as error:
        raise DamagedCompressionError(str(error)) from error


def _unpack_gz(file: BinaryIO) -> Iterator[bytes]:
    stream = gzip.GzipFile(fileobj=file)
    # Whatever is there at once, so that nothing unpacked is lost where the stream breaks off.
    while chunk := stream.read1(_STEP):
        yield chunk


def _unpack_zst(file: BinaryIO) -> Iterator[bytes]:
    """Frame by frame: the library's own reader takes a stream that breaks off for a whole one."""
    frame = None
    # So much in is at most 8 MB out, however the stream is made.
    while packed := file.read(1 << 8):
        while packed:
            frame = frame or zstandard.ZstdDecompressor().decompressobj()
            if chunk := frame.decompress(packed):
                yield chunk
            packed = frame.unused_data if frame.eof else b""
            frame = None if frame.eof else frame
    if frame is not None:
        raise EOFError("the last frame is not complete")
