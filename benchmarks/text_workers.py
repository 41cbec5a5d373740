"""The text stage in the workers of a Spark of one and of two, beside this process: the same facts, and its scaling."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.cluster import start_cluster
from benchmarks.measure import CommandFailed
from benchmarks.tables import format_table
from paperhouse.engines import EngineError, Lake, choose_engine, open_lake
from paperhouse.text import TextFacts, extract_texts

_TEXTS = "select distinct on (text_id) text_id, title, abstract from raw.entries order by text_id"
#: Texts that go first, unmeasured: each worker starts a Python, which loads the text stage.
_FIRST = 40


@dataclass(frozen=True)
class WorkersRun:
    """One run: workers (0: this process), texts, seconds on the clock and in tasks, rows not as in this process."""

    workers: int
    texts: int
    seconds: float
    task_seconds: float
    differing: int


def run_workers(
    warehouse: Path, spark: Path, lake: Path, folder: Path, say: Callable[[str], None], counts: Sequence[int] = (1, 2)
) -> list[WorkersRun]:
    """Work on all texts of a warehouse here, and by so many workers each.

    Args:
        warehouse: folder of a built warehouse.
        spark: folder `pyspark` of a Spark.
        lake: folder for what goes to the workers.
        folder: where the processes of Spark write.
        say: called with what is being done.
        counts: numbers of workers.

    Raises:
        CommandFailed: Spark does not start, or its workers cannot be used.
    """
    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as connection:
        texts = connection.execute(_TEXTS).pl()
        say("here")
        extract_texts(texts.head(_FIRST))
        start = time.perf_counter()
        expected = [extract_texts(texts)]
        seconds = time.perf_counter() - start
        runs = [WorkersRun(0, texts.height, seconds, seconds, 0)]
        for count in counts:
            say(f"{count} of Spark's workers")
            found, seconds, task_seconds = _work(connection, spark, lake, folder, count, texts.height)
            runs.append(WorkersRun(count, texts.height, seconds, task_seconds, count_differing(found, expected)))
    return runs


def _work(
    connection: duckdb.DuckDBPyConnection, spark: Path, lake: Path, folder: Path, workers: int, count: int
) -> tuple[list[TextFacts], float, float]:
    """What so many workers find, seconds on the clock and seconds in tasks."""
    with start_cluster(spark, workers, folder) as cluster:
        engine = choose_engine(cluster.address, lake)
        assert engine
        try:
            with open_lake(engine) as opened:
                _extract(opened, connection, f"{_TEXTS} limit {_FIRST}", _FIRST)
                before = cluster.read_totals()["totalDuration"]
                start = time.perf_counter()
                found = _extract(opened, connection, _TEXTS, count)
                seconds = time.perf_counter() - start
                return found, seconds, (cluster.read_totals()["totalDuration"] - before) / 1000
        except EngineError as error:
            raise CommandFailed(str(error)) from error


def _extract(lake: Lake, connection: duckdb.DuckDBPyConnection, texts: str, count: int) -> list[TextFacts]:
    return list(lake.extract(connection, texts, count))


def count_differing(found: Sequence[TextFacts], expected: Sequence[TextFacts]) -> int:
    """Rows of phrases and links that one has and the other has not."""
    count = 0
    for name in ("phrases", "links"):
        one, other = (pl.concat(getattr(facts, name) for facts in side) for side in (found, expected))
        for more, less in ((one, other), (other, one)):
            count += more.join(less, on=more.columns, how="anti", nulls_equal=True).height
    return count


def format_workers(runs: Iterable[WorkersRun]) -> str:
    """A line per run; how many times as fast it is as one worker."""
    runs = list(runs)
    [alone] = [run.seconds for run in runs if run.workers == 1]
    rows = [
        (
            str(run.workers or "this process"),
            f"{run.texts:,}",
            f"{run.seconds:.1f}",
            f"{run.task_seconds:.1f}",
            f"{alone / run.seconds:.2f}" if run.workers else "",
            f"{run.differing:,}",
        )
        for run in runs
    ]
    return format_table(("workers", "texts", "seconds", "in tasks", "times one worker", "rows that differ"), rows)
