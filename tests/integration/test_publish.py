"""Releases delivered: to folders, to an object store, and opened there as a dataset hub's library does.

S3 is spoken to a server on loopback, where it and the library are installed (`make setup EXTRAS=cloud`).
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from paperhouse.commands.app import app
from paperhouse.release.delivery import ATTRIBUTES, MANIFEST, NOTE, DeliveryError, deliver
from paperhouse.release.history import find_damage, find_release
from paperhouse.release.places import Folder, PlaceError, Store, find_place


@pytest.fixture
def kept(built):
    return find_release(built.warehouse, "latest")


def look(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(house, *arguments):
    result = CliRunner().invoke(app, ["publish", *arguments, "-w", str(house.folder)], env={"COLUMNS": "1000"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.split())


class StoppedError(Exception):
    """What ends a delivery in the middle."""


class Place:
    """A place that writes down what is done there, and may stop."""

    def __init__(self, place, last=None):
        self.place, self.last, self.done = place, last, []
        self.name = place.name

    def __getattr__(self, name):
        def act(*arguments):
            if name in ("put", "write", "remove"):
                if len(self.done) == self.last:
                    raise StoppedError
                self.done.append((name, arguments[0]))
            return getattr(self.place, name)(*arguments)

        return act


@pytest.fixture(params=["folder", "store"])
def place(request, tmp_path):
    """An empty place of each kind; the store is in memory."""
    if request.param == "folder":
        return Folder(tmp_path / "target")
    from fsspec.implementations.memory import MemoryFileSystem

    files = MemoryFileSystem()
    files.store, files.pseudo_dirs = {}, [""]
    return Store(files, "/bucket/papers", "memory://bucket/papers")


def nothing(units: int) -> None:
    """Nobody watches."""


def test_a_release_is_whole_where_it_was_delivered_and_once_is_enough(kept, tmp_path):
    target = tmp_path / "srv" / "papers"
    code, said = run_on(kept, str(target))
    assert (code, "is whole in" in said, "every file was read back" in said) == (0, True, True)
    assert look(target) == look(kept.folder)
    assert os.access(target / "papers.parquet", os.W_OK)
    before = {path: path.stat().st_mtime_ns for path in target.rglob("*")}
    assert "Nothing had to be written" in run_on(kept, str(target))[1]
    assert {path: path.stat().st_mtime_ns for path in target.rglob("*")} == before
    assert find_damage(type(kept)(kept.release_id, target, kept.manifest, False)) == []


def run_on(kept, *arguments):
    house = kept.folder.parent.parent
    return run(type("House", (), {"folder": house})(), *arguments)


def test_the_manifest_comes_last_and_what_is_damaged_is_written_again(kept, place):
    noted = Place(place)
    deliver(kept, noted, False, nothing)
    assert noted.done[0] == ("write", NOTE)
    assert noted.done[-2:] == [("write", MANIFEST), ("remove", NOTE)]
    place.write("papers.parquet", b"damaged")
    noted = Place(place)
    done = deliver(kept, noted, False, nothing)
    assert noted.done[:3] == [("write", NOTE), ("remove", MANIFEST), ("put", "papers.parquet")]
    assert done.written == ["papers.parquet", MANIFEST]


def test_wherever_it_is_stopped_no_manifest_lies_there_and_the_same_command_goes_on(kept, place):
    acts = Place(place)
    whole = deliver(kept, acts, False, nothing)
    deliver_count = len(acts.done)
    for last in (0, 1, 2, 5, deliver_count - 2, deliver_count - 1):
        for path in [*whole.written, NOTE]:
            place.remove(path)
        with pytest.raises(StoppedError):
            deliver(kept, Place(place, last), False, nothing)
        is_whole = place.read(MANIFEST) is not None
        assert is_whole == (last == deliver_count - 1)  # all but the note is done
        done = deliver(kept, place, False, nothing)
        assert len(done.there) == max(0, min(last - 2, len(whole.written) - 1)) or is_whole
        assert place.read(MANIFEST) is not None
        assert place.read(NOTE) is None


def test_a_note_that_was_half_written_is_ours(kept, tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / f".{NOTE}.new").write_bytes(b'{"rel')
    place = Folder(tmp_path / "target")
    assert MANIFEST in deliver(kept, place, False, nothing).written
    assert [name for name in place.list_some() if name.endswith(".new")] == []


def test_files_of_another_release_go_and_nobody_else_s(kept, place):
    deliver(kept, place, False, nothing)
    other = json.loads(json.dumps(kept.manifest))
    other["release_id"] = "20200101T000000Z-00000000"
    gone = [{"path": path, "bytes": 1, "sha256": "0"} for path in ("old.parquet", "old/2020-01.parquet", ".git/config")]
    other["documents"] += gone
    for path in ("old.parquet", "old/2020-01.parquet", "mine.txt", ".git/config"):
        place.write(path, b"x")
    place.write(MANIFEST, json.dumps(other).encode())
    # Stopped when the other one's manifest has gone: the note alone knows its files.
    with pytest.raises(StoppedError):
        deliver(kept, Place(place, 2), False, nothing)
    assert place.read(MANIFEST) is None
    assert deliver(kept, place, False, nothing).removed == ["old.parquet", "old/2020-01.parquet"]
    assert [place.read(path) for path in ("old.parquet", "old/2020-01.parquet", "mine.txt")] == [None, None, b"x"]
    assert place.read(".git/config") == b"x"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("mine.txt", b"x", "is not empty and holds no release (mine.txt): nothing was written there"),
        (MANIFEST, b"{", "holds a manifest.json that cannot be read"),
        (MANIFEST, b"[1]", "holds a manifest.json that holds no object"),
    ],
)
def test_what_is_somebody_else_s_is_not_written_into(kept, place, name, content, said):
    place.write(name, content)
    with pytest.raises(DeliveryError) as caught:
        deliver(kept, place, False, nothing)
    assert said in str(caught.value)
    assert place.list_some() == [name]


@pytest.mark.parametrize("note", [b"{", b"[1]", b'{"to_be_removed": ["../x", "/etc/y", "", 3, ".git/config"]}'])
def test_a_note_that_is_none_leads_nowhere(kept, place, note):
    place.write(NOTE, note)
    assert deliver(kept, place, False, nothing).removed == []


def test_a_place_that_gives_back_something_else_is_told(kept, place, monkeypatch):
    monkeypatch.setattr(place, "put", lambda path, source: place.write(path, b"x" * source.stat().st_size))
    with pytest.raises(DeliveryError, match=r"was written to .*, and reads back otherwise"):
        deliver(kept, place, False, nothing)
    assert place.read(MANIFEST) is None


def test_a_damaged_release_is_not_delivered(copy_of_built, tmp_path):
    path = copy_of_built.latest_release.resolve() / "papers.parquet"
    path.chmod(0o644)
    path.write_bytes(b"x")
    code, said = run(copy_of_built, str(tmp_path / "target"))
    assert (code, "is not what was published, so nothing was copied" in said) == (1, True)
    assert not (tmp_path / "target").exists()


def test_a_clone_of_a_hub_s_repository_is_taken_for_empty_and_keeps_its_list(kept, tmp_path):
    target = tmp_path / "clone"
    (target / ".git").mkdir(parents=True)
    (target / "README.md").write_text("---\nlicense: mit\n---\n")
    (target / ATTRIBUTES).write_text("*.zip filter=lfs\n*.parquet filter=lfs diff=lfs merge=lfs -text")
    assert run_on(kept, str(target))[0] == 1
    assert run_on(kept, str(target), "--hub")[0] == 0
    assert (target / ATTRIBUTES).read_text().splitlines() == [
        "*.zip filter=lfs",
        "*.parquet filter=lfs diff=lfs merge=lfs -text",
        "*.duckdb filter=lfs diff=lfs merge=lfs -text",
        "report.html filter=lfs diff=lfs merge=lfs -text",
    ]
    assert (target / "README.md").read_bytes() == (kept.folder / "README.md").read_bytes()
    assert "Nothing had to be written" in run_on(kept, str(target), "--hub")[1]


def test_what_only_has_a_file_s_name_is_replaced_and_never_opened(kept, tmp_path):
    target = tmp_path / "target"
    assert run_on(kept, str(target))[0] == 0
    for name in ("papers.parquet", "links.parquet"):
        (target / name).unlink()
    os.mkfifo(target / "papers.parquet")
    shutil.copy(kept.folder / "links.parquet", tmp_path / "elsewhere")
    (target / "links.parquet").symlink_to(tmp_path / "elsewhere")
    assert run_on(kept, str(target))[0] == 0
    assert look(target) == look(kept.folder)
    assert not (target / "links.parquet").is_symlink()


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("ftp://host/x", "begins with none of s3://, gs://"),
        ("s3:/bucket", "names no bucket. Write s3://BUCKET/PATH"),
        ("S3:///", "names no bucket. Write s3://BUCKET/PATH"),
        ("{house}/releases/x", "lies in the warehouse itself"),
        ("{file}/x", "cannot be used: Not a directory"),
        (" ", "The target is empty"),
    ],
)
def test_a_target_that_cannot_be_is_said_in_one_sentence(built, tmp_path, target, said):
    (tmp_path / "file").write_text("mine")
    house = built.warehouse
    code, output = run(house, target.format(house=house.folder, file=tmp_path / "file"))
    assert code in (1, 2)
    assert said in output


def test_an_address_names_the_package_that_is_missing(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    with pytest.raises(PlaceError, match=r"takes a package that is not installed: s3fs\. Install it: pip install"):
        find_place("s3://bucket/papers")


def test_the_release_s_id_may_stand_in_a_target(kept, tmp_path):
    assert run_on(kept, f"{tmp_path}/{{release}}")[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == [kept.release_id]


def list_keys(client) -> list[str]:
    return sorted(item["Key"] for item in client.list_objects_v2(Bucket="bucket").get("Contents", []))


def test_a_release_is_delivered_to_s3_and_gone_on_with(kept, s3):
    names = sorted(f"papers/{name}" for name in look(kept.folder))
    with pytest.raises(StoppedError):
        deliver(kept, Place(find_place("s3://bucket/papers"), 9), False, nothing)
    assert f"papers/{MANIFEST}" not in list_keys(s3)
    code, said = run_on(kept, "s3://bucket/papers/")
    assert (code, "8 were there" in said or "7 were there" in said) == (0, True), said
    assert list_keys(s3) == names
    assert "Nothing had to be written" in run_on(kept, "s3://bucket/papers")[1]
    body = s3.get_object(Bucket="bucket", Key="papers/papers.parquet")["Body"].read()
    assert body == (kept.folder / "papers.parquet").read_bytes()
    s3.put_object(Bucket="bucket", Key="papers/papers.parquet", Body=bytes(len(body)))
    assert "Wrote 2 files" in run_on(kept, "s3://bucket/papers")[1]


def test_s3_that_refuses_is_said_in_one_sentence(kept, s3, monkeypatch):
    code, said = run_on(kept, "s3://none/papers")
    assert (code, "s3://none/papers cannot be used" in said, "Traceback" in said) == (1, True, False), said
    s3.put_object(Bucket="bucket", Key="other/mine.txt", Body=b"x")
    assert "is not empty and holds no release (mine.txt)" in run_on(kept, "s3://bucket/other")[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    code, said = run_on(kept, "s3://bucket/papers")
    assert (code, "cannot be used" in said, "Traceback" in said) == (1, True, False), said


def test_a_hub_s_library_opens_every_configuration_offline(kept, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    datasets = pytest.importorskip("datasets")
    import pyarrow.parquet

    target = tmp_path / "hub"
    assert run_on(kept, str(target), "--hub")[0] == 0
    names = datasets.get_dataset_config_names(str(target))
    assert set(names) == {file["table"] for file in kept.manifest["files"] if file["rows"]}
    for name in names:
        opened = datasets.load_dataset(str(target), name, split="train", cache_dir=str(tmp_path / "cache"))
        table = pyarrow.parquet.read_table(target / f"{name}.parquet")
        assert opened.num_rows == table.num_rows
        assert opened.features == datasets.Features.from_arrow_schema(table.schema.remove_metadata())
