"""What grows in a warehouse's folder: each part with its size, the rule that bounds it, and what the rule lets go of.

What belongs here: measuring, and applying the rules on files. Runs are let go of by Dagster itself
(`orchestration.old_runs`), releases by `release.history`, check pages by `expectations.data_docs`.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import stat
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ..expectations.data_docs import KEPT_RUNS as KEPT_PAGES
from ..release.history import DEFAULT_KEEP, find_surplus
from ..warehouse.connections import literal
from ..warehouse.folder import Warehouse
from ..warehouse.migrations import list_copies
from ..warehouse.settings import read_keep_releases

#: Runs of builds that Dagster's history keeps, the latest ones; as many as the ledger of checks.
KEPT_RUNS = 100
#: The pipeline's own file is written anew where so much of it is free: a build frees and fills about a quarter, and a
#: small file is not worth the time.
FREE_SHARE, FREE_BYTES = 0.5, 100_000_000
#: What a killed process leaves: overflow of DuckDB's, half of a release, a release half deleted, a proof's own folder.
_LEFTOVERS = (".spill/*", "tmp/*", "releases/.new", "releases/.old-*", ".verify", ".*.new")
#: What a page of a keyword or paper is called: its id.
_PAGE = re.compile(r"[kp][0-9a-f]{16}\.html")


@dataclass(frozen=True)
class Part:
    """A part of the folder: bytes it takes, the rule that bounds it, bytes that the rule lets go of and what they are.

    surplus_bytes is None where it cannot be known now, because another process has the file open.
    """

    name: str
    bytes: int
    rule: str
    surplus_bytes: int | None = 0
    surplus: tuple[str, ...] = ()


def measure(warehouse: Warehouse) -> list[Part]:
    """Every part of a warehouse's folder; together they are all of it. Nothing is changed. Raises BadSettingError."""
    leftovers = _find_leftovers(warehouse)
    half_releases = sum(size(path) for path in leftovers if path.parent == warehouse.releases)
    copies, old_copies = list(list_copies(warehouse.database)), _find_old_copies(warehouse)
    logs, pages = _old_logs(warehouse), _find_pages(warehouse)
    parts = [
        Part("inbox", size(warehouse.inbox), "yours; nothing in it is ever moved, changed or deleted"),
        _measure_releases(warehouse, size(warehouse.releases) - half_releases),
        Part(
            "warehouse.duckdb",
            size(warehouse.database),
            f"written anew where {FREE_SHARE:.0%} of it is free, and {FREE_BYTES // 10**6} MB or more",
            find_free(warehouse),
        ),
        Part(
            "run history",
            size(warehouse.dagster_home),
            f"the last {KEPT_RUNS} runs, the one that published, and those of captured days; looks of sensors a week, "
            "of schedules a month",
            sum(map(size, logs)),
            tuple(log.stem for log in logs),
        ),
        Part("check pages", size(warehouse.check_documents), f"those of the last {KEPT_PAGES} runs"),
        Part("dbt", size(warehouse.dbt_target), "compiled SQL of the last build; six logs of up to 10 MB"),
        Part("lake", size(warehouse.fetched), "marts of a lake in an object store, as its last build has made them"),
        Part("digests", size(warehouse.digests), "yours; a folder per digest that was made"),
        Part(
            "pages",
            size(warehouse.pages),
            "none: a page of a keyword or paper is of its release, and goes when the next build begins",
            sum(map(size, pages)),
            tuple(path.name for path in pages),
        ),
        Part(
            "leftovers",
            sum(map(size, leftovers)),
            "none: what a killed process leaves goes when the next build begins",
            sum(map(size, leftovers)),
            tuple(str(path.relative_to(warehouse.folder)) for path in leftovers),
        ),
        Part(
            "copies before upgrades",
            sum(map(size, copies)),
            "until a release has been published after the upgrade",
            sum(map(size, old_copies)),
            tuple(copy.name for copy in old_copies),
        ),
    ]
    rest = size(warehouse.folder) - sum(part.bytes for part in parts)
    return [*parts, Part("the rest", rest, "settings, overrides, subscribers, the sample, the lock: small, or yours")]


def _measure_releases(warehouse: Warehouse, whole: int) -> Part:
    keep = read_keep_releases(DEFAULT_KEEP)
    surplus = find_surplus(warehouse, keep) if keep else []
    rule = f"the newest {keep} (PAPERHOUSE_KEEP_RELEASES), the one readers see, and any that is open"
    rule = rule if keep else "all of them (PAPERHOUSE_KEEP_RELEASES is 0)"
    return Part(
        "releases", whole, rule, sum(kept.bytes for kept in surplus), tuple(kept.release_id for kept in surplus)
    )


