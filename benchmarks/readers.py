"""Readers while builds publish: does any query fail, and is every answer from one whole release?

Reader processes ask the published database and the Parquet of `releases/latest` again and again, through connections
of their own, while builds with new dumps follow one another. What each release answers is asked afterwards, of the
releases themselves: an answer that none of them gives was put together from two.
"""

import multiprocessing
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from queue import Queue

import duckdb

from benchmarks.corpora import DATA, list_files
from benchmarks.measure import measure
from pipelines.release.database import DATABASE_NAME
from pipelines.release.history import KEEP_VARIABLE, LATEST, list_releases
from pipelines.resources import Warehouse
from pipelines.sample import write_sample

#: Asked of a release; numbers that every build changes, over tables that are written at different moments.
_QUESTION = """
select
    (select count(*) from {papers}),
    (select sum(hash(paper_id, title)) from {papers}),
    (select count(distinct paper_id) from {appearances}),
    (select sum(hash(paper_id, keyword_id, keyword_rank)) from {paper_keywords}),
    (select count(*) from {dumps})
"""
_TABLES = ("papers", "appearances", "paper_keywords", "dumps")


@dataclass(frozen=True)
class Reading:
    """What came of it: builds published, answers by the release they are from, answers from none, errors."""

    builds: int
    seconds: float
    answers: dict[str, int]
    torn: int
    failures: list[str]


def run_readers(builds: int, readers: int, minutes: float, say: Callable[[str], None], data: Path = DATA) -> Reading:
    """Let readers ask for so long, and at least as long as the builds take."""
    folder = data / "readers"
    shutil.rmtree(folder, ignore_errors=True)
    os.environ[KEEP_VARIABLE] = "0"
    warehouse = Warehouse(folder / "warehouse")
    write_sample(folder / "dumps", papers=20 * builds + 100, days=2 * builds + 20, days_apart=1)
    dumps = list_files(folder / "dumps")
    parts = [dumps[number :: builds + 1] for number in range(builds + 1)]
    _build(warehouse, parts[0])
    context = multiprocessing.get_context("spawn")
    stop, answers = context.Event(), context.Queue()
    processes = [
        context.Process(target=_read, args=(warehouse.folder, number % 2 == 0, stop, answers))
        for number in range(readers)
    ]
    start = time.perf_counter()
    for process in processes:
        process.start()
    for number in range(1, builds + 1):
        say(f"build {number} of {builds}")
        _build(warehouse, parts[number])
    remaining = 60 * minutes - (time.perf_counter() - start)
    if remaining > 0:
        time.sleep(remaining)
    stop.set()
    given = [answers.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    seconds = time.perf_counter() - start
    truth = {_ask_database(kept.folder / DATABASE_NAME): kept.release_id for kept in list_releases(warehouse)}
    counts = dict.fromkeys(truth.values(), 0)
    torn = 0
    for seen, _ in given:
        for answer, count in seen.items():
            if answer in truth:
                counts[truth[answer]] += count
            else:
                torn += count
    return Reading(
        builds, seconds, dict(sorted(counts.items())), torn, [error for _, errors in given for error in errors]
    )


def format_readers(result: Reading, readers: int) -> str:
    """The outcome in a few lines."""
    total = sum(result.answers.values()) + result.torn
    lines = [f"{release}  {count:,} answers" for release, count in result.answers.items()]
    lines += [f"failure: {failure}" for failure in sorted(set(result.failures))[:5]]
    lines.append(
        f"{readers} processes, {result.seconds:.0f} s, {result.builds} builds, {len(result.answers)} releases: "
        f"{total:,} answers, {len(result.failures):,} failures, {result.torn:,} answers from no one release"
    )
    return "\n".join(lines)


def _build(warehouse: Warehouse, dumps: list[Path]) -> None:
    paperhouse = Path(sys.executable).with_name("paperhouse")
    measure([str(paperhouse), "build", "--warehouse", str(warehouse.folder), *map(str, dumps)])


def _read(
    folder: Path, is_database: bool, stop: Event, answers: "Queue[tuple[dict[tuple[int, ...], int], list[str]]]"
) -> None:
    """Ask until told to stop; half of the readers ask the database, half the Parquet files."""
    warehouse = Warehouse(folder)
    seen: dict[tuple[int, ...], int] = {}
    failures = []
    while not stop.is_set():
        try:
            if is_database:
                answer = _ask_database(warehouse.published_database)
            else:
                # As any reader of several files should: look once where `latest` points to.
                answer = _ask_parquet((warehouse.releases / LATEST).resolve())
            seen[answer] = seen.get(answer, 0) + 1
        except (duckdb.Error, OSError) as error:
            failures.append(str(error).splitlines()[0])
    answers.put((seen, failures))


def _ask_database(path: Path) -> tuple[int, ...]:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{path}' as published (read_only)")
        tables = {table: f"published.marts.{table}" for table in _TABLES}
        return tuple(map(int, connection.execute(_QUESTION.format(**tables)).fetchall()[0]))


def _ask_parquet(folder: Path) -> tuple[int, ...]:
    with duckdb.connect(":memory:") as connection:
        tables = {table: f"read_parquet('{folder}/{table}.parquet')" for table in _TABLES}
        return tuple(map(int, connection.execute(_QUESTION.format(**tables)).fetchall()[0]))
