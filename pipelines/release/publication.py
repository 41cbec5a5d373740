"""One atomic step from a judged build to what readers see.

What belongs here: writing the readers' database and the Parquet release beside the old ones, then swapping them in.
Everything is complete under a temporary name before anything visible changes; `latest` moves last. A crash at any
moment leaves whole files only, and the next build publishes again because `latest` still names the old fingerprint.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines import progress
from pipelines.parsing import PARSER_VERSION
from pipelines.release.dictionary import load_dictionary, to_markdown
from pipelines.release.fingerprint import code_digest, fingerprint
from pipelines.report.page import Subject, write_report
from pipelines.resources import Warehouse
from pipelines.text import TEXT_VERSION

#: Published beside the marts, in the database only: they name runs and load times, so their bytes are not repeatable.
OPERATIONAL_TABLES = ("raw.dumps", "raw.rejects", "raw.line_spans", "quality.check_results")

#: Rows of a Parquet row group: small enough that writing abstracts stays within bounded memory, and that a reader who
#: filters by key skips most of a file.
ROW_GROUP_SIZE = 20_480

#: Sort key of each mart: rows in this order, so equal content is equal bytes.
MART_KEYS: Mapping[str, tuple[str, ...]] = {
    "abbreviations": ("paper_id", "short_form", "long_form"),
    "appearances": ("paper_id", "dump_id"),
    "digest_items": ("period_kind", "period_start_on", "kind", "item_rank"),
    "dumps": ("dump_id",),
    "keyword_bursts": ("date_basis", "onset_on", "keyword_id"),
    "keyword_forms": ("keyword_id", "form"),
    "keyword_lifecycles": ("date_basis", "keyword_id"),
    "keyword_mentions": ("paper_id", "field", "start_offset", "end_offset", "keyword_id"),
    "keyword_pairs": ("first_keyword_id", "second_keyword_id"),
    "keyword_spread_by_month": ("date_basis", "period_start_on", "keyword_id"),
    "keyword_standardised_shares": ("date_basis", "period_start_on", "keyword_id"),
    "keyword_trends_by_day": ("date_basis", "period_start_on", "keyword_id"),
    "keyword_trends_by_month": ("date_basis", "period_start_on", "keyword_id"),
    "keyword_trends_by_week": ("date_basis", "period_start_on", "keyword_id"),
    "keywords": ("keyword_id",),
    "links": ("paper_id", "url"),
    "match_decisions": ("first_record_id", "second_record_id"),
    "method_names": ("paper_id",),
    "paper_abbreviations": ("paper_id", "short_key"),
    "paper_keywords": ("paper_id", "keyword_rank"),
    "paper_redirects": ("old_paper_id",),
    "paper_trends": ("grain", "date_basis", "period_start_on", "trend_rank"),
    "papers": ("paper_id",),
    "reported_results": ("paper_id", "start_offset"),
    "topic_keywords": ("topic_id", "keyword_rank"),
    "topic_trends_by_month": ("date_basis", "period_start_on", "topic_id"),
    "topics": ("topic_id",),
    "vote_observations": ("paper_id", "dump_id"),
}


@dataclass(frozen=True)
class Release:
    """A published release: its id, its folder, and the rows of each mart."""

    release_id: str
    folder: Path
    row_counts: dict[str, int]


def publish(warehouse: Warehouse, run_id: str) -> Release:
    """Publish the marts of the warehouse's own file. Raises KeyError for a mart that has no sort key."""
    made_at = datetime.now(UTC)
    database = warehouse.published_database.with_suffix(".duckdb.new")
    staging = warehouse.releases / ".new"
    database.unlink(missing_ok=True)
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    _record_papers(warehouse, made_at)
    previous = _read_manifest(warehouse.releases / "latest")
    with _attach(warehouse, database) as connection:
        with progress.stage("publish database"):
            counts = _copy_tables(connection)
            _write_comments(connection)
        with progress.stage("publish parquet"):
            files = _write_parquet(connection, staging)
        connection.execute("use source")
        digest = fingerprint(connection)
        dumps = connection.execute("select dump_id, file_names, byte_count from source.raw.dumps order by 1").fetchall()
    release_id = f"{made_at:%Y%m%dT%H%M%SZ}-{digest[:8]}"
    (staging / "DICTIONARY.md").write_text(
        to_markdown({name: entry for name, entry in load_dictionary().items() if name.startswith("marts.")})
    )
    rows = {name.removeprefix("marts."): count for name, count in counts.items()}
    with progress.stage("report"), _open(warehouse, database) as connection:
        subject = Subject(release_id, made_at, PARSER_VERSION, TEXT_VERSION, rows, previous)
        report = write_report(connection, staging, subject)
    manifest = {
        "release_id": release_id,
        "made_at": made_at.isoformat(timespec="seconds"),
        "run_id": run_id,
        "fingerprint": digest,
        "versions": {"parser": PARSER_VERSION, "text": TEXT_VERSION, "code_sha256": code_digest()},
        "inputs": [{"sha256": dump, "file_names": names, "bytes": size} for dump, names, size in dumps],
        "files": [{**file, "rows": counts[f"marts.{Path(str(file['path'])).stem}"]} for file in files],
        "documents": [_describe(report)],
    }
    (staging / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    folder = warehouse.releases / release_id
    os.replace(staging, folder)
    os.replace(database, warehouse.published_database)
    _point_latest(warehouse.releases, release_id)
    return Release(release_id, folder, rows)


def _open(warehouse: Warehouse, database: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(database), read_only=True, config=warehouse.database_settings)


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    path = folder / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else None


def _describe(path: Path) -> dict[str, str | int]:
    with path.open("rb") as handle:
        sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
    return {"path": path.name, "bytes": path.stat().st_size, "sha256": sha256}


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


@contextmanager
def _attach(warehouse: Warehouse, database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the pipeline's file as `source` (read-only) and the new readers' file as `target`."""
    with duckdb.connect(":memory:", config=warehouse.database_settings) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{_quote(warehouse.database)}' as source (read_only)")
        connection.execute(f"attach '{_quote(database)}' as target")
        yield connection


def _quote(path: Path) -> str:
    return str(path).replace("'", "''")


def _copy_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Copy marts (sorted by key) and operational tables; returns the rows of each mart."""
    marts = [
        name
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where database_name = 'source' and schema_name = 'marts' order by 1"
        ).fetchall()
    ]
    counts = {}
    for schema in ("marts", "raw", "quality"):
        connection.execute(f"create schema target.{schema}")
    for mart in marts:
        order = ", ".join(MART_KEYS[mart])
        connection.execute(f"create table target.marts.{mart} as select * from source.marts.{mart} order by {order}")
        counts[f"marts.{mart}"] = connection.execute(f"select count(*) from target.marts.{mart}").fetchall()[0][0]
    for table in OPERATIONAL_TABLES:
        connection.execute(f"create table target.{table} as select * from source.{table}")
    return counts


def _write_comments(connection: duckdb.DuckDBPyConnection) -> None:
    """Give every published table and column its description as a DuckDB comment."""
    dictionary = load_dictionary()
    published = connection.execute(
        "select schema_name || '.' || table_name, list(column_name) from duckdb_columns() "
        "where database_name = 'target' group by all order by 1"
    ).fetchall()
    for table, columns in published:
        entry = dictionary[table]
        connection.execute(f"comment on table target.{table} is {_literal(entry.description)}")
        for column in columns:
            text = _literal(entry.columns.get(column, ""))
            connection.execute(f'comment on column target.{table}."{column}" is {text}')


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[dict[str, str | int]]:
    """One file per mart; returns path, bytes and sha256 of each."""
    files: list[dict[str, str | int]] = []
    marts = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'target' and schema_name = 'marts' order by 1"
    ).fetchall()
    for (mart,) in marts:
        path = folder / f"{mart}.parquet"
        form = f"format parquet, compression zstd, row_group_size {ROW_GROUP_SIZE}"
        connection.execute(f"copy target.marts.{mart} to '{_quote(path)}' ({form})")
        files.append(_describe(path))
    return files


def _point_latest(releases: Path, release_id: str) -> None:
    """Move the `latest` link in one step."""
    link = releases / ".latest.new"
    link.unlink(missing_ok=True)
    link.symlink_to(release_id, target_is_directory=True)
    os.replace(link, releases / "latest")
