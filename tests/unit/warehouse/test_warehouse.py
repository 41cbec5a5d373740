"""The warehouse folder: opening, transactions, the lock, reading safely."""

import fcntl
import os
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import duckdb
import polars as pl
import pytest

from paperhouse.warehouse import connections
from paperhouse.warehouse.connections import dbt_memory_limit, memory_limit
from paperhouse.warehouse.errors import NothingPublishedError, WarehouseBusyError, WarehouseUnreadableError
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.migrations import FORMAT
from paperhouse.warehouse.settings import MEMORY_VARIABLE, BadSettingError
from paperhouse.warehouse.tables import TABLES, append


@pytest.fixture
def warehouse(tmp_path):
    house = Warehouse(tmp_path / "house")
    house.prepare()
    return house


def test_connect_makes_every_table_with_its_columns(warehouse):
    with warehouse.connect() as connection:
        for table, columns in TABLES.items():
            described = connection.execute(f"describe {table}").fetchall()
            assert [row[0] for row in described] == list(columns)


def test_a_failed_block_leaves_nothing(warehouse):
    row = pl.DataFrame({"word": ["shrew"], "text_count": [1], "batch_id": ["b"]})

    def load_and_fail():
        with warehouse.connect() as connection:
            append(connection, "extracted.words", row)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        load_and_fail()
    with warehouse.connect() as connection:
        assert connection.execute("select count(*) from extracted.words").fetchall() == [(0,)]


def test_append_matches_columns_by_name(warehouse):
    row = pl.DataFrame({"batch_id": ["b"], "text_count": [3], "word": ["vole"]})
    with warehouse.connect() as connection:
        append(connection, "extracted.words", row)
        assert connection.execute("select word, text_count, batch_id from extracted.words").fetchall() == [
            ("vole", 3, "b")
        ]


def test_rows_find_their_columns_in_a_table_that_got_some_of_them_later(warehouse):
    with warehouse.connect() as connection:
        connection.execute("alter table raw.dump_decisions drop column decision")
        connection.execute("alter table raw.dump_decisions add column decision varchar")
    row = pl.DataFrame([{"dump_id": "d", "decision": "held", "because": "odd"}], schema=TABLES["raw.dump_decisions"])
    with warehouse.connect() as connection:
        append(connection, "raw.dump_decisions", row)
        stored = connection.execute("select dump_id, decision, because from raw.dump_decisions").fetchall()
    assert stored == [("d", "held", "odd")]


