"""Folders and links: which files lie under the paths that somebody names.

What belongs here: walking, and what becomes of symbolic links. What is in a file is for `files`.
"""

import errno
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import archives


class MissingInputError(FileNotFoundError):
    """A path named as input does not exist."""


@dataclass(frozen=True)
class Left:
    """A file or link that was not taken in this time, and why."""

    path: str
    reason: str


#: Why a link inside a folder is left where links are not followed.
UNFOLLOWED = "; name it outright, or follow links with --follow-links"


@dataclass(frozen=True)
class Links:
    """The symbolic links a search met: those it took for the files they lead to, and those it left, sorted."""

    taken: frozenset[Path] = frozenset()
    left: tuple[Left, ...] = ()
    #: Whether links inside folders were followed.
    are_followed: bool = False


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files of `search` where links inside folders are not followed; what it leaves is not asked for."""
    return search(paths)[0]


def search(paths: Sequence[Path], follow_links: bool = False) -> tuple[list[Path], Links]:
    """List the regular files under the paths, sorted, each once, and what became of the links among them.

    Folders are walked; hidden and editor files, devices and pipes inside them are skipped. A path named outright is
    taken whether it is a link or not; links inside folders are taken only with follow_links, and are left otherwise.
    A file goes by the name of its link. A folder that links lead to is walked once: without a link if it can be reached
    so, else by the fewest links, the first by name; so links that go round in circles come to an end. A folder inside
    that cannot be read stands in the list itself: it stops no other file, and whoever opens it finds out why.

    Raises MissingInputError naming the path that does not exist, and where it leads if it is a link.
    """
    walk = _Walk()
    for path in map(Path, paths):
        if not path.exists():
            raise MissingInputError(f"{_say_missing(path)}. Give the path of a dump, or of a folder of dumps.")
        if path.is_dir():
            walk.enter(path)
        elif path.is_file():
            walk.take(path)
    while follow_links and walk.waiting:
        links, walk.waiting = sorted(walk.waiting - walk.taken), set()
        for link in links:
            walk.follow(link)
    for link in walk.waiting - walk.taken:
        walk.leave(link, UNFOLLOWED)
    left = sorted(walk.left, key=lambda one: one.path)
    return sorted(walk.files), Links(frozenset(walk.taken), tuple(left), follow_links)


def _say_missing(path: Path) -> str:
    if path.is_symlink():
        return f"{_show(path)} is a link to {_target(path)}, which {_say_broken(path)}"
    return f"There is no file or folder {_show(path)}"


def _target(link: Path) -> str:
    """Where a link leads, as it says itself."""
    try:
        return _show(os.readlink(link))
    except OSError:
        return "nowhere"


def _show(path: str | Path) -> str:
    """A path as text that any encoding can hold."""
    return os.fsencode(path).decode(errors="replace")


def _say_broken(link: Path) -> str:
    """Why a link leads to nothing."""
    try:
        os.stat(link)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return "leads back to itself"
        if error.errno not in (errno.ENOENT, errno.ENOTDIR):
            return f"cannot be looked at: {error.strerror}"
    return f"is not there ({_show(os.path.realpath(link))})"


class _Walk:
    """What has been found so far, and the links that were met and not gone after."""

    def __init__(self) -> None:
        self.files: set[Path] = set()
        self.taken: set[Path] = set()
        self.left: list[Left] = []
        self.waiting: set[Path] = set()
        #: Device and inode of the folders that were walked.
        self.folders: set[tuple[int, int]] = set()
        self.is_following = False

    def take(self, path: Path) -> None:
        self.files.add(path)
        if path.is_symlink():
            self.taken.add(path)

    def leave(self, link: Path, reason: str) -> None:
        self.left.append(Left(_show(link), f"it is a link to {_target(link)}{reason}"))

    def enter(self, folder: Path) -> None:
        try:
            seen = os.stat(folder)
            with os.scandir(folder) as found:
                items = list(found)
        except FileNotFoundError:
            # It went away since its parent was read.
            return
        except OSError:
            self.files.add(folder)
            return
        identity = seen.st_dev, seen.st_ino
        if self.is_following and identity in self.folders:
            return
        self.folders.add(identity)
        for item in items:
            if archives.NO_DUMP.search(item.name):
                continue
            if item.is_symlink():
                self.waiting.add(Path(item.path))
            elif item.is_dir(follow_symlinks=False):
                self.enter(Path(item.path))
            elif item.is_file(follow_symlinks=False):
                self.files.add(Path(item.path))

    def follow(self, link: Path) -> None:
        """Go where a link inside a folder leads."""
        self.is_following = True
        try:
            seen = os.stat(link)
        except OSError:
            self.leave(link, f", which {_say_broken(link)}")
            return
        if stat.S_ISREG(seen.st_mode):
            self.take(link)
        elif not stat.S_ISDIR(seen.st_mode):
            self.leave(link, ", which is no regular file")
        elif (seen.st_dev, seen.st_ino) in self.folders:
            self.leave(link, ", a folder that is read under another name")
        else:
            self.enter(link)
