"""Where releases are delivered to: a folder, or the address of an object store. One way to ask and write both.

What belongs here: single files at a place, each whole or not there. What is delivered in which order is `delivery`.
Object stores are fsspec's; which of them there are depends on what is installed, and nothing of it is loaded for a
folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ..files import read_whole

#: Schemes of addresses, each with the package that speaks it.
STORES = {"s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,19}):/++")
_CHUNK = 1 << 20
_T = TypeVar("_T")


class PlaceError(RuntimeError):
    """A place cannot be used; the message names it, says why and what to do."""


class Place(Protocol):
    """Somewhere files can be put, by their paths in a release."""

    name: str

    def read(self, path: str) -> bytes | None:
        """What a small file holds; None where there is none."""

    def measure(self, path: str, expected: int) -> tuple[int, str] | None:
        """Bytes and sha256 of what lies there, all of it read; the digest is empty where the bytes are not expected."""

    def put(self, path: str, source: Path) -> None:
        """Copy a file there: whole, or not there."""

    def write(self, path: str, content: bytes) -> None:
        """Write a small file: whole, or not there."""

    def remove(self, path: str) -> None:
        """Delete a file, if it is there."""

    def list_some(self) -> list[str]:
        """The names of some of what lies there, at its top."""


def find_place(target: str) -> Place:
    """The place that a target names: an address with one of the schemes, else a folder.

    Raises PlaceError for another scheme, and for one whose package is not installed.
    """
    if not (address := _ADDRESS.match(target)):
        return Folder(Path(target).absolute())
    scheme = address[1].lower()
    if scheme not in STORES:
        known = ", ".join(f"{name}://" for name in STORES)
        raise PlaceError(f"{target} begins with none of {known}. Write one of them, or a folder.")
    if "://" not in target or not target[address.end() :].strip("/"):
        raise PlaceError(f"{target} names no bucket. Write {scheme}://BUCKET/PATH.")
    try:
        from fsspec.core import url_to_fs

        # Listings are asked anew each time: what another process has put there counts.
        files, root = url_to_fs(target.rstrip("/"), use_listings_cache=False, skip_instance_cache=True)
    except ImportError:
        raise PlaceError(
            f"{target} takes a package that is not installed: {STORES[scheme]}. Install it: "
            "pip install 'paperhouse[cloud]'"
        ) from None
    except Exception as error:  # whatever a store's own package raises
        raise PlaceError(_explain(target, error)) from None
    return Store(files, root, target.rstrip("/"))


class Folder:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made until something is written."""
        self.folder = folder
        self.name = str(folder)

    def read(self, path: str) -> bytes | None:
        """See Place."""
        with self._explaining(), suppress(FileNotFoundError):
            return read_whole(self.folder / path)
        return None

    def measure(self, path: str, expected: int) -> tuple[int, str] | None:
        """See Place."""
        with self._explaining(), suppress(FileNotFoundError):
            found = (self.folder / path).lstat()
            if not stat.S_ISREG(found.st_mode):
                return found.st_size, ""  # a link or a pipe: it is replaced, and not opened
            size = found.st_size
            with (self.folder / path).open("rb") as file:
                return size, _hash(iter(lambda: file.read(_CHUNK), b"")) if size == expected else ""
        return None

    def put(self, path: str, source: Path) -> None:
        """See Place."""
        with source.open("rb") as origin:
            self._replace(path, lambda new: shutil.copyfileobj(origin, new, _CHUNK))

    def write(self, path: str, content: bytes) -> None:
        """See Place."""
        self._replace(path, lambda new: new.write(content))

    def remove(self, path: str) -> None:
        """See Place. Folders that are empty then go with it."""
        with self._explaining():
            (self.folder / path).unlink(missing_ok=True)
            for parent in (self.folder / path).parents:
                if parent == self.folder or not parent.is_dir() or any(parent.iterdir()):
                    return
                parent.rmdir()

    def list_some(self) -> list[str]:
        """See Place."""
        with self._explaining(), suppress(FileNotFoundError):
            return sorted(path.name for path in self.folder.iterdir())[:5]
        return []

    def _replace(self, path: str, fill: Callable[[Any], object]) -> None:
        target = self.folder / path
        new = target.with_name(f".{target.name}.new")
        with self._explaining():
            target.parent.mkdir(parents=True, exist_ok=True)
            with new.open("wb") as file:
                fill(file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, target)

    def _explaining(self) -> _Explaining:
        return _Explaining(self.name)


class Store:
    """A path of an object store, by a file system of fsspec."""

    def __init__(self, files: Any, root: str, name: str) -> None:
        """The file system, the path in it, and what a person calls both."""
        self._files = files
        self._root = root.rstrip("/")
        self.name = name

    def read(self, path: str) -> bytes | None:
        """See Place."""
        return self._ask(path, lambda there: bytes(self._files.cat_file(there)))

    def measure(self, path: str, expected: int) -> tuple[int, str] | None:
        """See Place."""

        def look(there: str) -> tuple[int, str]:
            size = int(self._files.info(there)["size"])
            if size != expected:
                return size, ""
            with self._files.open(there, "rb", cache_type="none" if size < _CHUNK else "readahead") as file:
                return size, _hash(iter(lambda: file.read(_CHUNK), b""))

        return self._ask(path, look)

    def put(self, path: str, source: Path) -> None:
        """See Place."""
        self._ask(path, lambda there: self._files.put_file(str(source), there), is_there=True)

    def write(self, path: str, content: bytes) -> None:
        """See Place."""
        self._ask(path, lambda there: self._files.pipe_file(there, content), is_there=True)

    def remove(self, path: str) -> None:
        """See Place."""
        self._ask(path, lambda there: self._files.rm_file(there))

    def list_some(self) -> list[str]:
        """See Place. A folder in which nothing lies is nothing: some stores keep its name when its files are gone."""

        def look(there: str) -> list[str]:
            found = self._files.ls(there.rstrip("/"), detail=True)
            inside = [each for each in found if str(each["name"]).strip("/") != self._root.strip("/")]
            some = [
                each for each in inside if each["type"] != "directory" or self._files.ls(each["name"], detail=False)
            ]
            return [str(each["name"]).rstrip("/").rsplit("/", 1)[-1] for each in some]

        return sorted(filter(None, self._ask("", look) or []))[:5]

    def _ask(self, path: str, question: Callable[[str], _T], is_there: bool = False) -> _T | None:
        """Ask the store for one file; None where it is not there, which is an error where it is to be written."""
        self._files.invalidate_cache()
        try:
            return question(f"{self._root}/{path}")
        except Exception as error:  # whatever a store's own package raises
            if isinstance(error, FileNotFoundError) and not is_there:
                return None
            raise PlaceError(_explain(self.name, error)) from None


class _Explaining:
    """Turns what the system says of a folder into a PlaceError; that a file is not there is the caller's to hear."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise PlaceError(_explain(self._name, error)) from None


def _hash(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _explain(name: str, error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error).strip()
    return (
        f"{name} cannot be used: {(said or type(error).__name__).splitlines()[0].rstrip('.')}. Once that is mended, "
        "the same command goes on where it was."
    )