def test_instants_are_stored_in_utc(warehouse):
    published_at = datetime(2025, 3, 1, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    row = pl.DataFrame([{"entry_id": "e", "published_at": published_at}], schema=TABLES["raw.entries"])
    with warehouse.connect() as connection:
        append(connection, "raw.entries", row)
        stored = connection.execute("select published_at::varchar from raw.entries").fetchall()
    assert stored == [("2025-03-02 04:30:00",)]


@contextmanager
def held_by_another(warehouse):
    """The lock of a warehouse, taken as another process takes it; yields a function that lets go."""
    warehouse.prepare()
    with warehouse.lock_file.open("a+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        handle.truncate(0)
        handle.write("4711")
        handle.flush()
        yield lambda: fcntl.flock(handle, fcntl.LOCK_UN)


def test_lock_is_exclusive_and_names_the_holder(warehouse):
    with held_by_another(warehouse), pytest.raises(WarehouseBusyError, match=r"Another build is .*4711.*--wait"):
        with warehouse.lock():
            pass
    with warehouse.lock():
        pass


def test_a_build_that_may_wait_waits(warehouse):
    told = []
    with held_by_another(warehouse) as let_go:

        def wait(busy):
            told.append(busy)
            let_go()

        with warehouse.lock(wait):
            assert warehouse.lock_file.read_text() == str(os.getpid())
    assert "4711" in told[0]


def test_who_holds_a_warehouse_may_hold_it_again_and_lets_go_once(warehouse):
    with warehouse.lock():
        with warehouse.lock():
            pass
        with (
            warehouse.lock_file.open("a+") as other,
            pytest.raises(BlockingIOError),
        ):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with warehouse.lock_file.open("a+") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_reading_nothing_says_how_to_build(warehouse):
    with pytest.raises(NothingPublishedError, match="paperhouse build"), warehouse.read():
        pass


@pytest.mark.parametrize(
    "statement",
    [
        "create table marts.intruder (i int)",
        "copy (select 1) to 'stolen.csv'",
        "select * from read_csv('/etc/passwd')",
        "attach 'other.duckdb'",
        "set enable_external_access = true",
    ],
)
def test_a_query_can_only_read_the_warehouse(warehouse, statement):
    with duckdb.connect(str(warehouse.published_database)) as connection:
        connection.execute("create schema marts")
    with warehouse.read() as connection, pytest.raises(duckdb.Error):
        connection.execute(statement)


def test_a_file_that_duckdb_cannot_open_is_named_with_a_way_out(warehouse):
    for path in (warehouse.database, warehouse.published_database):
        path.write_bytes(b"no database " * 400)
    with pytest.raises(WarehouseUnreadableError, match=r"warehouse\.duckdb cannot be opened.*rollback"):
        warehouse.connect().__enter__()
    with pytest.raises(WarehouseUnreadableError, match=r"paperhouse\.duckdb cannot be opened.*rollback"):
        warehouse.read().__enter__()


def test_a_warehouse_of_a_newer_version_is_left_alone(warehouse):
    with warehouse.connect() as connection:
        connection.execute("alter table raw.dumps add column moon_phase varchar")
    with pytest.raises(WarehouseUnreadableError, match=r"raw\.dumps\.moon_phase is not in both"):
        warehouse.connect().__enter__()


def test_a_warehouse_knows_its_format_and_a_higher_one_is_left_alone(warehouse):
    with warehouse.connect() as connection:
        assert connection.execute("select format from quality.formats").fetchall() == [(FORMAT,)]
    with warehouse.connect() as connection:
        connection.execute("insert into quality.formats values (?, null)", [FORMAT + 1])
    with pytest.raises(WarehouseUnreadableError, match=rf"format {FORMAT + 1}; this one knows {FORMAT}"):
        warehouse.connect().__enter__()


@pytest.mark.parametrize(("gigabytes", "limit"), [(0.1, 250), (2, 400), (4, 800), (20, 3_200), (90, 3_200)])
def test_of_a_large_file_less_is_taken(tmp_path, monkeypatch, gigabytes, limit):
    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)
    monkeypatch.setattr(connections, "_machine_memory", lambda: 64_000)
    database = tmp_path / "warehouse.duckdb"
    with database.open("wb") as handle:
        handle.truncate(int(gigabytes * 1_000_000_000))  # sparse: it takes no room
    assert memory_limit(database, 250) == f"{limit}MB"
    assert dbt_memory_limit(database) == "500MB"  # no database, and so no entries


@pytest.mark.parametrize(("entries", "limit"), [(0, 500), (120_000, 500), (1_000_000, 2_750), (9_000_000, 8_000)])
def test_dbt_has_memory_by_the_entries(tmp_path, monkeypatch, entries, limit):
    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)
    monkeypatch.setattr(connections, "_machine_memory", lambda: 16_000)
    database = tmp_path / "warehouse.duckdb"
    assert dbt_memory_limit(database) == "500MB"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema raw")
        connection.execute(f"create table raw.entries as select true as is_entry from range({entries})")
    assert dbt_memory_limit(database) == f"{limit}MB"
    with duckdb.connect(str(database)):  # as another process would have it
        assert dbt_memory_limit(database) == "500MB"


@pytest.mark.parametrize(("said", "limit"), [("800000000\n", "400MB"), ("max\n", "1000MB")])
def test_a_container_has_the_memory_it_is_given(tmp_path, monkeypatch, said, limit):
    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)
    (tmp_path / "memory.max").write_text(said)
    monkeypatch.setattr(connections, "_CONTAINER_LIMITS", [tmp_path / "memory.max", tmp_path / "none"])
    database = tmp_path / "warehouse.duckdb"
    with database.open("wb") as handle:
        handle.truncate(5_000_000_000)
    assert memory_limit(database, 250) == limit


def test_memory_limit_grows_with_the_file_and_the_environment_has_the_last_word(tmp_path, monkeypatch):
    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)
    database = tmp_path / "warehouse.duckdb"
    assert memory_limit(database, 250) == "250MB"
    with database.open("wb") as file:
        file.truncate(5_000_000_000)  # sparse: it takes no room
    assert memory_limit(database, 250) == "1000MB"
    with database.open("wb") as file:
        file.truncate(4_000_000_000_000)
    assert int(memory_limit(database, 250).removesuffix("MB")) < 1_000_000
    for size in ("banana", "49MB", "\u0663GB", "99999999999TB"):
        monkeypatch.setenv(MEMORY_VARIABLE, size)
        with pytest.raises(BadSettingError, match="at least 50MB"):
            memory_limit(database, 250)
    monkeypatch.setenv(MEMORY_VARIABLE, "2GB")
    assert memory_limit(database, 250) == "2GB"
