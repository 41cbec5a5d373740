"""Files at the door: which are taken in, which are known already, which are left for the next run and why.

What belongs here: looking at files from outside (what they are, whether they keep still, whether they were met before)
and naming their content. Reading content is `parsing/`, loading it `dumps`.

A file is taken only if it looks the same before it is hashed, after that, and after it has been parsed; one that was
touched seconds ago gets one more look. A file whose look (size, times of change, inode) is that of an earlier run is
not read again: the kernel sets the time of change (ctime) on every write, whatever a program does to the other times.
A look taken within `RACY_SECONDS` of a change is not trusted, since a clock tick may hide a second change.

The look of a link is that of the file it leads to, so a link that is turned to another file has changed. Only links
that were chosen as input are gone after: a file that becomes a link after it was found is left.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from ..parsing import PARSER_VERSION, Left, hash_files

#: A file changed this recently may be in the middle of being written: it gets another look.
SETTLE_SECONDS = 2.0
#: How long after the first look the other one is taken; writers that pause longer are caught at the next build.
SECOND_LOOK_SECONDS = 0.25
#: A look this soon after a change is not remembered. Coarse file systems keep times to two seconds.
RACY_SECONDS = 3.0
#: Files hashed between two reports of progress.
_BATCH = 500


@dataclass
class Stock:
    """What is at the door.

    files has the columns of `hash_files` and `stamp`, the look that a later run may trust (null for none), one row per
    content; looks holds how each file looked when it was hashed; links are the paths that may be links.
    """

    files: pl.DataFrame
    looks: dict[str, str]
    links: Collection[Path] = ()
    left: list[Left] = field(default_factory=list)
    hashed_count: int = 0


def take_stock(
    files: Sequence[Path], known: pl.DataFrame, advance: Callable[[int], None], links: Collection[Path] = ()
) -> Stock:
    """Name the content of every file that can be read and keeps still.

    Args: known has the rows of raw.files; advance is told the number of files just looked at; links are those of the
    files that may be symbolic links.
    """
    stock = Stock(files=known.clear(), looks={}, links=links)
    for path in files:
        if look := _look(path, stock.left, path in links):
            stock.looks[str(path)] = look
    looks = pl.DataFrame(
        {"path": list(stock.looks), "stamp": list(stock.looks.values())},
        schema={"path": pl.String, "stamp": pl.String},
    )
    trusted = looks.join(known, on=["path", "stamp"], how="inner", maintain_order="left").select(known.columns)
    unknown = looks.join(known, on=["path", "stamp"], how="anti", maintain_order="left")["path"].to_list()
    advance(len(files) - len(unknown))
    hashed = [trusted]
    for start in range(0, len(unknown), _BATCH):
        paths = unknown[start : start + _BATCH]
        hashed.append(_hash([Path(path) for path in paths], stock))
        advance(len(paths))
    stock.hashed_count = len(unknown)
    _look_again(unknown, stock)
    stock.files = (
        pl.concat(hashed, how="diagonal_relaxed")
        .filter(pl.col("path").is_in(list(stock.looks)))
        .sort("path", maintain_order=True)
    )
    return stock


def are_known(files: Sequence[Path], known: pl.DataFrame, links: Collection[Path] = ()) -> bool:
    """Whether every file looks as it did when it was loaded, so that none has to be read. Args: as of `take_stock`."""
    left: list[Left] = []
    looks = [(str(path), _look(path, left, path in links)) for path in files]
    return not left and set(looks) <= set(known.select("path", "stamp").rows())


def find_changed(paths: Sequence[str], stock: Stock) -> list[Left]:
    """The files among the paths that no longer look as they did when they were hashed."""
    left: list[Left] = []
    for path in paths:
        look = _look(Path(path), left, Path(path) in stock.links)
        if look and look != stock.looks[path]:
            left.append(Left(path, "it changed while it was being read"))
    return left


def _look(path: Path, left: list[Left], may_be_link: bool) -> str | None:
    """How a file looks from outside, as one text; None where it is not there, no regular file or has no readable name.

    The parser's version is part of it: what a file's content is called may change with it.
    """
    try:
        str(path).encode()
        seen = path.stat(follow_symlinks=may_be_link)
    except UnicodeEncodeError:
        left.append(Left(str(path).encode(errors="replace").decode(), "its name is not UTF-8; rename it"))
        return None
    except FileNotFoundError:
        left.append(Left(str(path), "it is gone"))
        return None
    except OSError as error:
        left.append(Left(str(path), f"it cannot be looked at: {error.strerror}"))
        return None
    if stat.S_ISDIR(seen.st_mode) and not may_be_link:
        left.append(Left(str(path), "the folder cannot be read; open it to the user who builds (chmod u+rx)"))
        return None
    if not stat.S_ISREG(seen.st_mode):
        left.append(Left(str(path), "it is no regular file"))
        return None
    facts = (PARSER_VERSION, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_dev, seen.st_ino)
    return ":".join(map(str, facts))


def _hash(paths: Sequence[Path], stock: Stock) -> pl.DataFrame:
    """Hash files, and look at each once more; those that moved or cannot be read are left."""
    readable = [path for path in paths if _can_be_opened(path, stock)]
    hashed = hash_files(readable)
    now = time.time()
    moved = find_changed([str(path) for path in readable], stock)
    # hash_files names what it could not read by its path.
    empty = hashed.filter(pl.col("byte_count") == 0).select("path", "dump_id").rows()
    broken = [path for path, dump_id in empty if dump_id == hashlib.sha256(os.fsencode(path)).hexdigest()]
    _leave(stock, [*moved, *(Left(path, "reading it failed") for path in broken)])
    looks = {path: look for path in map(str, readable) if (look := stock.looks.get(path))}
    stamps = {path: look for path, look in looks.items() if _is_settled(look, now, RACY_SECONDS)}
    return hashed.with_columns(stamp=pl.col("path").replace_strict(stamps, default=None, return_dtype=pl.String))


def _can_be_opened(path: Path, stock: Stock) -> bool:
    try:
        follow = 0 if path in stock.links else os.O_NOFOLLOW
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK | follow))
    except PermissionError:
        reason = "permission denied; make it readable for the user who builds (chmod u+r)"
        _leave(stock, [Left(str(path), reason)])
        return False
    except OSError as error:
        _leave(stock, [Left(str(path), f"it cannot be opened: {error.strerror}")])
        return False
    return True


def _look_again(paths: Sequence[str], stock: Stock) -> None:
    """One more look, a moment later, at files that were changed a moment ago."""
    now = time.time()
    fresh = [path for path in paths if path in stock.looks and not _is_settled(stock.looks[path], now, SETTLE_SECONDS)]
    if fresh:
        time.sleep(SECOND_LOOK_SECONDS)
        _leave(stock, [Left(left.path, "it is still being written") for left in find_changed(fresh, stock)])


def _is_settled(look: str, now: float, seconds: float) -> bool:
    modified, changed = map(int, look.split(":")[2:4])
    return max(modified, changed) / 1e9 < now - seconds


def _leave(stock: Stock, left: Sequence[Left]) -> None:
    for file in left:
        if stock.looks.pop(file.path, None) is not None:
            stock.left.append(file)
