"""A small warehouse folder as a build leaves it, made without one: two releases, rows, a subscriber, a run's traces."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from paperhouse.digest.items import Period
from paperhouse.digest.subscriptions import open_subscriptions
from paperhouse.release.parquet import hash_file
from paperhouse.release.publication import point_latest
from paperhouse.warehouse.folder import Warehouse

RELEASES = ("20310101T000000Z-aaaaaaaa", "20310102T000000Z-bbbbbbbb")


def publish(house: Warehouse, release_id: str) -> None:
    """A whole release with a database of one paper, shown to readers."""
    folder = house.releases / release_id
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "paperhouse.duckdb")) as connection:
        connection.execute("create schema marts; create table marts.papers as select 'p1' as paper_id, 'Moss' as title")
    database = folder / "paperhouse.duckdb"
    document = {"path": database.name, "bytes": database.stat().st_size, "sha256": hash_file(database)}
    facts = {"release_id": release_id, "made_at": "2031-01-02T00:00:00+00:00", "run_id": "r", "versions": {}}
    manifest = {"format": 1, **facts, "inputs": [], "tables": {}, "files": [], "documents": [document]}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    point_latest(house, release_id)


@pytest.fixture
def house(furnished: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """A copy of the warehouse, to be changed at will."""
    for name in ("PAPERHOUSE_KEEP_RELEASES", "PAPERHOUSE_MEMORY_LIMIT", "PAPERHOUSE_WAREHOUSE"):
        monkeypatch.delenv(name, raising=False)
    return Warehouse(Path(shutil.copytree(furnished.folder, tmp_path / "house", symlinks=True)))


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The warehouse, made once."""
    warehouse = Warehouse(tmp_path_factory.mktemp("furnished") / "house")
    warehouse.prepare()
    with warehouse.connect() as connection:
        connection.execute("insert into raw.entries (entry_id, title) values ('e1', 'Moss Grows Back')")
        connection.execute("create schema marts; create table marts.papers as select 'p1' as paper_id")
        connection.execute("create schema staging; create view staging.stg_papers as from warehouse.marts.papers")
    for release_id in RELEASES:
        publish(warehouse, release_id)
    warehouse.overrides.mkdir()
    (warehouse.overrides / "papers.csv").write_text("verdict,first,second,reason\n")
    (warehouse.inbox / "deep").mkdir()
    (warehouse.inbox / "deep" / "page.txt").write_text("Moss Grows Back\n\nWe count fronds.\n")
    with open_subscriptions(warehouse) as subscriptions:
        subscriptions.subscribe("reader@example.org", Period.day, [])
    return warehouse
