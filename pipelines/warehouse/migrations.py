"""From one format of the pipeline's own file to the next: small named steps, in one transaction, after a copy.

What belongs here: carrying over what cannot be made again (raw tables, overrides, the ledger, ids once published), and
refusing what a newer version made. What can be made again is dropped; the next build makes it. A release has a format
of its own (`folder`), and so have the subscriptions (`digest`): no build writes them anew.

A step is added with every change of a column in `tables`; a new table needs none, and the step of a column of
`extracted` has no statement. Steps that have been released are never changed. Releases stay what they are.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ..files import clone, read_whole, write_whole
from .errors import NewerWarehouseError, UpgradeError

#: Schemas whose rows cannot be made again: the others are dropped by an upgrade. `forgotten` waits to be brought back.
KEPT_SCHEMAS = ("raw", "quality", "forgotten", "main")
#: Name of the file beside the pipeline's own that repeats its format, for commands that do not open it.
MARKER = ".format"


@dataclass(frozen=True)
class Migration:
    """One step: the format it leads to, what is new there in words, and the statements that carry rows over."""

    format: int
    name: str
    statements: tuple[str, ...]


def _add(table: str, **columns: str) -> tuple[str, ...]:
    """Statements that give a table columns, where it is there and has them not."""
    return tuple(
        f"alter table if exists {table} add column if not exists {name} {kind}" for name, kind in columns.items()
    )


#: Format 1 is what warehouses had before numbers were kept, from 0.1.0 on.
MIGRATIONS = (
    Migration(
        2,
        "entries know DOI, day and precision of publication, dumps the fields that nothing takes",
        (
            *_add("raw.entries", section_on="date", section_on_text="varchar", published_year="bigint"),
            *_add("raw.dumps", control_character_count="bigint", source="varchar", note="varchar"),
            *_add("raw.dumps", held_reason="varchar"),
            *_add("raw.entries", doi="varchar", published_on="date", published_precision="varchar"),
            *_add("raw.dumps", ignored_fields='struct("field" varchar, "count" bigint)[]'),
        ),
    ),
    Migration(
        3,
        "checks know their kind, figures and answers",
        (
            *_add("quality.check_results", kind="varchar", value="double", lowest="double", highest="double"),
            *_add("quality.check_results", affected_rows="bigint", answer="varchar", failing_since="timestamp"),
        ),
    ),
    Migration(4, "candidates of a text are a row each, title and abstract together", ()),
    Migration(5, "entries know where they appeared", _add("raw.entries", venue="varchar")),
    Migration(
        6,
        "entries know what dumps say of authors beside their names",
        _add(
            "raw.entries",
            author_details='struct("author_number" bigint, "orcid" varchar, "author_id" varchar, '
            '"affiliations" varchar[])[]',
        ),
    ),
)
#: The format that this version reads and writes.
FORMAT = MIGRATIONS[-1].format


def find_format(connection: duckdb.DuckDBPyConnection) -> int:
    """The format of a warehouse's own tables; 0 where there are none yet, 1 where no number is kept."""
    tables = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() "
        "where database_name = current_database() and schema_name in ('raw', 'quality')"
    ).fetchall()
    if ("quality.formats",) not in tables:
        return 1 if ("raw.dumps",) in tables else 0
    return int(connection.execute("select max(format) from quality.formats").fetchall()[0][0])


def refuse_newer(found: int, known: int = FORMAT) -> None:
    """Raise NewerWarehouseError where a format is beyond the one that this version knows: the same sentence always."""
    if found > known:
        raise NewerWarehouseError(
            f"A newer version of Paperhouse made this warehouse (format {found}; this one knows {known}). Use that "
            "version, or build the dumps into another folder with --warehouse."
        )


def read_marker(folder: Path) -> int:
    """The format that a warehouse's folder says it has; 0 where it says none."""
    with contextlib.suppress(OSError, ValueError):
        return int(read_whole(folder / MARKER))
    return 0


def write_marker(folder: Path) -> None:
    """Say in a warehouse's folder that it has this version's format."""
    if read_marker(folder) != FORMAT:
        write_whole(folder / MARKER, f"{FORMAT}\n".encode())


def record_format(connection: duckdb.DuckDBPyConnection) -> None:
    """Write this version's format into a warehouse's own tables."""
    connection.execute("create schema if not exists quality")
    connection.execute("create table if not exists quality.formats (format bigint, upgraded_at timestamp)")
    connection.execute("insert into quality.formats values (?, ?)", [FORMAT, datetime.now(UTC).replace(tzinfo=None)])


def list_copies(database: Path) -> Iterator[Path]:
    """Copies of the pipeline's own file that upgrades made before they began."""
    yield from sorted(database.parent.glob(f"{database.stem}.format-*{database.suffix}"))


def upgrade(database: Path, found: int, connect: Callable[[], duckdb.DuckDBPyConnection]) -> None:
    """Bring the pipeline's own file, which nobody has open, from the format found to this version's.

    The copy stays beside it until a release has been published from what became of it (`upkeep.growth`).

    Raises UpgradeError, naming the step, where one fails or there is no room for the copy: the file is as it was.
    """
    copy = database.with_name(f"{database.stem}.format-{found}{database.suffix}")
    try:
        clone(database, copy)
    except OSError as error:
        copy.unlink(missing_ok=True)
        raise UpgradeError(
            f"There is no room to copy {database}, which an earlier version of Paperhouse made, before it is upgraded: "
            f"{error.strerror}. Nothing was changed. Make {database.stat().st_size / 1e6:,.0f} MB of room."
        ) from None
    step = "opening"
    try:
        with connect() as connection:
            connection.execute("begin")
            for migration in MIGRATIONS:
                step = migration.name
                for statement in migration.statements if migration.format > found else ():
                    connection.execute(statement)
            step = "dropping what is made anew"
            _drop_derived(connection)
            record_format(connection)
            connection.execute("commit")
    except duckdb.Error as error:
        os.replace(copy, database)
        database.with_name(f"{database.name}.wal").unlink(missing_ok=True)
        raise UpgradeError(
            f"The warehouse could not be upgraded from format {found} to {FORMAT} ({step}: "
            f"{str(error).splitlines()[0]}). It is as it was, and works on with the version that made it. Please "
            "report this."
        ) from error


def _drop_derived(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop every schema that a build fills from what is kept."""
    schemas = connection.execute(
        "select schema_name from duckdb_schemas() where database_name = current_database() and not internal"
    ).fetchall()
    for (schema,) in schemas:
        if schema not in KEPT_SCHEMAS:
            connection.execute(f'drop schema "{schema}" cascade')
