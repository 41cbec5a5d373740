"""Warehouses that earlier versions made: opened, upgraded and built, with nothing lost and no dump needed.

Each is packed in `tests/warehouses/` under its format (the first one under the commit that made it): a hundred invented
papers, two releases, overrides of both kinds, a subscriber. `packed_warehouses.py` says how the next one is made.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from packed_warehouses import FOLDER, STOPPED, Packed, unpack

from paperhouse.digest.subscriptions import open_subscriptions
from paperhouse.release.history import find_damage, list_releases
from paperhouse.warehouse.migrations import FORMAT, MIGRATIONS, find_format, list_copies

PACKED = sorted(FOLDER.glob("*.tar.zst"))
pytestmark = pytest.mark.xdist_group("upgrade")
#: Marts that tell a warehouse's own story: when it learned what, and what it called a paper before.
HISTORY = {"paper_redirects"}


@pytest.fixture(scope="module", params=PACKED, ids=lambda path: path.name.split(".")[0])
def old(request, tmp_path_factory):
    """One of the warehouses, unpacked."""
    return unpack(request.param, tmp_path_factory.mktemp("old"))


def test_there_is_one_of_each_format_that_was_ever_built():
    # 2 was the format of some hours between two commits.
    assert [path.name for path in PACKED] == [
        *("64265cc.tar.zst", "format-3.tar.zst", "format-4.tar.zst", "format-5.tar.zst"),
        f"format-{FORMAT}.tar.zst",
    ]
    assert FORMAT == MIGRATIONS[-1].format == 6
    assert sum(path.stat().st_size for path in PACKED) < 3_000_000 * len(PACKED)


def ask(database: Path, query: str) -> set[tuple]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return set(connection.execute(query).fetchall())


PAPERS = "select paper_id, title, arxiv_id, published_on from marts.papers"
REDIRECTS = "select old_paper_id, paper_id from marts.paper_redirects"
STOP = f"select keyword from marts.keywords where keyword = '{STOPPED}'"
LEDGER = "select run_id, rule, status, checked_at from quality.check_results"


def compare_with_fresh_build(old: Packed, dumps: Path, build, tmp_path: Path) -> None:
    """What was upgraded is what a fresh build of the same dumps makes."""
    shutil.copytree(old.warehouse.overrides, tmp_path / "fresh" / "overrides")

    report = build(tmp_path / "fresh", [dumps])

    assert report.outcome == "published", report
    with duckdb.connect() as connection:
        connection.execute(f"attach '{old.warehouse.published_database}' as upgraded (read_only)")
        connection.execute(f"attach '{tmp_path / 'fresh' / 'paperhouse.duckdb'}' as fresh (read_only)")
        tables = connection.execute(
            "select table_name from duckdb_tables() where database_name = 'fresh' and schema_name = 'marts'"
        ).fetchall()
        assert len(tables) > 30
        for table in sorted({name for (name,) in tables} - HISTORY):
            for one, other in (("upgraded", "fresh"), ("fresh", "upgraded")):
                # By which version a dump was read, and its words for the layout, are kept; a replay reads by this one.
                asked = "select columns(name -> name not in ('parser_version', 'layout_reason')) from"
                more = f"{asked} {one}.marts.{table} except all {asked} {other}.marts.{table}"
                assert connection.execute(more).fetchall() == [], (table, one)


def test_an_old_warehouse_is_upgraded_and_nothing_is_lost(old, build, tmp_path):
    house = old.warehouse
    before = list_releases(house)
    papers, redirects = (ask(house.published_database, query) for query in (PAPERS, REDIRECTS))
    ledger = ask(house.database, LEDGER)
    with duckdb.connect(str(house.database), read_only=True) as connection:
        found = find_format(connection)
    assert (len(before), ask(house.published_database, STOP)) == (2, set())
    old.dumps.rename(old.dumps.with_name("elsewhere"))

    report = build(house.folder)

    # `unchanged` where the code is still what packed it.
    assert report.outcome in ("published", "unchanged"), report
    after = list_releases(house)
    assert [kept.release_id for kept in after[-2:]] == [kept.release_id for kept in before]
    assert all(find_damage(kept) == [] for kept in after)
    assert ask(house.published_database, PAPERS) == papers
    assert redirects <= ask(house.published_database, REDIRECTS)
    assert ask(house.published_database, STOP) == set()
    assert ledger <= ask(house.database, LEDGER)
    with open_subscriptions(house) as subscriptions:
        assert [reader.address for reader in subscriptions.list_subscribers()] == ["reader@example.org"]
    assert ask(house.database, "select max(format) from quality.formats") == {(FORMAT,)}
    # The copy is as old as the upgrade; the next build lets go of it, since this one has published.
    assert [copy.name for copy in list_copies(house.database)] == (
        [f"warehouse.format-{found}.duckdb"] if found < FORMAT else []
    )
    if old.name == PACKED[0].name:  # made by the rules that have changed most since
        compare_with_fresh_build(old, old.dumps.with_name("elsewhere"), build, tmp_path)
