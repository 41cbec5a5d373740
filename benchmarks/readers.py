"""Readers while builds publish: does any query fail, and is every answer from one whole release?

Reader processes ask the published database and the Parquet of `releases/latest` again and again, through connections
of their own, while builds with new dumps follow one another. Between two questions a reader pauses, as people and
dashboards do: readers that never pause take every core from the builds and see fewer releases, not more. Pauses are
drawn at random, so that questions fall on every moment of a publication. What each release answers is asked
afterwards, of the releases themselves: an answer that none of them gives was put together from two.
"""

import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.corpora import DATA, list_files
from benchmarks.measure import measure
from paperhouse.release.history import list_releases
from paperhouse.sample import write_sample
from paperhouse.warehouse.folder import DATABASE_NAME, LATEST, Warehouse
from paperhouse.warehouse.settings import KEEP_VARIABLE

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


@dataclass
class Seen:
    """What one reader saw: how often each answer, how long each took, and what failed."""

    answers: dict[tuple[int, ...], int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """What came of it: builds published, answers by the release they are from, answers from none, errors."""

    builds: int
    seconds: float
    answers: dict[str, int]
    torn: int
    failures: list[str]
    answer_seconds: list[float]


def run_readers(
    builds: int, readers: int, minutes: float, pause: float, say: Callable[[str], None], data: Path = DATA
) -> Reading:
    """Let readers ask for so long, at least as long as the builds take, pausing so many seconds on average."""
    folder = data / "readers"
    shutil.rmtree(folder, ignore_errors=True)
    os.environ[KEEP_VARIABLE] = "0"
    warehouse = Warehouse(folder / "warehouse")
    write_sample(folder / "dumps", papers=20 * builds + 100, days=2 * builds + 20, days_apart=1)
    dumps = list_files(folder / "dumps")
    parts = [dumps[number :: builds + 1] for number in range(builds + 1)]
    say("building the first release")
    _build(warehouse, parts[0])
    # Pipes alone: a reader whose pipe ends, because this process was stopped, ends too, and nothing is left behind.
    context = multiprocessing.get_context("spawn")
    pipes = [context.Pipe() for _ in range(readers)]
    processes = [
        context.Process(target=_read, args=(warehouse.folder, number, pause, theirs), daemon=True)
        for number, (_, theirs) in enumerate(pipes)
    ]
    start = time.perf_counter()
    # Who interrupts the benchmark closes the pipes; readers inherit that the signal itself is nothing to them.
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    for process, (_, theirs) in zip(processes, pipes, strict=True):
        process.start()
        theirs.close()
    signal.signal(signal.SIGINT, handler)
    for number in range(1, builds + 1):
        say(f"{time.perf_counter() - start:.0f} s: {readers} readers, build {number} of {builds}")
        _build(warehouse, parts[number])
    remaining = 60 * minutes - (time.perf_counter() - start)
    if remaining > 0:
        say(f"{time.perf_counter() - start:.0f} s: every build is published, {readers} readers go on")
        time.sleep(remaining)
    given = [_stop(ours) for ours, _ in pipes]
    for process in processes:
        process.join()
    seconds = time.perf_counter() - start
    say("asking each release what it answers")
    truth = {_ask_database(kept.folder / DATABASE_NAME): kept.release_id for kept in list_releases(warehouse)}
    counts = dict.fromkeys(truth.values(), 0)
    torn = 0
    for seen in given:
        for answer, count in seen.answers.items():
            if answer in truth:
                counts[truth[answer]] += count
            else:
                torn += count
    return Reading(
        builds,
        seconds,
        dict(sorted(counts.items())),
        torn,
        [error for seen in given for error in seen.failures],
        [second for seen in given for second in seen.seconds],
    )


def format_readers(result: Reading, readers: int, pause: float) -> str:
    """The outcome in a few lines."""
    total = sum(result.answers.values()) + result.torn
    lines = [f"{release}  {count:,} answers" for release, count in result.answers.items()]
    lines += [f"failure: {failure}" for failure in sorted(set(result.failures))[:5]]
    if result.answer_seconds:
        median, slow, slowest = (1000 * np.quantile(result.answer_seconds, [0.5, 0.95, 1])).round()
        lines.append(f"an answer took {median:.0f} ms (median), {slow:.0f} ms (p95), {slowest:.0f} ms (slowest)")
    lines.append(
        f"{readers} processes that pause {pause:g} s on average between questions, {result.seconds:.0f} s, "
        f"{result.builds} builds, {len(result.answers)} releases: "
        f"{total:,} answers, {len(result.failures):,} failures, {result.torn:,} answers from no one release"
    )
    return "\n".join(lines)


def _build(warehouse: Warehouse, dumps: list[Path]) -> None:
    paperhouse = Path(sys.executable).with_name("paperhouse")
    measure([str(paperhouse), "build", "--warehouse", str(warehouse.folder), *map(str, dumps)])


def _read(folder: Path, number: int, pause: float, pipe: Connection) -> None:
    """Ask until told to stop, or until nobody is there to tell; half of the readers ask the database, half Parquet."""
    warehouse, chance, seen = Warehouse(folder), random.Random(number), Seen()
    while not pipe.poll(chance.uniform(0, 2 * pause)):
        start = time.perf_counter()
        try:
            if number % 2 == 0:
                answer = _ask_database(warehouse.published_database)
            else:
                # As any reader of several files should: look once where `latest` points to.
                answer = _ask_parquet((warehouse.releases / LATEST).resolve())
            seen.answers[answer] = seen.answers.get(answer, 0) + 1
            seen.seconds.append(time.perf_counter() - start)
        except (duckdb.Error, OSError) as error:
            seen.failures.append(str(error).splitlines()[0])
    try:
        pipe.recv()
        pipe.send(seen)
    except (EOFError, OSError):
        return


def _stop(pipe: Connection) -> Seen:
    """Tell a reader to stop, and take what it saw."""
    try:
        pipe.send(None)
        seen: Seen = pipe.recv()
    except (EOFError, OSError):
        return Seen(failures=["a reader ended before it was told to"])
    return seen


def _ask_database(path: Path) -> tuple[int, ...]:
    with duckdb.connect(":memory:") as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"attach '{path}' as published (read_only)")
        tables = {table: f"published.marts.{table}" for table in _TABLES}
        return tuple(map(int, connection.execute(_QUESTION.format(**tables)).fetchall()[0]))


def _ask_parquet(folder: Path) -> tuple[int, ...]:
    with duckdb.connect(":memory:") as connection:
        connection.execute("set enable_progress_bar = false")
        tables = {table: f"read_parquet('{folder}/{table}.parquet')" for table in _TABLES}
        return tuple(map(int, connection.execute(_QUESTION.format(**tables)).fetchall()[0]))
