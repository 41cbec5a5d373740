"""Files that are whole or not there: the one way in which single files are written where others may look.

What belongs here: replacing a file in one step, copying one. A hidden name is no dump, so that nobody reads what is
half written. Reading one that is a file, and not what only has its name. A folder for files that wait.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

#: Linux' request to let two files share their blocks until one is written (`FICLONE` of `linux/fs.h`).
_CLONE = 0x40049409


def write_whole(path: Path, content: bytes, is_durable: bool = False) -> None:
    """Write a file, or leave what was there as it was; is_durable waits for the disk, so that a power cut is no less.

    Raises OSError where that is not possible.
    """
    new = path.with_name(f".{path.name}.new")
    with _open_alone(new) as handle:
        handle.truncate()
        handle.write(content)
        handle.flush()
        if is_durable:
            os.fsync(handle.fileno())
        os.replace(new, path)


@contextmanager
def fresh_folder(folder: Path) -> Iterator[Path]:
    """An empty folder for the block, gone behind it; what a killed process left there goes before."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _open_alone(path: Path) -> BinaryIO:
    """Open a file to write, made where it is not, once no other process writes it; what a killed one left is taken on.

    One name for all, so that nothing is left for ever; who waited for another has a file that was moved away meanwhile.
    """
    while True:
        handle = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666), "r+b")
        fcntl.flock(handle, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle.fileno()), path.stat()):
                return handle
        handle.close()


def read_whole(path: Path) -> bytes:
    """What a file holds. Raises OSError, of a pipe or a device as well: nobody knows when one of them ends."""
    number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        return file.read()


def clone(source: Path, target: Path) -> None:
    """Copy a file whole and onto the disk; where the file system can, no block of it is written twice.

    Raises OSError where that is not possible; the target may be half written then.
    """
    with source.open("rb") as origin, target.open("wb") as copy:
        try:
            fcntl.ioctl(copy, _CLONE, origin.fileno())
        except OSError:
            shutil.copyfileobj(origin, copy, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())
    shutil.copystat(source, target)
