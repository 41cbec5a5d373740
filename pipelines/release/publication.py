"""One atomic step from a judged build to what readers see.

What belongs here: filling a release's folder (readers' database, Parquet, documents, the manifest last) and swapping it
in. Everything is complete under a temporary name before anything visible changes, and one link, `latest`, moves the
database and the Parquet together. A crash at any moment leaves whole files only, and the next build publishes again
because `latest` still names the old fingerprint.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from ..parsing import name_version
from ..showing import progress
from ..text import TEXT_VERSION
from ..warehouse.connections import literal
from ..warehouse.errors import DamagedReleaseError
from ..warehouse.folder import DATABASE_NAME, LATEST, RELEASE_FORMAT, Warehouse, read_manifest
from ..warehouse.interrupts import undivided
from ..warehouse.quality import CHECK_HISTORY, find_unpassed, ledger_time, list_taken_down
from ..warehouse.settings_file import read_columns
from . import changes
from .card import write_card
from .consumer_sql import write_load_sql, write_verify_sql
from .contract import SCHEMA_VERSION
from .database import (
    attach,
    copy_marts,
    copy_operational,
    sort_marts,
    write_comments,
    write_releases,
    write_search,
)
from .descriptions import Contents, describe_croissant, describe_package
from .dictionary import list_marts, load_dictionary, to_markdown, to_rows
from .fingerprint import code_digest, fingerprint, input_digest, settings_digest
from .history import drop_holding, find_holding, list_staying, next_number, protect, prune
from .imprint import read_imprint
from .macros import write_macros
from .notes import write_notes
from .parquet import TableFile, columns_of, hash_file, write_tables
from .views import PartViews, are_in_lake, write_search_files

#: Published beside the marts, in the database only: they name runs and load times, so their bytes are not repeatable.
OPERATIONAL_TABLES = ("raw.dumps", "raw.rejects", "raw.line_spans", "quality.check_results")

#: What has to have passed, in this order, for exactly what is loaded before it is published, as people call it.
JUDGEMENTS: Mapping[str, str] = {
    "gate_1_raw": "gate 1 on what was read",
    "gate_1_extracted": "gate 1 on what was found in the texts",
    "dbt": "the making of the marts, all of them, with their tests",
    "gate_2_marts": "gate 2 on the marts",
}

#: Sort key of each mart: rows in this order, so equal content is equal bytes.
MART_KEYS: Mapping[str, tuple[str, ...]] = {
    "abbreviations": ("paper_id", "short_form", "long_form"),
    "appearances": ("paper_id", "dump_id"),
    "digest_items": ("period_kind", "period_start_on", "kind", "item_rank"),
    "dumps": ("dump_id",),
    "given_keywords": ("paper_id", "source", "keyword"),
    "entries": ("dump_id", "position"),
    "keyword_bursts": ("date_basis", "onset_on", "keyword_id"),
    "keyword_forms": ("keyword_id", "form"),
    "keyword_lifecycles": ("date_basis", "keyword_id"),
    "keyword_mentions": ("paper_id", "field", "start_offset", "end_offset", "keyword_id"),
    "keyword_pairs": ("first_keyword_id", "second_keyword_id"),
    "keyword_redirects": ("old_keyword_id",),
    "keyword_spread_by_month": ("date_basis", "period_start_on", "keyword_id"),
    "keyword_standardised_shares": ("date_basis", "period_start_on", "keyword_id"),
    "keyword_stories": ("grain", "date_basis", "period_start_on", "keyword_id"),
    "keyword_trends_by_day": ("date_basis", "period_start_on", "keyword_id"),
    "keyword_trends_by_month": ("date_basis", "period_start_on", "keyword_id"),
    "keyword_trends_by_week": ("date_basis", "period_start_on", "keyword_id"),
    "keyword_trends_by_year": ("date_basis", "period_start_on", "keyword_id"),
    "keywords": ("keyword_id",),
    "links": ("paper_id", "url"),
    "match_decisions": ("first_record_id", "second_record_id"),
    "method_names": ("paper_id",),
    "paper_abbreviations": ("paper_id", "short_key"),
    "paper_authors": ("paper_id", "position"),
    "paper_keywords": ("paper_id", "keyword_rank"),
    "paper_provenance": ("paper_id",),
    "paper_redirects": ("old_paper_id",),
    "paper_relations": ("paper_id", "relation", "related_paper_id"),
    "paper_trends": ("grain", "date_basis", "period_start_on", "trend_rank"),
    "paper_venues": ("paper_id", "folded_venue"),
    "papers": ("paper_id",),
    "reported_results": ("paper_id", "start_offset"),
    "topic_keywords": ("topic_id", "keyword_rank"),
    "topic_trends_by_month": ("date_basis", "period_start_on", "topic_id"),
    "topics": ("topic_id",),
    "vote_observations": ("paper_id", "dump_id"),
}


class NotJudgedError(RuntimeError):
    """What is loaded has not passed everything that comes before a release; the message says what and what to do."""


@dataclass(frozen=True)
class Release:
    """A release that is being made: the folder that is filled, and its manifest so far."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def release_id(self) -> str:
        """Its id, which is the name of its folder once it is published."""
        return str(self.manifest["release_id"])

    @property
    def row_counts(self) -> dict[str, int]:
        """The rows of each mart."""
        return {table: facts["rows"] for table, facts in self.manifest["tables"].items()}