def tidy(warehouse: Warehouse) -> list[str]:
    """Apply the rules on files to a warehouse that is held and in which nothing runs; returns what was let go of."""
    gone = []
    for path in [*_find_leftovers(warehouse), *_find_old_copies(warehouse), *_find_pages(warehouse)]:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() and not path.is_symlink() else path.unlink(True)
        gone.append(str(path.relative_to(warehouse.folder)))
    # What was taken down is in no table once a release without it is made, and may be in blocks that are free.
    share, least = (0.0, 1) if _is_taken_down(warehouse) else (FREE_SHARE, FREE_BYTES)
    if saved := shrink(warehouse, share, least):
        gone.append(f"{saved / 1e6:,.0f} MB of {warehouse.database.name} that were free")
    return gone


def shrink(warehouse: Warehouse, share: float = FREE_SHARE, least: int = FREE_BYTES) -> int:
    """Write the pipeline's own file anew where so much of it is free; returns by how many bytes it is smaller.

    The new file takes the old one's place in one step, and only where it can be written whole.
    """
    free, database = find_free(warehouse), warehouse.database
    if not free or free < least or free < share * database.stat().st_size:
        return 0
    before, new = database.stat().st_size, database.with_name(f".{database.name}.new")
    new.unlink(missing_ok=True)
    try:
        with duckdb.connect(":memory:", config=warehouse.database_settings) as connection:
            connection.execute(f"attach {literal(database)} as warehouse (read_only)")
            connection.execute(f"attach {literal(new)} as fresh")
            connection.execute("copy from database warehouse to fresh")
        with new.open("rb") as handle:
            os.fsync(handle.fileno())
        os.replace(new, database)
    except (duckdb.Error, OSError):  # no room, or somebody reads it: the next build tries again
        new.unlink(missing_ok=True)
        return 0
    return before - database.stat().st_size


def _is_taken_down(warehouse: Warehouse) -> bool:
    """Whether the release that followed the last taking down of a paper is the newest one."""
    try:
        with duckdb.connect(str(warehouse.database), read_only=True) as connection:
            rows = connection.execute(
                "select count(*) from quality.published_runs where published_at > "
                "(select max(taken_down_at) from quality.taken_down)"
            ).fetchall()
    except duckdb.Error:
        return False
    return bool(rows == [(1,)])


def find_free(warehouse: Warehouse) -> int | None:
    """Bytes of the pipeline's own file that hold nothing; None where another process has it open, or it is damaged."""
    if not warehouse.database.is_file():
        return 0
    try:
        with duckdb.connect(str(warehouse.database), read_only=True) as connection:
            [(block, free)] = connection.execute(
                "select block_size, free_blocks from pragma_database_size() where database_name = current_database()"
            ).fetchall()
    except duckdb.Error:
        return None
    return int(block * free)


def size(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; what a link leads to is not counted."""
    try:
        if not stat.S_ISDIR(path.lstat().st_mode):
            return path.lstat().st_size
        return sum(size(inner) for inner in path.iterdir())
    except OSError:  # gone meanwhile, or not for us to see
        return 0


def find_old_runs(history: Path, keep: int = KEPT_RUNS) -> list[str]:
    """Ids of runs that have ended, are beyond the newest `keep` and of no captured day; asked without loading Dagster.

    Private parts: columns of Dagster's tables `runs` and `run_tags`, as in `orchestration.last_run`.
    """
    query = """
        select run_id from runs
        where status in ('SUCCESS', 'FAILURE', 'CANCELED')
        and run_id not in (
            select run_id from run_tags where key in ('dagster/partition', 'dagster/asset_partition_range_start')
        )
        order by id desc limit -1 offset ?
    """
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(f"{history.resolve().as_uri()}?mode=ro", uri=True, timeout=5)) as connection,
    ):
        return [run_id for (run_id,) in connection.execute(query, [keep])]
    return []


def _old_logs(warehouse: Warehouse) -> list[Path]:
    history = warehouse.dagster_home / "history"
    if not (history / "runs.db").is_file():
        return []
    logs = (history / "runs" / f"{run_id}.db" for run_id in find_old_runs(history / "runs.db"))
    return [log for log in logs if log.is_file()]


def _find_leftovers(warehouse: Warehouse) -> list[Path]:
    return sorted(path for pattern in _LEFTOVERS for path in warehouse.folder.glob(pattern))


def _find_pages(warehouse: Warehouse) -> list[Path]:
    """Pages of keywords and papers under the names that we give them: anything else there is somebody's own."""
    return sorted(path for path in warehouse.pages.glob("*.html") if _PAGE.fullmatch(path.name))


def _find_old_copies(warehouse: Warehouse) -> list[Path]:
    """Copies made before an upgrade that are older than the release that readers see."""
    try:
        published = (warehouse.latest_release / "manifest.json").stat().st_mtime
    except OSError:
        return []
    return [copy for copy in list_copies(warehouse.database) if copy.stat().st_ctime < published]
