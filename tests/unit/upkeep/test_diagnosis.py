"""What `doctor` sees: facts, and each trouble with what to do; nothing is made or changed by looking."""

from __future__ import annotations

import fcntl

import pytest

from paperhouse.upkeep.diagnosis import Ended, diagnose
from paperhouse.upkeep.growth import size
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.migrations import FORMAT


def state(folder):
    return {
        str(path.relative_to(folder)): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in folder.rglob("*")
    }


def test_a_sound_warehouse_has_facts_and_no_trouble(house):
    before = state(house.folder)
    found = diagnose(house, Ended("success", "success, yesterday"))
    assert found.troubles == []
    facts = found.facts
    assert (facts["format"], facts["release"], facts["releases"]) == (FORMAT, "20310102T000000Z-bbbbbbbb", 2)
    assert sum(facts["bytes"].values()) == size(house.folder)
    assert facts["versions"].startswith("paperhouse ")
    assert facts["lock"] is None
    assert state(house.folder) == before


def test_where_there_is_no_warehouse_none_is_made(tmp_path):
    found = diagnose(Warehouse(tmp_path / "none"), None)
    assert [trouble.remedy for trouble in found.troubles] == ["Build it first: paperhouse build"]
    assert list(tmp_path.iterdir()) == []


def noise(path):
    path.unlink()
    path.write_bytes(b"noise " * 10_000)


TROUBLES = {
    r"releases' and 'latest|lost its manifest|is damaged": lambda house: (
        house.latest_release.resolve() / "manifest.json"
    ).unlink(),
    r"warehouse\.duckdb cannot be opened, though no build runs": lambda house: noise(house.database),
    r"paperhouse\.duckdb cannot be opened": lambda house: noise(house.published_database.resolve()),
    r"A newer version of Paperhouse made this warehouse": lambda house: (house.folder / ".format").write_text("99"),
    r"An earlier version made this warehouse": lambda house: (house.folder / ".format").write_text("2"),
    r"warehouse\.toml": lambda house: house.settings_file.write_text("= nonsense"),
    r"Nothing is published": lambda house: house.published_database.unlink(),
}


@pytest.mark.parametrize("said", TROUBLES)
def test_what_is_wrong_is_said(house, said):
    import re

    TROUBLES[said](house)
    troubles = diagnose(house, None).troubles
    assert any(re.search(said, trouble.problem) for trouble in troubles), troubles


def test_the_environment_and_the_last_build_are_looked_at(house, monkeypatch):
    monkeypatch.setenv("PAPERHOUSE_MEMORY_LIMIT", "banana")
    problems = [trouble.problem for trouble in diagnose(house, Ended("failure", "failure")).troubles]
    assert any("banana" in problem for problem in problems)
    assert "The last build failed." in problems


def test_a_disk_that_is_nearly_full_is_said(house, monkeypatch):
    monkeypatch.setattr("paperhouse.upkeep.diagnosis.find_free_disk", lambda folder: 1_000)
    assert "takes about" in diagnose(house, None).troubles[0].problem


def test_who_holds_the_lock_is_named(house):
    with house.lock_file.open("a+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        handle.truncate(0)
        handle.write("4711")
        handle.flush()
        assert diagnose(house, None).facts["lock"] == "process 4711"
    assert diagnose(house, None).facts["lock"] is None
