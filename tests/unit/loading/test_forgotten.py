"""Dumps that are forgotten come back as they were until the next build begins."""

from __future__ import annotations

import shutil

import pytest
from typer.testing import CliRunner

from paperhouse.commands.app import app
from paperhouse.loading.dumps import load_dumps
from paperhouse.loading.forgotten import bring_back, forget, make_final
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.tables import RAW_TABLES

PAGE = "{n}. A Study of Moss on Slope {n}\n\nWe count fronds of moss on slope {n} and find that they grow back. " * 3


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Four pages, read once for all tests of this module; each changes a copy."""
    warehouse = Warehouse(tmp_path_factory.mktemp("loaded") / "house")
    warehouse.prepare()
    for n in range(4):
        (warehouse.inbox / f"page {n}.txt").write_text(PAGE.format(n=n))
    load_dumps(warehouse, sorted(warehouse.inbox.iterdir()))
    return warehouse


@pytest.fixture
def house(loaded, tmp_path):
    shutil.copytree(loaded.folder, tmp_path / "house", symlinks=True)
    return Warehouse(tmp_path / "house")


def state(house):
    with house.connect() as connection:
        return {table: connection.execute(f"select * from {table} order by all").fetchall() for table in RAW_TABLES}


def ids(house):
    return [row[0] for row in state(house)["raw.dumps"]]


def run(house, *arguments):
    result = CliRunner().invoke(app, [*arguments, "-w", str(house.folder)], env={"COLUMNS": "300"})
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, " ".join(result.output.split())


def test_what_comes_back_is_what_there_was(house):
    before = state(house)
    with house.connect() as connection:
        forget(connection, ids(house)[:1])
    with house.connect() as connection:
        forget(connection, ids(house)[1:3])
    assert len(ids(house)) < 3
    with house.connect() as connection:
        assert len(bring_back(connection)) == 3
        assert bring_back(connection) == []
    assert state(house) == before


def test_a_build_makes_it_final(house):
    with house.connect() as connection:
        forget(connection, ids(house)[:1])
    load_dumps(house, [])
    with house.connect() as connection:
        assert bring_back(connection) == []
        make_final(connection)


@pytest.mark.parametrize(
    "arguments",
    [
        ["forget", ""],
        ["forget", "", "--yes"],
        ["forget", "8", "--yes"],
        ["forget", "page", "--yes"],
        ["forget", "page 0.txt", "", "--yes"],
        ["forget", "page 0.txt", "nobody", "--yes"],
        ["forget", "%", "--yes"],
        ["replay", "--dump", ""],
        ["replay", "--dump", "page", "--accept"],
        ["rejects", "--dump", ""],
        ["accept", ""],
    ],
)
def test_what_is_no_name_means_no_dump(house, arguments):
    before = state(house)
    code, said = run(house, *arguments)
    assert code == 1
    assert "No loaded dump is named" in said
    assert state(house) == before


def test_eight_digits_mean_the_one_dump_that_has_them(house):
    with house.connect() as connection:
        connection.execute("update raw.dumps set dump_id = 'abcdef012' || dump_id[10:] where file_names[1] < 'page 2'")
    first, _ = [dump_id for dump_id in ids(house) if dump_id.startswith("abcdef012")]
    assert "2 loaded dumps have an id that begins with" in run(house, "forget", first[:8], "--yes")[1]
    assert "No loaded dump" in run(house, "forget", first[:7], "--yes")[1]
    assert run(house, "forget", first[:20].upper(), "--yes")[0] == 0
    assert first not in ids(house)


def test_what_deletes_shows_it_and_asks(house):
    before = state(house)
    code, said = run(house, "forget", "page 0.txt")
    assert code == 1
    assert "To be forgotten" in said
    assert "page 0.txt" in said
    assert "--yes" in said
    assert state(house) == before
    code, said = run(house, "forget", "--yes", "page 0.txt")
    assert (code, "--undo" in said) == (0, True)
    assert state(house) != before
    code, said = run(house, "forget", "--undo")
    assert (code, "page 0.txt" in said) == (0, True)
    assert state(house) == before
    assert "Nothing was forgotten" in run(house, "forget", "--undo")[1]
