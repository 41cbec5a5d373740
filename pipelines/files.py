"""Files that are whole or not there: the one way in which single files are written where others may look.

What belongs here: replacing a file in one step, copying one. A hidden name is no dump, so that nobody reads what is
half written. Reading one that is a file, and not what only has its name.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
from pathlib import Path

#: Linux' request to let two files share their blocks until one is written (`FICLONE` of `linux/fs.h`).
_CLONE = 0x40049409


def write_whole(path: Path, content: bytes, is_durable: bool = False) -> None:
    """Write a file, or leave what was there as it was; is_durable waits for the disk, so that a power cut is no less.

    Raises OSError where that is not possible.
    """
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as handle:
        handle.write(content)
        if is_durable:
            handle.flush()
            os.fsync(handle.fileno())
    os.replace(new, path)


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
