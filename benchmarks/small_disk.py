"""A disk of its own for a folder, which can be made small: what happens where a file system fills at any write.

What belongs here: a tmpfs that is mounted, resized and let go of. Mounting takes the rights of root; a limit on the
size of files (`kills.run_full`) does not, and is met by other calls of the system.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Bytes of a disk with room for everything.
_ROOMY = 4_000_000_000


@dataclass(frozen=True)
class SmallDisk:
    """A mounted tmpfs: where."""

    folder: Path

    def leave_room(self, room: int) -> None:
        """Make the disk so small that so many bytes are free, in whole pages."""
        found = os.statvfs(self.folder)
        self._resize((found.f_blocks - found.f_bfree) * found.f_frsize + room)

    def make_roomy(self) -> None:
        """Give it room for everything again, and the right to write."""
        self._resize(_ROOMY)

    def forbid_writing(self) -> None:
        """Make it read-only, for root as well."""
        self._remount("ro")

    def _resize(self, size: int) -> None:
        self._remount(f"rw,size={max(size, 1)}")

    def _remount(self, options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", str(self.folder)], check=True)


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """An empty disk at a folder, gone when the block ends. Raises PermissionError where nobody may mount one."""
    if os.geteuid() != 0:
        raise PermissionError(f"Only root may mount a disk at {folder}.")
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_ROOMY}", "tmpfs", str(folder)], check=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
