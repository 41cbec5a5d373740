"""The files of a lake: in a folder that machines share, or in an object store. One way to ask and write both.

What belongs here: single files and folders of files, by the names on the way to them from the lake; each file is whole
or not there. What they hold is `lake`'s and `parts`'. Object stores are fsspec's; nothing of it is loaded for a folder.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar

from .choice import EngineError

_T = TypeVar("_T")


class Files(Protocol):
    """The files of a lake."""

    def at(self, *names: str) -> str:
        """By what an engine reads a file or a folder."""

    def list_names(self, *names: str) -> list[str]:
        """The names of what lies in a folder; none where there is no such folder."""

    def has(self, *names: str) -> bool:
        """Whether there is such a folder; in a store one that holds something."""

    def find(self, *names: str) -> list[str]:
        """The Parquet files of a table, as `fetch` takes them; what an engine has not finished is none of them."""

    def fetch(self, found: list[str]) -> list[str]:
        """Paths on this machine at which files that were found can be read."""

    def keep(self, found: list[str], folder: Path) -> list[str]:
        """Paths on this machine at which they can be read from now on; what has to be fetched goes into a folder."""

    def open(self, found: str) -> IO[bytes]:
        """A file that was found, where a part of it will do."""

    def read(self, name: str) -> bytes | None:
        """What a small file holds; None where there is none."""

    def write(self, name: str, content: bytes) -> None:
        """Write a small file."""

    def writing(self, *names: str) -> Any:
        """With the block: a path on this machine, of which the file is made after it."""

    def make(self, *names: str) -> None:
        """Make a folder, where folders have to be made."""

    def remove(self, *names: str) -> None:
        """Delete a file, or a folder with all that is in it, if it is there."""

    def forget(self) -> None:
        """Delete what has been fetched."""


def find_files(lake: Path | str) -> Files:
    """The files of a lake: of a folder, or of an address. Raises EngineError where a package for that is missing."""
    return FolderFiles(lake) if isinstance(lake, Path) else StoreFiles(lake)


class FolderFiles:
    """A folder of this machine, or one that it shares."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made until something is written."""
        self._folder = folder

    def at(self, *names: str) -> str:
        """See Files."""
        return str(self._folder.joinpath(*names))

    def list_names(self, *names: str) -> list[str]:
        """See Files."""
        place = self._folder.joinpath(*names)
        return sorted(path.name for path in place.iterdir()) if place.is_dir() else []

    def has(self, *names: str) -> bool:
        """See Files."""
        return self._folder.joinpath(*names).is_dir()

    def find(self, *names: str) -> list[str]:
        """See Files."""
        place = self._folder.joinpath(*names)
        return sorted(str(path) for path in place.rglob("*.parquet") if _is_done(str(path.relative_to(place))))

    def fetch(self, found: list[str]) -> list[str]:
        """See Files."""
        return found

    def keep(self, found: list[str], folder: Path) -> list[str]:
        """See Files."""
        return found

    def open(self, found: str) -> IO[bytes]:
        """See Files."""
        return Path(found).open("rb")

    def read(self, name: str) -> bytes | None:
        """See Files."""
        path = self._folder / name
        return path.read_bytes() if path.is_file() else None

    def write(self, name: str, content: bytes) -> None:
        """See Files."""
        (self._folder / name).write_bytes(content)

    @contextmanager
    def writing(self, *names: str) -> Iterator[Path]:
        """See Files."""
        path = self._folder.joinpath(*names)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}")  # engines pass over what begins with a dot
        yield aside
        os.replace(aside, path)

    def make(self, *names: str) -> None:
        """See Files."""
        self._folder.joinpath(*names).mkdir(parents=True, exist_ok=True)

    def remove(self, *names: str) -> None:
        """See Files."""
        path = self._folder.joinpath(*names)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

    def forget(self) -> None:
        """See Files."""


