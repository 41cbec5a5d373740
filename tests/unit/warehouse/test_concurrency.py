"""Queries side by side: in their order, each with a connection of its own, ended where one fails."""

import threading

import duckdb
import pytest

from paperhouse.warehouse.concurrency import count_query_threads, run_concurrently

#: Takes an hour.
LONG = "select sum(range % 7) from range(1_000_000_000_000)"


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute("create table kettles as select range as kettle from range(10)")
        yield connection


def tell_threads(connection):
    return connection.execute("select current_setting('threads')").fetchall()[0][0]


def test_what_they_give_comes_in_their_order_while_two_run(connection):
    """The second begins before the first has ended, which waits for it."""
    has_begun = threading.Event()

    def wait(cursor):
        assert has_begun.wait(timeout=60)
        return "first", tell_threads(cursor), cursor.execute("select count(*) from kettles").fetchall()

    def begin(cursor):
        has_begun.set()
        return "second", cursor.execute("select current_setting('TimeZone')").fetchall()

    before = tell_threads(connection)
    found = list(run_concurrently(connection, [wait, begin], at_a_time=2, threads=1))
    assert found == [("first", 1, [(10,)]), ("second", [("UTC",)])]
    assert tell_threads(connection) == before


def test_each_has_a_connection_of_its_own(connection):
    """Temporary tables of one name do not meet."""

    def keep(number, cursor):
        cursor.execute(f"create temp table kept as select {number} as number")
        return cursor.execute("from kept").fetchall()

    jobs = [lambda cursor, number=number: keep(number, cursor) for number in range(5)]
    assert list(run_concurrently(connection, jobs, 2, 1)) == [[(number,)] for number in range(5)]


def test_where_one_fails_the_others_end(connection):
    begun = []
    is_busy = threading.Event()

    def work(cursor):
        begun.append("long")
        is_busy.set()
        cursor.execute(LONG)

    def fail(cursor):
        assert is_busy.wait(timeout=60)
        cursor.execute("from nothing_of_that_name")

    with pytest.raises(duckdb.CatalogException, match="nothing_of_that_name"):
        list(run_concurrently(connection, [work, fail, work], 2, 1))
    assert len(begun) <= 2
    assert connection.execute("select count(*) from kettles").fetchall() == [(10,)]


def test_where_nobody_takes_more_they_end(connection):
    found = run_concurrently(connection, [lambda cursor: 1, lambda cursor: cursor.execute(LONG)], 2, 1)
    assert next(found) == 1
    found.close()
    assert connection.execute("select count(*) from kettles").fetchall() == [(10,)]


def test_threads_and_queries_are_as_many_as_there_are_cores():
    cores = tell_threads(duckdb)
    assert count_query_threads(1) == cores
    assert count_query_threads(cores) == 1
    assert count_query_threads(cores + 3) == 1
