"""Upgrades of the pipeline's own file: named steps, all or none; what a newer version made is left alone."""

from __future__ import annotations

import hashlib

import pytest

from paperhouse.warehouse import migrations
from paperhouse.warehouse.errors import (
    NewerWarehouseError,
    UpgradeError,
    WarehouseNotWritableError,
    WarehouseUnreadableError,
)
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.migrations import FORMAT, MIGRATIONS, Migration, read_marker
from paperhouse.warehouse.tables import TABLES

#: The columns that the tables of format 1 had not.
SINCE_1 = {
    "raw.entries": ("doi", "published_on", "published_precision", "section_on", "section_on_text", "published_year"),
    "raw.dumps": ("ignored_fields", "control_character_count", "source", "note", "held_reason"),
    "quality.check_results": (
        "kind",
        "value",
        "lowest",
        "highest",
        "affected_rows",
        "answer",
        "failing_since",
    ),
}


@pytest.fixture
def old(tmp_path) -> Warehouse:
    """A warehouse of format 1 with an entry, a derived table, and a dump that was forgotten and may come back."""
    house = Warehouse(tmp_path / "house")
    house.prepare()
    with house.connect() as connection:
        for table, columns in SINCE_1.items():
            for column in columns:
                connection.execute(f"alter table {table} drop column {column}")
        connection.execute("drop table quality.formats")
        connection.execute("drop table raw.dump_decisions")
        connection.execute("insert into raw.entries (entry_id, title) values ('e', 'Moss Grows Back')")
        connection.execute("create schema marts; create table marts.papers (paper_id varchar)")
        connection.execute("create schema text; create view text.texts as from marts.papers")
        connection.execute("create schema forgotten; create table forgotten.dumps (dump_id varchar)")
    (house.folder / ".format").unlink()
    return house


def digest(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def schemas(connection) -> set[str]:
    rows = connection.execute(
        "select schema_name from duckdb_schemas() where database_name = current_database() and not internal"
    ).fetchall()
    return {name for (name,) in rows}


def test_what_cannot_be_made_again_is_carried_over_and_the_rest_is_dropped(old):
    before = digest(old.database)
    with old.connect() as connection:
        assert connection.execute("select entry_id, title, doi from raw.entries").fetchall() == [
            ("e", "Moss Grows Back", None)
        ]
        for table, columns in TABLES.items():
            assert {row[0] for row in connection.execute(f"describe {table}").fetchall()} == set(columns)
        assert connection.execute("select format from quality.formats").fetchall() == [(FORMAT,)]
        assert schemas(connection) - {"main"} == {"raw", "quality", "extracted", "forgotten"}
    [copy] = migrations.list_copies(old.database)
    assert (copy.name, digest(copy)) == ("warehouse.format-1.duckdb", before)
    assert read_marker(old.folder) == FORMAT
    copied_at = copy.stat().st_mtime_ns
    with old.connect():  # once is enough
        pass
    assert copy.stat().st_mtime_ns == copied_at


@pytest.mark.parametrize(
    "statement", ["alter table raw.entries add column title varchar", "select error('the moon')", "nonsense"]
)
def test_a_step_that_fails_leaves_the_file_as_it_was_and_names_itself(old, monkeypatch, statement):
    before = digest(old.database)
    steps = (*MIGRATIONS, Migration(FORMAT + 1, "entries know the moon", (statement,)))
    monkeypatch.setattr(migrations, "MIGRATIONS", steps)
    with pytest.raises(UpgradeError, match=r"format 1 to \d \(entries know the moon: .*It is as it was"):
        old.connect().__enter__()
    assert digest(old.database) == before
    assert [path.name for path in old.folder.glob("*.duckdb*")] == ["warehouse.duckdb"]
    assert read_marker(old.folder) == 0


def test_without_room_for_the_copy_nothing_is_begun(old, monkeypatch):
    before = digest(old.database)

    def fill(source, target):
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(migrations, "clone", fill)
    with pytest.raises(UpgradeError, match=r"no room to copy .*No space left.*Nothing was changed"):
        old.connect().__enter__()
    assert digest(old.database) == before
    assert list(migrations.list_copies(old.database)) == []


def test_steps_lead_from_each_format_to_the_next_and_have_names():
    assert [step.format for step in MIGRATIONS] == list(range(2, FORMAT + 1))
    assert all(len(step.name) > 20 for step in MIGRATIONS)


def test_a_newer_folder_is_refused_before_anything_is_opened(old):
    (old.folder / ".format").write_text(f"{FORMAT + 1}\n")
    for use in (old.prepare, old.refuse_newer, lambda: old.read().__enter__()):
        with pytest.raises(NewerWarehouseError, match=f"format {FORMAT + 1}; this one knows {FORMAT}"):
            use()


@pytest.mark.parametrize(
    ("names", "is_taken"),
    [
        ((), False),
        (("README.md",), False),
        (("inbox", "notes.txt"), False),
        (("warehouse.toml",), False),
        (("models.py", "__init__.py"), True),
        (("README.md", "stock.csv"), True),
    ],
)
def test_a_folder_of_somebody_else_is_not_written_into(tmp_path, names, is_taken):
    for name in names:
        (tmp_path / name).mkdir() if "." not in name else (tmp_path / name).write_text("mine")
    if not is_taken:
        Warehouse(tmp_path).prepare()
        return
    with pytest.raises(WarehouseNotWritableError, match="is no warehouse, and not empty"):
        Warehouse(tmp_path).prepare()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_copy_of_a_file_has_its_bytes_and_its_times(tmp_path):
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"x" * 3_000_000)
    migrations.clone(source, target)
    assert target.read_bytes() == source.read_bytes()
    assert target.stat().st_mtime_ns == source.stat().st_mtime_ns


def test_a_warehouse_that_lacks_a_column_of_its_format_is_left_alone(old):
    with old.connect() as connection:
        connection.execute("alter table raw.dumps drop column note")
    with pytest.raises(WarehouseUnreadableError, match=r"raw\.dumps\.note is not in both"):
        old.connect().__enter__()
