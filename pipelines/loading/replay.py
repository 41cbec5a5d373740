"""Reading loaded dumps again: what another version of the parser makes of the same bytes, before it is accepted.

What belongs here: finding the bytes of loaded dumps, the difference between two readings, putting one in place of the
other. Files are trusted only if their content still has the dump's id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from ..parsing import name_version, read_dumps
from ..showing import progress
from ..warehouse.folder import Warehouse
from ..warehouse.settings_file import read_columns
from ..warehouse.tables import TABLES
from .budget import choose_budget, hold_dumps
from .dumps import PARSED_TABLES, append_parsed, choose_folder
from .intake import Stock, find_changed, take_stock
from .sidecars import describe_dumps
from .takedown import keep_out
from .texts import forget_stale_texts

_CHANGES = Path(__file__).with_name("replay.sql")


@dataclass(frozen=True)
class DumpChange:
    """What reading one dump again changes.

    counts are entries added, removed and changed, rejects gone and new; an entry is changed where one that says
    something else begins on the same line. other names what else differs: layout, dates.
    """

    dump_id: str
    file_name: str
    entries_before: int
    entries_after: int
    counts: tuple[int, int, int, int, int]
    other: str

    @property
    def is_difference(self) -> bool:
        """Whether anything differs."""
        return any(self.counts) or bool(self.other)


@dataclass
class Replay:
    """How many dumps were chosen, what changes in those read again, and why others could not be read."""

    chosen_count: int
    changes: list[DumpChange] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_accepted: bool = False


def replay_dumps(
    warehouse: Warehouse,
    ids: Sequence[str] | None,
    reason: str | None,
    every: bool,
    accept: bool,
    listener: progress.Listener,
) -> Replay:
    """Read dumps again and compare; with accept, put the new reading in place of the old in the same transaction.

    Args: ids, reason and every choose dumps, together where several are given; without any of them, those with rejects
    and those another version of the parser, or the parser with other names of columns, read. The warehouse must be
    locked by the caller. Raises SettingsError where the settings file cannot be followed.
    """
    own = read_columns(warehouse.settings_file)
    with progress.listen(listener), warehouse.connect() as connection:
        chosen = _choose(connection, ids, reason, every, name_version(own))
        result = Replay(chosen_count=chosen.height)
        found, stock = _find_bytes(connection, chosen, result)
        for table in PARSED_TABLES:
            connection.execute(f"create temp table {_again(table)} as select * from {table} limit 0")
        with progress.stage("parse", total=found.height) as advance:
            for parsed in read_dumps(found, own=own):
                append_parsed(connection, parsed, _again)
                advance(parsed.dumps.height)
        for file in find_changed(found["path"].to_list(), stock):
            ids_there = found.filter(pl.col("path") == file.path)["dump_id"].to_list()
            for table in PARSED_TABLES:
                connection.execute(f"delete from {_again(table)} where dump_id in $ids", {"ids": ids_there})
            result.problems.append(f"{file.path}: {file.reason}")
        with progress.stage("compare"):
            result.changes = _compare(connection)
        if accept and result.changes:
            _accept(connection)
            keep_out(connection)
            result.is_accepted = True
        for table in PARSED_TABLES:
            connection.execute(f"drop table {_again(table)}")
    return result


def _again(table: str) -> str:
    """The temporary table beside a raw table that holds the new reading."""
    return f"again_{table.removeprefix('raw.')}"


def _choose(
    connection: duckdb.DuckDBPyConnection, ids: Sequence[str] | None, reason: str | None, every: bool, version: str
) -> pl.DataFrame:
    """The chosen dumps: dump_id, file_names."""
    conditions = ["dump_id in $ids" if ids is not None else "", "true" if every else ""]
    conditions.append("dump_id in (select dump_id from raw.rejects where reason = $reason)" if reason else "")
    chosen = " and ".join(filter(None, conditions)) or "reject_count > 0 or parser_version <> $version"
    values = {"ids": list(ids or []), "reason": reason, "version": version}
    return connection.execute(
        f"select dump_id, file_names from raw.dumps where {chosen} order by dump_id",
        {name: value for name, value in values.items() if f"${name}" in chosen},
    ).pl()


def _find_bytes(
    connection: duckdb.DuckDBPyConnection, chosen: pl.DataFrame, result: Replay
) -> tuple[pl.DataFrame, Stock]:
    """A file for each dump whose content still is that dump, with all names the dump came under.

    They come file by file, members of an archive in their order, so that each archive is read in one pass.
    """
    connection.register("chosen", chosen.select("dump_id").to_arrow())
    known = connection.execute(
        "select files.path, files.dump_id, files.folder_name from raw.files "
        "inner join chosen on files.dump_id = chosen.dump_id order by all"
    ).pl()
    connection.unregister("chosen")
    there = [Path(path) for path in known["path"].unique().sort() if Path(path).is_file()]
    with progress.stage("hash", total=len(there)) as advance:
        # A link that was read before may be read again: its content has to be the same dump.
        links = {path for path in there if path.is_symlink()}
        stock = take_stock(there, pl.DataFrame(schema=TABLES["raw.files"]), advance, links)
    folders = known.group_by("dump_id").agg(folders=pl.col("folder_name").drop_nulls().unique().sort())
    found = (
        stock.files.sort("path", maintain_order=True)
        .unique("dump_id", keep="first", maintain_order=True)
        .drop("file_name", "folder_name")
        .join(chosen, on="dump_id", how="inner", maintain_order="left")
        .join(folders, on="dump_id", how="left", maintain_order="left")
    )
    missing = chosen.join(found, on="dump_id", how="anti", maintain_order="left").join(
        known.group_by("dump_id").agg(paths=pl.col("path").unique().sort()), on="dump_id", how="left"
    )
    standing = {str(path) for path in there}
    for dump_id, names, paths in missing.sort("dump_id").rows():
        result.problems.append(f"{dump_id[:12]} ({names[0]}): {_say_why(paths, standing)}")
    folder = [choose_folder(names) for names in found["folders"]]
    return found.with_columns(folder_name=pl.Series(folder, dtype=pl.String)).drop("folders", "stamp"), stock


def _say_why(paths: list[str] | None, standing: set[str]) -> str:
    if not paths:
        return "it is not known where it was read from; build once from the folder it lies in"
    fates = ", ".join(f"{path} {'has changed' if path in standing else 'is gone'}" for path in paths)
    return f"{fates}. Put the file back and build from its folder, then replay"


def _compare(connection: duckdb.DuckDBPyConnection) -> list[DumpChange]:
    """Both readings side by side, dump by dump; how entries are paired is said in the SQL."""
    result = connection.execute(_CHANGES.read_text(encoding="utf-8"))
    return [
        DumpChange(dump_id, name, before, after, (added, removed, changed, gone, new), other)
        for dump_id, name, before, after, added, removed, changed, gone, new, other in result.fetchall()
    ]


def _accept(connection: duckdb.DuckDBPyConnection) -> None:
    """Put the new reading in place of the old one, and bring in line what rests on it."""
    for table in (*PARSED_TABLES, "raw.dump_dates"):
        connection.execute(f"delete from {table} where dump_id in (select dump_id from again_dumps)")
    for table in PARSED_TABLES:
        connection.execute(f"insert into {table} by name select * from {_again(table)}")
    describe_dumps(connection)
    hold_dumps(connection, choose_budget())
    forget_stale_texts(connection)
