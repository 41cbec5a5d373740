"""What grows: parts add up to the folder, and each rule lets go of what it says and of nothing else."""

from __future__ import annotations

import os

import duckdb
import pytest

from paperhouse.upkeep import room
from paperhouse.upkeep.growth import find_free, measure, shrink, size, tidy
from paperhouse.warehouse.errors import WarehouseNotWritableError


def part(house, name):
    return next(part for part in measure(house) if part.name == name)


def test_parts_are_all_of_the_folder(house):
    (house.folder / ".spill").mkdir()
    (house.folder / ".spill" / "duckdb_temp_storage-0.tmp").write_bytes(b"x" * 1000)
    (house.releases / ".new").mkdir()
    (house.releases / ".new" / "half.parquet").write_bytes(b"x" * 500)
    assert sum(part.bytes for part in measure(house)) == size(house.folder)
    assert (part(house, "leftovers").bytes, part(house, "leftovers").surplus_bytes) == (1500, 1500)


def test_leftovers_go_and_all_else_stays(house):
    before = size(house.folder)
    for name in (".spill/a.tmp", "tmp/b.tmp", "releases/.new/c.parquet", "releases/.old-x/d", ".warehouse.duckdb.new"):
        (house.folder / name).parent.mkdir(exist_ok=True)
        (house.folder / name).write_bytes(b"x" * 10)
    assert len(tidy(house)) == 5
    assert size(house.folder) == before
    assert tidy(house) == []


def test_old_releases_are_told_by_the_rule_that_a_build_goes_by(house, monkeypatch):
    assert part(house, "releases").surplus == ()
    monkeypatch.setenv("PAPERHOUSE_KEEP_RELEASES", "1")
    assert part(house, "releases").surplus == ("20310101T000000Z-aaaaaaaa",)
    assert 0 < part(house, "releases").surplus_bytes < part(house, "releases").bytes


def test_a_copy_from_before_an_upgrade_stays_until_a_release_came_after_it(house):
    copy = house.folder / "warehouse.format-2.duckdb"
    copy.write_bytes(b"x" * 100)
    assert (part(house, copy_name := "copies before upgrades").bytes, part(house, copy_name).surplus) == (100, ())
    assert tidy(house) == []
    manifest = house.latest_release / "manifest.json"
    later = copy.stat().st_ctime + 10
    os.utime(manifest, (later, later))
    assert tidy(house) == ["warehouse.format-2.duckdb"]


@pytest.fixture
def emptied(house):
    """The warehouse after most of its rows have been deleted."""
    with house.connect() as connection:
        connection.execute(
            "insert into raw.entries (entry_id, abstract) "
            "select 'x' || i, repeat(md5(i::varchar), 30) from range(20000) as numbers (i)"
        )
    with house.connect() as connection:
        connection.execute("create table marts.kept as from range(1000)")
        connection.execute("delete from raw.entries where entry_id like 'x%'")
    return house


def test_a_file_that_is_mostly_free_is_written_anew_with_all_that_is_in_it(emptied):
    before, free = emptied.database.stat().st_size, find_free(emptied)
    assert free > 0
    assert shrink(emptied) == 0  # it is too small to be worth it
    assert shrink(emptied, share=0.99, least=0) == 0
    saved = shrink(emptied, share=0.01, least=0)
    assert saved == before - emptied.database.stat().st_size > free / 2
    with duckdb.connect(str(emptied.database), read_only=True) as connection:
        assert connection.execute("select entry_id from raw.entries").fetchall() == [("e1",)]
        assert connection.execute("from staging.stg_papers").fetchall() == [("p1",)]
        assert connection.execute("select count(*) from marts.kept").fetchall() == [(1000,)]
    with emptied.connect():
        pass
    assert not list(emptied.folder.glob(".*.new*"))


def test_a_file_that_somebody_has_open_is_left_alone(emptied):
    with duckdb.connect(str(emptied.database)):
        assert find_free(emptied) is None
        assert shrink(emptied, share=0.01, least=0) == 0
        assert part(emptied, "warehouse.duckdb").surplus_bytes is None


def test_a_build_needs_room_and_says_how_much_before_it_begins(house, tmp_path, monkeypatch):
    dump = tmp_path / "dump.txt"
    dump.write_bytes(b"x" * 1_000_000)
    needed = room.estimate(house)
    assert needed > room.LEAST + size(house.latest_release.resolve())
    monkeypatch.setattr(room, "find_free", lambda folder: needed)
    room.require_room(house, [dump])  # what is loaded already takes no room
    monkeypatch.setattr(room, "find_free", lambda folder: needed - 1)
    with pytest.raises(WarehouseNotWritableError, match=r"MB free, and this build takes about .* Nothing was begun"):
        room.require_room(house, [dump])
    house.database.unlink()
    monkeypatch.setattr(room, "find_free", lambda folder: room.estimate(house) + 5_000_000 - 1)
    with pytest.raises(WarehouseNotWritableError):
        room.require_room(house, [dump])


def test_the_room_of_a_folder_that_is_not_there_is_that_of_the_one_above(tmp_path):
    assert room.find_free(tmp_path / "a" / "b") > 0
    assert not (tmp_path / "a").exists()
