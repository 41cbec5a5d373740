"""What the commands share: the option that names the warehouse, the doors to its files, ending with a clear error.

What belongs here: what commands of more than one group have in common, and nothing else.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import duckdb
import typer

from ..showing.terminal import err, out, plain
from ..warehouse.errors import NothingPublishedError, WarehouseUnavailableError
from ..warehouse.folder import DATABASE_NAME, LATEST, Warehouse
from ..warehouse.settings import WAREHOUSE_VARIABLE, BadSettingError

if TYPE_CHECKING:
    from ..release.history import Kept


def named_path(text: str | Path) -> Path:
    """A path that is named, or a default: the empty one, a variable that is not set, would be the current folder."""
    if not str(text).strip():
        raise typer.BadParameter("The path is empty. Is a variable of the shell unset? `.` is the current folder.")
    return Path(text)


Folder = Annotated[
    Path,
    typer.Option(
        "--warehouse",
        "-w",
        envvar=WAREHOUSE_VARIABLE,
        help="Folder of the warehouse: this option, else the variable, else `warehouse` below the current folder.",
        show_envvar=True,
        parser=named_path,
        metavar="FOLDER",
    ),
]
DEFAULT_FOLDER = Path("warehouse")
#: What names the release before the one that is asked.
PREVIOUS = "previous"
Release = Annotated[
    str,
    typer.Option("--release", help="Ask a release that is kept, by its id or eight characters of it; see `releases`."),
]
#: What the environment named before a command set it for its children.
_NAMED = Path(os.environ[WAREHOUSE_VARIABLE]) if os.environ.get(WAREHOUSE_VARIABLE) else None


def open_house(folder: Path) -> Warehouse:
    """The warehouse of a folder, of which nothing is made or read yet; a clear end where a newer version made it."""
    house = Warehouse(folder.resolve())
    try:
        house.refuse_newer()
    except WarehouseUnavailableError as error:
        fail(str(error))
    return house


@contextmanager
def without_pandas() -> Iterator[None]:
    """Nothing of the block loads pandas: DuckDB would, to see if a query's parameter is one of its nulls (0.4 s)."""
    if "pandas" in sys.modules:
        yield
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]  # to Python, one that is not installed
    try:
        yield
    finally:
        del sys.modules["pandas"]


@contextmanager
def reading(
    house: Warehouse,
    limit: str | None = None,
    database: Path | None = None,
    beside: Mapping[str, Path] | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published database, or that of an earlier release, within a limit of memory; a clear end where none is."""
    try:
        with without_pandas(), house.read(limit, database, beside) as connection:
            yield connection
    except (NothingPublishedError, WarehouseUnavailableError, BadSettingError) as error:
        fail(str(error))


@contextmanager
def reading_release(
    folder: Path, release: str, limit: str | None = None, before: str | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database of the release of that name in a warehouse's folder; beside it, as `before`, an earlier one's."""
    house = open_house(folder)
    database = None if release == LATEST else find_kept(house, release.strip()).folder / DATABASE_NAME
    beside = None
    if before is not None:
        earlier = find_before(house, release) if before == PREVIOUS else find_kept(house, before.strip())
        beside = {"before": earlier.folder / DATABASE_NAME}
    with reading(house, limit, database, beside) as connection:
        yield connection


def find_before(house: Warehouse, release: str) -> Kept:
    """The kept release before one of that name, or a clear end where there is none."""
    from ..release.history import list_releases

    asked = find_kept(house, release.strip())
    earlier = [kept for kept in list_releases(house) if kept.number < asked.number]
    if not earlier:
        fail(f"No release before {asked.release_id} is kept.", "`paperhouse releases` lists them.")
    return earlier[0]


def find_kept(house: Warehouse, name: str) -> Kept:
    """The release of that name, or a clear end where there is none."""
    from ..release.history import NoSuchReleaseError, find_release, list_damaged, list_releases

    try:
        return find_release(house, name)
    except NoSuchReleaseError as error:
        if damaged := list_damaged(house):
            fail(" ".join(damaged[:3]))
        if not list_releases(house):
            fail(f"Nothing is published in {house.folder} yet.", "Build it first: paperhouse build")
        fail(str(error), "`paperhouse releases` lists them.")


@contextmanager
def holding(house: Warehouse) -> Iterator[None]:
    """The warehouse, kept from builds; or a clear end where there is none, or a build runs."""
    if not house.database.exists():
        fail(f"There is no warehouse in {house.folder}.", "Build it first: paperhouse build")
    try:
        with house.lock():
            yield
    except (WarehouseUnavailableError, BadSettingError) as error:
        fail(str(error))


def command_line(warehouse: Warehouse, name: str) -> str:
    """A command to copy: the executable beside this Python, and the warehouse where it is not the default one."""
    executable = Path(sys.executable).with_name("paperhouse")
    found = shutil.which("paperhouse")
    if found and Path(found).resolve() == executable.resolve():
        executable = Path("paperhouse")
    elif executable.is_relative_to(Path.cwd()):
        executable = executable.relative_to(Path.cwd())
    option = "" if warehouse.folder == (_NAMED or DEFAULT_FOLDER).resolve() else f" -w {warehouse.folder}"
    return plain(f"{executable} {name}{option}")


def fail(problem: str, remedy: str = "") -> NoReturn:
    """Say what is wrong and what to do about it on stderr, and end with code 1."""
    err.print(f"[bold red]Error:[/] {plain(problem)}", soft_wrap=True)
    if remedy:
        err.print(plain(remedy), soft_wrap=True)
    raise typer.Exit(1)


def first_line(error: BaseException) -> str:
    """The first line of an error's message; what DuckDB adds about its insides is left out."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def confirm(question: str, yes: bool) -> None:
    """Go on where a person says so, or has said `--yes`; else end with a sentence, and with nothing changed."""
    if yes:
        return
    if not sys.stdin.isatty():
        fail(
            "Nothing was changed: this asks before it deletes, and nobody is there to answer.", "Say --yes in scripts."
        )
    if not typer.confirm(question, err=True):
        out.print("Nothing was changed.")
        raise typer.Exit(1)


Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before deleting: for scripts.")]
