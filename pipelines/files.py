"""Files that are whole or not there: the one way in which single files are written where others may look.

What belongs here: replacing a file in one step. A hidden name is no dump, so that nobody reads what is half written.
"""

from __future__ import annotations

import os
from pathlib import Path


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
