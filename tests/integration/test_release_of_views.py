"""A release where an engine has made the marts: its database has views of its Parquet, and answers as one with tables.

The lake is Parquet that is written here; that a real engine leaves the same is for test_engines.py.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import duckdb
import pytest

from paperhouse import open as open_published
from paperhouse.release.history import is_in_use
from paperhouse.release.publication import MART_KEYS, NotJudgedError, prepare_release
from paperhouse.release.verification import find_release
from paperhouse.warehouse.folder import DATABASE_NAME, LATEST, Warehouse

QUESTIONS = (
    "from marts.papers",
    "select count(*) from marts.keyword_mentions",
    "from search_papers('diffusion models of video')",
    "from latest_trends() order by all",
    "from raw.line_spans order by all",
    "select comment from duckdb_columns() where schema_name = 'marts' order by table_name, column_index",
)


@pytest.fixture(scope="module")
def house(built, tmp_path_factory):
    """A warehouse whose marts are views of a lake, and its release."""
    folder = tmp_path_factory.mktemp("views")
    shutil.copytree(built.warehouse.folder, folder / "w", symlinks=True)
    house = Warehouse(folder / "w")
    (folder / "lake").mkdir()
    with house.connect() as connection:
        for mart in MART_KEYS:
            rows = connection.execute(f"from marts.{mart}").to_arrow_table()
            file = f"'{folder / 'lake' / mart}.parquet'"
            connection.from_arrow(rows).write_parquet(file.strip("'"))
            kind = "view" if mart == "keyword_mentions" else "table"
            connection.execute(f"drop {kind} marts.{mart}; create view marts.{mart} as from read_parquet({file})")
    with prepare_release(house, "by hand"):
        pass
    return house


def ask(connection):
    return [connection.execute(question).fetchall() for question in QUESTIONS]


@pytest.fixture(scope="module")
def expected(built):
    with built.warehouse.read() as connection:
        return ask(connection)


def test_the_parquet_is_the_same_and_the_database_has_views_of_it(built, house):
    digests = [
        {file["path"]: file["sha256"] for file in find_release(one, LATEST).manifest["files"]}
        for one in (built.warehouse, house)
    ]
    assert digests[0] == digests[1]
    with house.read() as connection:
        query = "select distinct table_type from information_schema.tables where table_schema in ('marts', 'search')"
        assert connection.execute(query).fetchall() == [("VIEW",)]
    assert find_release(house, LATEST).manifest["tables"] == find_release(built.warehouse, LATEST).manifest["tables"]


def test_it_answers_as_tables_do_also_where_it_was_moved(house, expected, tmp_path):
    shutil.copytree(house.folder, tmp_path / "moved", symlinks=True)
    for one in (house, Warehouse(tmp_path / "moved")):
        with one.read() as connection, one.read() as second:
            assert ask(connection) == expected
            assert ask(second) == expected  # of one process, to whom all settings are locked by now
            assert is_in_use(one.latest_release)


def test_nothing_but_the_release_can_be_read(house):
    with house.read() as connection:
        for outside in (house.database, house.folder / "last_build.json", "/etc/hostname"):
            with pytest.raises(duckdb.PermissionException):
                connection.execute(f"from read_blob('{outside}')")


def test_two_releases_are_asked_beside_each_other(house, built):
    beside = {"before": built.warehouse.latest_release.resolve() / DATABASE_NAME}
    own = {"before": house.latest_release.resolve() / DATABASE_NAME}
    query = "select count(*) from marts.papers semi join before.marts.papers as earlier using (paper_id)"
    with house.read(beside=beside) as connection:
        found = connection.execute(query).fetchall()
    with built.warehouse.read(beside=own) as connection:
        assert connection.execute(query).fetchall() == found
    assert found > [(0,)]


def test_python_lists_views_as_tables(house, built):
    with open_published(house.folder) as published, open_published(built.warehouse.folder) as other:
        assert published.tables() == other.tables()
        assert published.table("papers").equals(other.table("papers"))


def test_a_copy_is_read_by_what_its_own_page_says(house, tmp_path):
    """In a folder elsewhere, the house gone: without the variable it names, DuckDB says which file it misses."""
    shutil.copytree(house.latest_release, tmp_path / "copy")
    name = house.latest_release.resolve().name
    snippet = re.search(r"^duckdb\.connect.*$", (tmp_path / "copy" / "README.md").read_text(), re.MULTILINE)[0]
    assert f"set variable paperhouse_{name.replace('-', '_')} = '.'" in snippet
    with house.read() as connection:
        count = len(connection.execute("from search_papers('diffusion video')").fetchall())
    away = house.folder.rename(tmp_path / "away")
    try:
        done = subprocess.run(
            [sys.executable, "-c", f"import duckdb; print(len({snippet}.fetchall()))"],
            cwd=tmp_path / "copy", capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, f"{count}\n"), done.stderr
        with (
            duckdb.connect(str(tmp_path / "copy" / DATABASE_NAME), read_only=True) as connection,
            pytest.raises(duckdb.IOException, match=rf"No files found.*{name}/papers.parquet"),
        ):
            connection.execute("from marts.papers")
    finally:
        away.rename(house.folder)


def test_of_a_lake_that_is_gone_nothing_is_published(house, tmp_path):
    shutil.copytree(house.folder, tmp_path / "w", symlinks=True)
    one, lake = Warehouse(tmp_path / "w"), house.folder.parent / "lake"
    before = one.latest_release.readlink()
    away = lake.rename(tmp_path / "away")
    try:
        with pytest.raises(NotJudgedError, match=r"a lake that is gone .*papers.parquet.* Build again"):
            with prepare_release(one, "by hand"):
                pass
    finally:
        away.rename(lake)
    assert one.latest_release.readlink() == before
