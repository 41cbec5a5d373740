"""Files of a release: nobody writes them, nobody is led out of them, and who has one open is named."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager

import duckdb
import pytest
from typer.testing import CliRunner

from paperhouse.commands.app import app
from paperhouse.release.history import find_damage, find_release, is_in_use, prune
from paperhouse.release.publication import point_latest

#: Root as anybody else: without the right to ignore modes.
WITHOUT_RIGHTS = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []


def run(house, *arguments):
    result = CliRunner().invoke(app, [*arguments, "-w", str(house.folder)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.skipif(bool(WITHOUT_RIGHTS) and not shutil.which("setpriv"), reason="root ignores modes, and no setpriv")
def test_a_reader_that_forgets_to_read_only_writes_nothing(copy_of_built):
    script = (
        "import duckdb, sys\n"
        "print(duckdb.connect(sys.argv[1], read_only=True).sql('select count(*) from marts.papers').fetchall())\n"
        "duckdb.connect(sys.argv[1]).execute('create table intruder (i int)')"
    )
    command = [*WITHOUT_RIGHTS, sys.executable, "-c", script, str(copy_of_built.published_database)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == "[(240,)]\n"
    assert "Permission denied" in done.stderr
    assert find_damage(find_release(copy_of_built, "latest")) == []


def test_no_file_of_a_release_has_a_write_bit_and_rolling_back_takes_it_from_old_ones(copy_of_built):
    release = copy_of_built.latest_release.resolve()
    files = [path for path in release.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o222 for path in files} == {0}
    files[0].chmod(0o666)  # as an earlier version left them
    point_latest(copy_of_built, release.name)
    assert files[0].stat().st_mode & 0o222 == 0


def test_what_cannot_be_written_can_be_deleted(copy_of_built):
    release = copy_of_built.latest_release.resolve()
    shutil.copytree(release, release.with_name("20200101T000000Z-00000000"))
    older = find_release(copy_of_built, "20200101")
    assert not is_in_use(older.folder)
    assert (older.folder / "paperhouse.duckdb").stat().st_mode & 0o222 == 0
    assert prune(copy_of_built, 1) == [older.release_id]
    assert not older.folder.exists()


def test_deleting_releases_asks(copy_of_built):
    release = copy_of_built.latest_release.resolve()
    shutil.copytree(release, release.with_name("20200101T000000Z-00000000"))
    code, said = run(copy_of_built, "releases", "--keep", "1")
    assert (code, "To be deleted: 20200101T000000Z-00000000" in said, "--yes" in said) == (1, True, True)
    assert run(copy_of_built, "releases")[1].count("20200101T000000Z") == 1
    code, said = run(copy_of_built, "releases", "--keep", "1", "--yes")
    assert (code, "Deleted 20200101T000000Z-00000000" in said) == (0, True)


@contextmanager
def open_elsewhere(path):
    """The file opened for writing by another process."""
    script = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "open\n"
        yield process
        process.stdin.close()


@pytest.mark.parametrize(("name", "command"), [("paperhouse", "status"), ("subscriptions", "subscribers")])
def test_who_has_a_file_open_is_named_and_nobody_is_told_to_part_with_it(copy_of_built, name, command):
    path = (copy_of_built.folder / f"{name}.duckdb").resolve()
    if path.exists():
        path.chmod(0o644)
    with open_elsewhere(path) as process:
        code, said = run(copy_of_built, command)
    assert code == 1
    assert f"process {process.pid} (" in said
    assert "import duckdb" in said  # its command
    assert "move" not in said


def change_manifest(house, change):
    path = house.latest_release.resolve() / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.unlink()
    path.write_text(json.dumps(manifest))


@pytest.mark.parametrize("name", ["../../../secret", "/etc/hostname", "more/../../x", "", "a\0b", 17])
@pytest.mark.parametrize("command", ["verify", "diff"])
def test_a_manifest_that_leads_out_of_its_release_is_followed_nowhere(copy_of_built, name, command):
    change_manifest(copy_of_built, lambda manifest: manifest["files"][0].update(path=name))
    code, said = run(copy_of_built, command, *{"verify": ["--files-only"], "diff": ["latest"]}[command])
    assert code == 1
    assert "is damaged: manifest.json" in said


@pytest.mark.parametrize("make", ["link", "pipe", "folder", "parent"])
def test_what_is_no_file_is_told_and_never_opened(copy_of_built, tmp_path, make):
    release = copy_of_built.latest_release.resolve()
    victim = release / "papers.parquet"
    (tmp_path / "outside").mkdir()
    shutil.copy(victim, tmp_path / "outside" / "papers.parquet")
    victim.unlink()
    if make == "link":
        victim.symlink_to(tmp_path / "outside" / "papers.parquet")
    elif make == "pipe":
        os.mkfifo(victim)  # whoever opens it waits for ever
    elif make == "folder":
        victim.mkdir()
    else:
        (release / "more").symlink_to(tmp_path / "outside")
        change_manifest(
            copy_of_built,
            lambda manifest: next(f for f in manifest["files"] if f["path"] == "papers.parquet").update(
                path="more/papers.parquet"
            ),
        )
    code, said = run(copy_of_built, "verify", "--files-only")
    assert code == 1
    assert "is no file, but a link, a folder or a device; it was not opened" in said


def test_files_that_were_not_published_are_named(copy_of_built):
    release = copy_of_built.latest_release.resolve()
    (release / "extra.parquet").write_bytes(b"x")
    (release / "more").mkdir()
    (release / "more" / "extra.txt").symlink_to("/etc/hostname")
    code, said = run(copy_of_built, "verify", "--files-only")
    assert code == 1
    for name in ("extra.parquet", "more", "more/extra.txt"):
        assert f"{name} was not published." in said


def test_a_damaged_release_does_not_hide_the_others_and_the_next_build_makes_a_new_one(copy_of_built):
    release = copy_of_built.latest_release.resolve()
    shutil.copytree(release, release.with_name("20200101T000000Z-00000000"))
    (release / "manifest.json").unlink()
    (release / "manifest.json").write_text("{")
    code, said = run(copy_of_built, "releases")
    assert code == 0
    assert "Damaged:" in said
    assert run(copy_of_built, "rollback", "20200101T000000Z")[0] == 0
    with duckdb.connect(str(copy_of_built.published_database), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.papers").fetchall() == [(240,)]
