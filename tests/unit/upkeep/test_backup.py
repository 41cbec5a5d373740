"""Copies of a warehouse: whole whatever goes on, proved, restored anywhere; what is none is refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from paperhouse.digest.subscriptions import open_subscriptions
from paperhouse.release.history import find_damage, list_releases
from paperhouse.upkeep import backup
from paperhouse.upkeep.backup import BackupError, back_up, check, restore
from paperhouse.warehouse import interrupts
from paperhouse.warehouse.errors import NewerWarehouseError, NothingPublishedError, WarehouseNotWritableError
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.migrations import FORMAT


def silent(said: str) -> None:
    """Nobody listens."""


def rows(house: Warehouse, table: str) -> list[tuple]:
    with duckdb.connect(str(house.database), read_only=True) as connection:
        return connection.execute(f"from {table} order by all").fetchall()


def test_a_copy_that_is_restored_elsewhere_and_moved_again_is_the_warehouse(house, tmp_path):
    done = back_up(house, tmp_path / "copy", silent)
    assert done.releases == 2
    assert check(tmp_path / "copy").files == done.files
    # The copy can be asked where it lies.
    with Warehouse(tmp_path / "copy").read() as connection:
        assert connection.execute("select title from marts.papers").fetchall() == [("Moss",)]

    restore(tmp_path / "copy", Warehouse(tmp_path / "restored"))
    shutil.rmtree(house.folder)
    moved = Warehouse((tmp_path / "restored").rename(tmp_path / "moved"))

    with duckdb.connect(str(moved.database), read_only=True) as connection:
        assert connection.execute("select title from raw.entries").fetchall() == [("Moss Grows Back",)]
        assert connection.execute("from staging.stg_papers").fetchall() == [("p1",)]
    assert (moved.inbox / "deep" / "page.txt").read_text().startswith("Moss")
    assert [kept.is_latest for kept in list_releases(moved)] == [True, False]
    assert all(find_damage(kept) == [] for kept in list_releases(moved))
    assert moved.published_database.resolve().stat().st_mode & 0o222 == 0
    with moved.read() as connection:
        assert connection.execute("select count(*) from marts.papers").fetchall() == [(1,)]
    with open_subscriptions(moved) as subscriptions:
        assert len(subscriptions.list_subscribers()) == 1
    assert moved.subscriptions.stat().st_mode & 0o077 == 0
    with moved.lock(), moved.connect():  # the next build goes on
        pass


#: One who builds: transactions that add a row to two tables, each of them in a connection of its own.
_WRITER = """
import sys
from pathlib import Path
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.migrations import FORMAT

house = Warehouse(Path(sys.argv[1]))
with house.lock():
    for number in range(60):
        with house.connect() as connection:
            connection.execute("insert into raw.entries (entry_id) values (?)", [f"w{number}"])
            connection.execute("insert into raw.rejects (dump_id) values (?)", [f"w{number}"])
        print(number, flush=True)
"""


@pytest.mark.deep
def test_a_copy_that_is_made_while_somebody_builds_has_whole_transactions(house, tmp_path):
    with subprocess.Popen([sys.executable, "-c", _WRITER, str(house.folder)], stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        back_up(house, tmp_path / "copy", silent)
        writer.communicate()
    assert writer.returncode == 0  # it waited for the copy, and was not turned away
    copy = Warehouse(tmp_path / "copy")
    entries, rejects = rows(copy, "raw.entries"), rows(copy, "raw.rejects")
    assert len(entries) == len(rejects) + 1
    assert 1 < len(entries) <= len(rows(house, "raw.entries")) == 61


def test_a_copy_waits_for_a_step_that_has_the_file_and_says_so(house, tmp_path):
    told = []
    code = (
        _WRITER.replace("print(number, flush=True)", "")
        .replace(
            '            connection.execute("insert into raw.rejects',
            "            print(flush=True); sys.stdin.readline()\n"
            '            connection.execute("insert into raw.rejects',
        )
        .replace("range(60)", "range(1)")
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(house.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        writer.stdout.readline()

        def say(said):
            told.append(said)
            writer.stdin.write(b"\n")
            writer.stdin.close()

        back_up(house, tmp_path / "copy", say)
    assert "warehouse.duckdb is being written" in told[0]
    assert len(rows(Warehouse(tmp_path / "copy"), "raw.rejects")) == 1


def flip(path: Path) -> None:
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


DAMAGE = {
    "inbox/deep/page.txt is missing": lambda copy: (copy / "inbox/deep/page.txt").unlink(),
    "note.txt is none of its files": lambda copy: (copy / "note.txt").write_text("mine"),
    "warehouse.duckdb is not what was copied": lambda copy: flip(copy / "warehouse.duckdb"),
    "papers.csv is not what was copied": lambda copy: flip(copy / "overrides" / "papers.csv"),
    "backup.json cannot be read": lambda copy: (copy / "backup.json").write_text("[]"),
    "is no backup": lambda copy: (copy / "backup.json").unlink(),
}


@pytest.mark.parametrize("said", DAMAGE)
def test_a_damaged_copy_is_not_restored(house, tmp_path, said):
    back_up(house, tmp_path / "copy", silent)
    DAMAGE[said](tmp_path / "copy")
    with pytest.raises(BackupError, match=said):
        restore(tmp_path / "copy", Warehouse(tmp_path / "restored"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "house"]


def test_a_warehouse_that_is_damaged_is_not_copied_and_no_half_copy_is_left(house, tmp_path):
    head = house.database.read_bytes()[:12_288]
    house.database.write_bytes(head + b"noise" * 100_000)
    with pytest.raises(BackupError):
        back_up(house, tmp_path / "copy", silent)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["house"]


def test_a_copy_gets_its_name_only_while_no_stop_empties_it(house, tmp_path, monkeypatch):
    named = []

    def replace(new, folder):
        # What a stop takes before it empties the unfinished copy, and never gives back.
        named.append((Path(folder).name, interrupts._moment.locked()))
        rename(new, folder)

    rename = backup.os.replace
    monkeypatch.setattr(backup.os, "replace", replace)
    back_up(house, tmp_path / "copy", silent)
    restore(tmp_path / "copy", Warehouse(tmp_path / "restored"))
    assert [is_held for name, is_held in named if name in ("copy", "restored")] == [True, True]
    assert not interrupts._moment.locked()


def test_nothing_is_written_over(house, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("mine")
    with pytest.raises(BackupError, match="is not an empty folder"):
        back_up(house, tmp_path / "mine", silent)
    with pytest.raises(BackupError, match="lies in the warehouse itself"):
        back_up(house, house.folder / "copy", silent)
    back_up(house, tmp_path / "copy", silent)
    with pytest.raises(BackupError, match="is not an empty folder"):
        restore(tmp_path / "copy", house)


def test_what_cannot_be_written_or_is_not_there_is_said(house, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(WarehouseNotWritableError, match="cannot be written"):
        back_up(house, tmp_path / "file" / "copy", silent)
    with pytest.raises(NothingPublishedError):
        back_up(Warehouse(tmp_path / "none"), tmp_path / "copy", silent)
    assert not (tmp_path / "none").exists()


def test_a_copy_of_a_newer_version_is_refused(house, tmp_path):
    back_up(house, tmp_path / "copy", silent)
    told = (tmp_path / "copy" / "backup.json").read_text().replace(f'"format": {FORMAT}', '"format": 99')
    (tmp_path / "copy" / "backup.json").write_text(told)
    with pytest.raises(NewerWarehouseError, match="format 99"):
        restore(tmp_path / "copy", Warehouse(tmp_path / "restored"))