class StoreFiles:
    """A path of an object store. What is read here is copied here first: DuckDB speaks to no store by itself."""

    def __init__(self, address: str) -> None:
        """Raises EngineError where the package that speaks to the store is not installed."""
        self._address = address
        try:
            from fsspec.core import url_to_fs

            # Listings are asked anew each time: the engine writes there, too.
            files, root = url_to_fs(address, use_listings_cache=False, skip_instance_cache=True)
        except ImportError:
            raise EngineError(
                f"The lake {address} takes a package that is not installed: s3fs. Install it: make setup "
                "EXTRAS='cloud spark', or pip install 'paperhouse[cloud,spark]'."
            ) from None
        self._files, self._root = files, root.rstrip("/")
        self._fetched: tempfile.TemporaryDirectory[str] | None = None

    def at(self, *names: str) -> str:
        """See Files."""
        return "/".join((self._address, *names))

    def list_names(self, *names: str) -> list[str]:
        """See Files."""
        place = self._place(names)
        found = self._ask(lambda: self._files.ls(place, detail=False), [])
        return sorted({str(path).rstrip("/").rsplit("/", 1)[-1] for path in found if str(path).strip("/") != place})

    def has(self, *names: str) -> bool:
        """See Files."""
        return bool(self.list_names(*names))

    def find(self, *names: str) -> list[str]:
        """See Files."""
        place = self._place(names)
        found = sorted(self._ask(lambda: self._files.find(place), []))
        return [path for path in found if path.endswith(".parquet") and _is_done(path[len(place) + 1 :])]

    def fetch(self, found: list[str]) -> list[str]:
        """See Files."""
        self._fetched = self._fetched or tempfile.TemporaryDirectory(prefix="paperhouse-lake-")
        return self.keep(found, Path(self._fetched.name))

    def keep(self, found: list[str], folder: Path) -> list[str]:
        """See Files."""
        paths = [str(folder / path.removeprefix(f"{self._root}/")) for path in found]
        self._ask(lambda: self._files.get(found, paths))
        return paths

    def open(self, found: str) -> IO[bytes]:
        """See Files."""
        opened: IO[bytes] = self._ask(lambda: self._files.open(found, "rb"))
        return opened

    def read(self, name: str) -> bytes | None:
        """See Files."""
        return self._ask(lambda: bytes(self._files.cat_file(self._place([name]))))

    def write(self, name: str, content: bytes) -> None:
        """See Files."""
        self._ask(lambda: self._files.pipe_file(self._place([name]), content))

    def claim(self, name: str, content: bytes) -> bool:
        """Write a small file where there is none; of several who do at once one hears that it has."""

        def write() -> bool:
            try:
                self._files.pipe_file(self._place([name]), content, mode="create")
            except FileExistsError:
                return False
            return True

        return bool(self._ask(write))

    @contextmanager
    def writing(self, *names: str) -> Iterator[Path]:
        """See Files."""
        with tempfile.TemporaryDirectory(prefix="paperhouse-lake-") as folder:
            path = Path(folder, names[-1])
            yield path
            self._ask(lambda: self._files.put_file(str(path), self._place(names)))

    def make(self, *names: str) -> None:
        """See Files. A store has no folders, only names with slashes."""

    def remove(self, *names: str) -> None:
        """See Files."""
        self._ask(lambda: self._files.rm(self._place(names), recursive=True), None)

    def forget(self) -> None:
        """See Files."""
        if self._fetched:
            self._fetched.cleanup()
            self._fetched = None

    def _place(self, names: tuple[str, ...] | list[str]) -> str:
        return "/".join((self._root, *names))

    def _ask(self, question: Callable[[], _T], otherwise: Any = None) -> Any:
        """Ask the store; what is not there gives something else. Raises EngineError, in the store's words."""
        try:
            return question()
        except FileNotFoundError as error:
            if "bucket does not exist" not in str(error):
                return otherwise
            raise EngineError(self._explain(error)) from None
        except Exception as error:  # whatever a store's own package raises
            raise EngineError(self._explain(error)) from None

    def _explain(self, error: Exception) -> str:
        said = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        return (
            f"The lake {self._address} cannot be used: {said}. Make the bucket, and see that AWS_ACCESS_KEY_ID, "
            "AWS_SECRET_ACCESS_KEY and, beside Amazon's own, AWS_ENDPOINT_URL are right."
        )


def _is_done(path: str) -> bool:
    """Whether a file of a table is one of its rows' own: names that begin so are those of work that is not done."""
    return not any(name.startswith(("_", ".")) for name in path.split("/"))
