"""Queries of one connection that do not need each other, several at a time.

DuckDB's threads share one query at a cost, and some of what they write hangs on how many there are. What belongs here:
running queries side by side, each by few threads or one. dbt runs its tables so by itself (`profiles.yml`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TypeVar

import duckdb

from ..processes import HEARING

Found = TypeVar("Found")


def count_query_threads(at_a_time: int) -> int:
    """How many threads leave no core of this machine idle, where that many queries run and each brings one of them."""
    with duckdb.connect() as connection:  # its own count heeds what a container may take
        ((cores,),) = connection.execute("select current_setting('threads')").fetchall()
    return max(1, int(cores) - at_a_time + 1)


def run_concurrently(
    connection: duckdb.DuckDBPyConnection,
    jobs: Sequence[Callable[[duckdb.DuckDBPyConnection], Found]],
    at_a_time: int,
    threads: int,
) -> Generator[Found]:
    """What each job gives, in their order; so many run at a time, each query by so many threads.

    Each gets a connection of its own to the same files, which sees what has been committed. What the first that fails
    raises is raised here, and the others are ended, as they are where whoever iterates stops or is interrupted.
    """
    cursors = [connection.cursor() for _ in jobs]
    for cursor in cursors:
        cursor.execute("set TimeZone = 'UTC'")  # a connection's own, unlike threads and memory
    connection.execute(f"set threads = {threads}")
    try:
        with ThreadPoolExecutor(at_a_time) as pool:
            running = [pool.submit(job, cursor) for job, cursor in zip(jobs, cursors, strict=True)]
            try:
                for each in running:
                    yield _await(each, running)
            finally:
                for each in running:
                    each.cancel()
                _end(running, cursors)
    finally:
        for cursor in cursors:
            cursor.close()
        connection.execute("reset threads")


def _await(wanted: Future[Found], running: Sequence[Future[Found]]) -> Found:
    """What one gives; what another raises is not waited for until its turn comes."""
    while not wait([wanted], HEARING).done:
        for each in running:
            if each.done():
                each.result()
    return wanted.result()


def _end(running: Sequence[Future[Found]], cursors: Sequence[duckdb.DuckDBPyConnection]) -> None:
    """Interrupt those that run, until none does: between two queries of one job there is nothing to interrupt."""
    while any(not each.done() for each in running):
        for each, cursor in zip(running, cursors, strict=True):
            if each.running():
                with suppress(duckdb.Error):
                    cursor.interrupt()
        wait(running, HEARING)
