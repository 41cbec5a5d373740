"""What is given to a lake: parts by their content, written once, whatever happens to the table."""

from __future__ import annotations

import duckdb
import pytest

from paperhouse.engines import parts
from paperhouse.engines.files import find_files
from paperhouse.engines.parts import write_parts

#: DuckDB's hash is the same for both (release.changes).
ALIKE = ("Teapot-Assisted Kettle-to-Lamp Rendering", "Teapot-assisted Kettle-To-Lamp Rendering")


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A table of two parts and a half, and a function that says how many parts were written after a change of it."""
    monkeypatch.setattr(parts, "PART_ROWS", 1_000)
    with duckdb.connect() as connection:
        connection.execute(
            f"create table things as select range as id, '{ALIKE[0]}' as title, range::ubigint as size, "
            f"['x', null] as names from range(2500)"
        )

        def change(statement: str = "select 1") -> int:
            connection.execute(statement)
            written = write_parts(connection, "things", find_files(tmp_path), ("things",))
            there = f"(select id, title, size::ubigint as size, names from read_parquet('{tmp_path}/things/*'))"
            here = "(select id, title, size, names from things)"
            for one, other in ((there, here), (here, there)):
                assert connection.execute(f"select count(*) from (from {one} except all from {other})").fetchall() == [
                    (0,)
                ]
            return written

        yield change


def test_only_what_is_new_is_written(table):
    assert table() == 3
    assert table() == 0
    assert table("insert into things select -1, 'new', 7, []") == 1
    assert table() == 0


@pytest.mark.parametrize(
    ("statement", "written"),
    [
        ("delete from things where id = 3", 1),
        (f"update things set title = '{ALIKE[1]}' where id = 3", 1),
        ("update things set size = 1 where id >= 1500", 2),
        ("delete from things where id >= 1000", 0),
        ("alter table things add column source varchar", 3),
    ],
)
def test_what_is_taken_out_or_changed_is_followed(table, statement, written):
    table()
    assert table(statement) == written
    assert table() == 0


def test_a_table_that_was_emptied_keeps_its_columns(table, tmp_path):
    table()
    assert table("delete from things") == 1
    with duckdb.connect() as connection:
        columns = connection.execute(f"describe from read_parquet('{tmp_path}/things/*')").fetchall()
    assert [(name, type) for name, type, *_ in columns] == [
        ("id", "BIGINT"), ("title", "VARCHAR"), ("size", "DECIMAL(20,0)"), ("names", "VARCHAR[]")
    ]  # fmt: skip
    assert table("insert into things select 1, 'again', 1, []") == 1


def test_what_a_killed_build_has_left_half_written_is_no_part(table, tmp_path):
    table()
    [first, *_] = sorted((tmp_path / "things").iterdir())
    first.rename(first.with_name(f".{first.name}"))
    assert table() == 1
    assert len(list((tmp_path / "things").iterdir())) == 3


def test_a_part_of_long_texts_is_written_in_less_memory_than_it_is(tmp_path):
    """Of 100,000 generated papers, texts for the workers did not fit into a build's 250 MB."""
    settings = {"memory_limit": "60MB", "temp_directory": str(tmp_path / "spilled"), "threads": 1}
    with duckdb.connect(tmp_path / "warehouse.duckdb", config=settings) as connection:
        texts = ", ".join(f"md5(concat(range, {number}))" for number in range(32))
        connection.execute(f"create table long as select range as id, concat({texts}) as text from range(100000)")
        write_parts(connection, "long", find_files(tmp_path / "lake"), ("long",))
        assert connection.execute(f"select count(*) from read_parquet('{tmp_path}/lake/long/*')").fetchall() == [
            (100_000,)
        ]