@contextmanager
def prepare_release(warehouse: Warehouse, run_id: str) -> Iterator[Release]:
    """A release made of the marts in the warehouse's own file, which are built and judged good; published at the end.

    In the block it is whole but for what else goes into its folder. When the block ends, the manifest names all that
    lies there, and readers see it. Raises NotJudgedError where a judgement has not passed for exactly what is loaded
    now, KeyError for a mart that has no sort key. Whatever is raised, here or in the block, what was published stays as
    it was.
    """
    _prove_judged(warehouse)
    made_at = datetime.now(UTC)
    staging = warehouse.releases / ".new"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        _record_papers(warehouse, made_at)
        release = _fill(warehouse, staging, run_id, made_at)
        yield release
        _write_manifest(staging, release.manifest)
        os.replace(staging, warehouse.releases / release.release_id)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    point_latest(warehouse, release.release_id)
    _record_run(warehouse, run_id, release.release_id)
    prune(warehouse)
    with warehouse.connect() as connection:
        taken_down = list_taken_down(connection)
    for release_id in drop_holding(warehouse, taken_down):
        progress.notes.append(f"Deleted the release {release_id}: it had a paper that was taken down.")


def _prove_judged(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection:
        missing = find_unpassed(connection, list(JUDGEMENTS), fingerprint(connection))
        if not missing:
            _prove_readable(connection)
    if missing:
        raise NotJudgedError(
            f"Nothing was published: for what is loaded now, {' and '.join(JUDGEMENTS[stage] for stage in missing)} "
            f"{'has' if len(missing) == 1 else 'have'} not passed. What is published is as it was. Run the whole job "
            f"`build`, or: paperhouse build --warehouse {warehouse.folder}"
        )


def _prove_readable(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise NotJudgedError where the marts are those of a lake that is gone."""
    try:
        connection.execute("select 1 from marts.papers limit 1")
    except duckdb.IOException as error:
        gone = str(error).partition("\n")[0]
        raise NotJudgedError(
            f"Nothing was published: the marts lie in a lake that is gone ({gone}). What is published is as it was. "
            "Build again: paperhouse build, with --engine and --lake or without."
        ) from None


def _record_run(warehouse: Warehouse, run_id: str, release_id: str) -> None:
    """Remember that a run's figures are a release's, for those that come after it."""
    with warehouse.connect() as connection:
        connection.execute(
            "insert into quality.published_runs values (?, ?, ?, ?)",
            [run_id, release_id, warehouse.sample.exists(), ledger_time(connection)],
        )


def _fill(warehouse: Warehouse, staging: Path, run_id: str, made_at: datetime) -> Release:
    """Write database, Parquet and documents into a folder."""
    with attach(warehouse, staging / DATABASE_NAME) as connection:
        connection.execute("use warehouse")
        manifest = _begin_manifest(connection, warehouse, run_id, made_at)
        published = warehouse.releases / manifest["release_id"]
        # What an engine has made is not copied twice: there, marts are views of the Parquet.
        views = PartViews(connection, staging, published) if are_in_lake(connection) else None
        files, rows = _write_marts(connection, staging, manifest, views)
        with progress.stage("publish database"):
            copy_operational(connection, OPERATIONAL_TABLES)
            connection.execute(f"create table target.quality.check_history as {CHECK_HISTORY}")
            going = {kept.release_id for kept in find_holding(warehouse, list_taken_down(connection))}
            staying = [kept.manifest for kept in list_staying(warehouse) if kept.release_id not in going]
            write_releases(connection, [manifest, *staying])
        with progress.stage("publish search"):
            if views:
                views.write("search", write_search_files(connection, staging))
            else:
                write_search(connection)
            connection.execute("use target")
            write_macros(connection, manifest["release_id"])
            connection.execute("use warehouse")
            write_comments(connection)
        with progress.stage("publish changes"):
            previous, cause = _write_changes(connection, warehouse, staging, manifest, rows)
        counts = {table: facts["rows"] for table, facts in manifest["tables"].items()}
        _write(staging / "RELEASE_NOTES.md", write_notes(connection, manifest, counts, previous, cause))
    manifest["previous_release_id"] = previous["release_id"] if previous else None
    imprint = read_imprint(warehouse.settings_file)
    manifest["imprint"] = imprint.to_facts()
    marts = {table: entry for table, entry in list_marts().items() if table in manifest["tables"]}
    columns = {table: facts["columns"] for table, facts in manifest["tables"].items()}
    contents = Contents(manifest["release_id"], made_at, columns, files, marts, imprint, has_views=views is not None)
    _write_documents(staging, contents, warehouse.sample.exists())
    return Release(staging, manifest)


def _write_marts(
    connection: duckdb.DuckDBPyConnection, staging: Path, manifest: dict[str, Any], views: PartViews | None
) -> tuple[list[TableFile], Mapping[str, str]]:
    """Write the marts as Parquet and into the database, and tell the manifest.

    Returns the files, and what `changes.compare` reads of each mart.
    """
    rows = sort_marts(connection, MART_KEYS)
    if not views:
        with progress.stage("publish database"):
            rows = copy_marts(connection, rows)
    columns = {mart: columns_of(connection, read) for mart, read in rows.items()}
    with progress.stage("publish parquet"):
        metadata = {"paperhouse_release_sha256": manifest["fingerprint"], "paperhouse_dictionary": "DICTIONARY.md"}
        files = write_tables(connection, rows, staging, metadata)
    manifest["files"] = [asdict(file) for file in files]
    manifest["tables"] = {
        mart: {
            "key": list(list_marts()[mart].key),
            "rows": sum(file.rows for file in files if file.table == mart),
            "columns": columns[mart],
        }
        for mart in rows
    }
    if views:
        views.write("marts", {mart: [file.path for file in files if file.table == mart] for mart in rows})
        rows = changes.read_release(staging, manifest)
    return files, rows


def _begin_manifest(
    connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, run_id: str, made_at: datetime
) -> dict[str, Any]:
    """What is known of a release before anything of it is written."""
    own = read_columns(warehouse.settings_file)
    digest = fingerprint(connection)
    return {
        "format": RELEASE_FORMAT,
        "schema_version": SCHEMA_VERSION,
        "release_id": f"{made_at:%Y%m%dT%H%M%SZ}-{digest[:8]}",
        "number": next_number(warehouse),
        "made_at": made_at.isoformat(timespec="seconds"),
        "run_id": run_id,
        "fingerprint": digest,
        "inputs_sha256": input_digest(connection),
        "versions": {
            "project": _project_version(),
            "parser": name_version(own),
            "text": TEXT_VERSION,
            "code_sha256": code_digest(),
            "settings_sha256": settings_digest(),
        },
        "columns": {field: list(names) for field, names in own.names},
        "inputs": [
            {"sha256": dump, "file_names": names, "bytes": size}
            for dump, names, size in connection.execute(
                "select dump_id, file_names, byte_count from raw.dumps order by 1"
            ).fetchall()
        ],
    }


def _write_changes(
    connection: duckdb.DuckDBPyConnection,
    warehouse: Warehouse,
    staging: Path,
    manifest: Mapping[str, Any],
    new: Mapping[str, str],
) -> tuple[dict[str, Any] | None, str]:
    """Write changes.parquet; returns the manifest of the release before, if any, and what changed since."""
    try:
        previous = read_manifest(warehouse.latest_release)
    except DamagedReleaseError as error:
        progress.notes.append(f"{error} What is new since then cannot be said: changes.parquet is empty.")
        previous = None
    old = _read_before(connection, warehouse.latest_release.resolve(), previous) if previous else new
    cause = changes.find_cause(previous or manifest, manifest)
    old_dumps = [dump["sha256"] for dump in previous["inputs"]] if previous else []
    # Without a release before, nothing is compared: everything would be new.
    keys = {table: facts["key"] for table, facts in manifest["tables"].items()} if previous else {}
    changes.compare(connection, old, new, keys, cause, old_dumps)
    changes.mark_taken_down(connection, list_taken_down(connection), keys)
    form = "format parquet, compression zstd"
    path = literal(staging / "changes.parquet")
    connection.execute(f"copy changes to {path} ({form})")
    return previous, cause


def _read_before(connection: duckdb.DuckDBPyConnection, folder: Path, manifest: Mapping[str, Any]) -> Mapping[str, str]:
    """What reads each table of the release before: its database, which is read in a third of the time, else Parquet."""
    files = changes.read_release(folder, manifest)
    try:
        connection.execute(f"attach {literal(folder / DATABASE_NAME)} as before (read_only)")
    except duckdb.Error:  # of a version that kept it beside the releases, or damaged
        return files
    there = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'before' and schema_name = 'marts'"
    ).fetchall()
    tables = {name: f"before.marts.{name}" for (name,) in there}
    return tables if tables.keys() == files.keys() else files


def _write_documents(staging: Path, contents: Contents, is_sample: bool) -> None:
    marts, tables, files = dict(contents.marts), contents.tables, contents.files
    dictionary = {name: entry for name, entry in load_dictionary().items() if name.removeprefix("marts.") in marts}
    _write(staging / "DICTIONARY.md", to_markdown(dictionary))
    to_rows(marts).write_parquet(staging / "dictionary.parquet", compression="zstd")
    _write(staging / "README.md", write_card(contents, is_sample))
    for name, describe in (("datapackage.json", describe_package), ("croissant.json", describe_croissant)):
        _write(staging / name, _json(describe(contents)))
    _write(staging / "load.sql", write_load_sql(contents.release_id, tables, files, marts))
    _write(staging / "verify.sql", write_verify_sql(contents.release_id, list(tables), files, marts))


def _write_manifest(staging: Path, manifest: dict[str, Any]) -> None:
    """Name everything else in the folder, then write the manifest: with it, the release is complete."""
    listed = {file["path"] for file in manifest["files"]}
    paths = sorted(path for path in staging.rglob("*") if path.is_file())
    manifest["documents"] = [
        {"path": name, "bytes": path.stat().st_size, "sha256": hash_file(path)}
        for path in paths
        if (name := path.relative_to(staging).as_posix()) not in listed
    ]
    _write(staging / "manifest.json", _json(manifest))
    # On disk before it is shown: a name that survives a power cut must not point at an empty file.
    for path in [*paths, staging / "manifest.json"]:
        with path.open("rb") as handle:
            os.fsync(handle.fileno())


def _write(path: Path, text: str) -> None:
    """The same bytes whatever the locale says."""
    path.write_bytes(text.encode("utf-8", errors="replace"))


def _json(document: object) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _project_version() -> str:
    from importlib.metadata import version

    return version("paperhouse")


def _record_papers(warehouse: Warehouse, made_at: datetime) -> None:
    """Remember every paper id that is about to be published: one that is gone later gets a tombstone.

    Recorded before anything is published: an id too many does no harm, one too few would be dropped.
    """
    with warehouse.connect() as connection:
        connection.execute(
            "update quality.published_papers set last_published_at = ? "
            "where paper_id in (select paper_id from marts.papers)",
            [made_at.replace(tzinfo=None)],
        )
        connection.execute(
            "insert into quality.published_papers select paper_id, ? from marts.papers "
            "where paper_id not in (select paper_id from quality.published_papers)",
            [made_at.replace(tzinfo=None)],
        )


def point_latest(warehouse: Warehouse, release_id: str) -> None:
    """Show readers a release: move the link `latest` in one step, and with it the database.

    From then on nobody can write its files: a reader that forgets to open the database read-only is refused.
    """
    protect(warehouse.releases / release_id)
    database = Path(warehouse.releases.name, LATEST, DATABASE_NAME)
    link = warehouse.published_database
    with undivided():
        _move_link(warehouse.latest_release, Path(release_id))
        if not link.is_symlink() or link.readlink() != database:
            _move_link(link, database)


def _move_link(link: Path, target: Path) -> None:
    new = link.with_name(f".{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    os.replace(new, link)
