"""Warehouses that earlier versions made: opened, upgraded and built, with nothing lost and no dump needed.

Each is packed in `tests/warehouses/` under the commit that made it: a hundred invented papers, two releases, overrides
of both kinds, a subscriber. What can be made again (dbt's artifacts, run logs) was left out.
"""

import io
import tarfile
from pathlib import Path

import duckdb
import pytest
import zstandard

from paperhouse.digest.subscriptions import open_subscriptions
from paperhouse.release.history import find_damage, list_releases
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.tables import FORMAT

PACKED = sorted((Path(__file__).parents[1] / "warehouses").glob("*.tar.zst"))


@pytest.fixture(scope="module", params=PACKED, ids=lambda path: path.name.split(".")[0])
def old(request, tmp_path_factory):
    """One of the warehouses, unpacked."""
    folder = tmp_path_factory.mktemp("old")
    with (
        request.param.open("rb") as file,
        zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(file) as stream,
    ):
        with tarfile.open(fileobj=io.BytesIO(stream.read())) as archive:
            archive.extractall(folder, filter="data")
    return Warehouse(folder / "warehouse")


def test_there_is_one():
    assert PACKED


@pytest.mark.xdist_group("upgrade")
def test_an_old_warehouse_is_upgraded_and_nothing_is_lost(old, build):
    before = list_releases(old)
    with old.read() as connection:
        papers = set(connection.execute("select paper_id, title, arxiv_id, published_on from marts.papers").fetchall())
        redirects = set(connection.execute("select old_paper_id, paper_id from marts.paper_redirects").fetchall())
        stopped = connection.execute(
            "select count(*) from marts.keywords where keyword = 'image tokenizers'"
        ).fetchall()
    assert (len(before), stopped) == (2, [(0,)])

    report = build(old.folder)

    assert report.outcome == "published", report
    after = list_releases(old)
    assert [kept.release_id for kept in after[1:]] == [kept.release_id for kept in before]
    assert all(find_damage(kept) == [] for kept in after)
    with old.read() as connection:
        connection.execute("select paper_id, title, arxiv_id, published_on from marts.papers")
        assert set(connection.fetchall()) == papers
        assert redirects <= set(
            connection.execute("select old_paper_id, paper_id from marts.paper_redirects").fetchall()
        )
        connection.execute("select count(*) from marts.keywords where keyword = 'image tokenizers'")
        assert connection.fetchall() == stopped
    with open_subscriptions(old) as subscriptions:
        assert [reader.address for reader in subscriptions.list_subscribers()] == ["reader@example.org"]
    with duckdb.connect(str(old.database), read_only=True) as connection:
        assert connection.execute("select max(format) from quality.formats").fetchall() == [(FORMAT,)]
        assert connection.execute("select count(*) from raw.files").fetchall() > [(0,)]
