"""The whole command on a Spark of loopback, beside a warehouse that DuckDB has built of the same dumps.

What belongs here: the command `paperhouse build` as a user gives it, with an ear at dbt's events; what each table took
on both sides; whether the marts are equal. The models alone, over DuckDB's raw tables, are `engines`.
"""

import json
import shutil
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import duckdb

from benchmarks.cluster import Cluster, Spent, Watcher
from benchmarks.costs import read_tables
from benchmarks.engine_digests import compare_marts
from benchmarks.measure import CommandFailed, measure
from benchmarks.tables import format_bytes, format_table
from paperhouse.orchestration.table_costs import CostMeter, TableCost

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

_SCRIPT = "benchmarks.peers.pyspark_script"


@dataclass(frozen=True)
class Published:
    """A release: bytes of the readers' database, and the digest of each Parquet file with its bytes."""

    database_bytes: int
    files: Mapping[str, tuple[str, int]]


@dataclass(frozen=True)
class WholeBuild:
    """A build by the whole command: what each table took by DuckDB and by Spark, what differs of each mart, all of it.

    stages are seconds by stage, DuckDB's and Spark's; releases what both have published.
    """

    duckdb: Mapping[str, TableCost]
    spark: Mapping[str, Spent]
    differs: Mapping[str, Sequence[str]]
    stages: tuple[Mapping[str, float], Mapping[str, float]]
    releases: tuple[Published, Published]
    whole: Spent

    @property
    def is_equal(self) -> bool:
        """Whether there are marts, and none differs."""
        return bool(self.differs) and not any(self.differs.values())


def build_whole(
    warehouse: Path, dumps: Path, folder: Path, lake: Path, cluster: Cluster, watcher: Watcher
) -> WholeBuild:
    """Build dumps with a Spark, and compare the marts with those of a warehouse that DuckDB has built of them.

    Args:
        warehouse: folder of DuckDB's warehouse.
        dumps: what it was built of.
        folder: where the other warehouse goes, made anew.
        lake: folder for Spark's tables: a new one, or a lake.
        cluster: the Spark.
        watcher: who hears of each table, and may kill a worker.

    Raises:
        CommandFailed: the build ended with another exit code than 0.
    """
    from paperhouse.commands.door import answer

    shutil.rmtree(folder, ignore_errors=True)
    told = CostMeter.listen

    def listen(meter: CostMeter, event: "EventMsg") -> None:
        watcher.listen(event)
        told(meter, event)

    watcher.kill_over_reading(lake)
    begin = _stand(cluster)
    command = ["build", str(dumps), "--warehouse", str(folder), "--engine", cluster.address, "--lake", str(lake)]
    with mock.patch.object(CostMeter, "listen", listen):
        code = answer(command)
    if code:
        raise CommandFailed(f"paperhouse {' '.join(command)} ended with exit code {code}.")
    whole = _since(cluster, begin, watcher.highest)
    ours, theirs = (json.loads((place / "last_build.json").read_text())["stages"] for place in (warehouse, folder))
    differs = compare_marts(*(place / "warehouse.duckdb" for place in (warehouse, folder)))
    releases = _read_published(warehouse), _read_published(folder)
    return WholeBuild(read_tables(warehouse), watcher.spent, differs, (ours, theirs), releases, whole)


def _read_published(warehouse: Path) -> Published:
    manifest = json.loads((warehouse / "releases" / "latest" / "manifest.json").read_text())
    files = {file["path"]: (file["sha256"], file["bytes"]) for file in manifest["files"]}
    return Published((warehouse / "paperhouse.duckdb").stat().st_size, files)


def run_script(dumps: Path, output: Path, cluster: Cluster) -> Spent:
    """The PySpark script of `peers` on the same dumps and the same Spark; its tables go to `output`.

    peak_bytes is of the script's own process: what Spark holds it holds since the build. Raises CommandFailed.
    """
    begin = _stand(cluster)
    shutil.rmtree(output, ignore_errors=True)
    own = measure([sys.executable, "-m", _SCRIPT, str(dumps), str(output), cluster.address])
    spent = _since(cluster, begin, own.peak_bytes)
    return Spent(spent.seconds, spent.cpu_seconds + own.cpu_seconds, spent.peak_bytes, spent.shuffled)


def _stand(cluster: Cluster) -> tuple[float, float, int]:
    cpu = cluster.read_usage()[0] + time.process_time()
    return time.perf_counter(), cpu, cluster.read_totals()["totalShuffleWrite"]


def _since(cluster: Cluster, begin: tuple[float, float, int], peak: int) -> Spent:
    seconds, cpu, shuffled = (now - then for now, then in zip(_stand(cluster), begin, strict=True))
    return Spent(seconds, cpu, peak, int(shuffled))


def format_whole(built: WholeBuild) -> str:
    """A line per table, DuckDB's cost beside Spark's, their sums and the whole; the stages; how many are equal."""
    rows = [
        (name, _say_outcome(built, name), *_format_ours(built.duckdb.get(name)), *_format_spent(spent))
        for name, spent in built.spark.items()
    ]
    costs = [built.duckdb[name] for name in built.spark if name in built.duckdb]
    ours = TableCost(sum(cost.seconds for cost in costs), sum(cost.cpu_seconds for cost in costs), 0)
    rows.append(("all of these", "", *_format_ours(ours), *_format_spent(_sum(built.spark.values()))))
    rows.append(("the whole command", "", "", "", *_format_spent(built.whole)))
    header = ("table", "mart", "DuckDB s", "CPU s", "Spark s", "CPU s", "peak", "MB shuffled")
    names = list(dict.fromkeys([*built.stages[0], *built.stages[1]]))
    stages = [(name, *(f"{side.get(name, 0):.1f}" for side in built.stages)) for name in names]
    equal = sum(not differs for differs in built.differs.values())
    return (
        f"{format_table(header, rows)}\n\n{format_table(('stage', 'DuckDB s', 'Spark s'), stages)}\n\n"
        f"{_format_releases(*built.releases)}\n{equal} of {len(built.differs)} marts are equal."
    )


def _format_releases(ours: Published, theirs: Published) -> str:
    """Sizes of what was published, and how many files are the same bytes: all, where the same code made both."""
    rows = [
        (name, format_bytes(one.database_bytes), format_bytes(sum(size for _, size in one.files.values())))
        for name, one in (("by DuckDB", ours), ("by Spark", theirs))
    ]
    same = sum(theirs.files.get(path) == facts for path, facts in ours.files.items())
    table = format_table(("release", "readers' database", "Parquet"), rows)
    return f"{table}\n\n{same} of {len(ours.files)} Parquet files are the same bytes."


def format_script(spent: Spent, output: Path) -> str:
    """What the script took, in a line, and how much it found."""
    header = ("", "Spark s", "CPU s", "peak of its own", "MB shuffled")
    counts = [
        duckdb.sql(f"select count(*) from read_parquet('{output}/{table}/*.parquet')").fetchall()[0][0]
        for table in ("papers", "term_months")
    ]
    found = "{:,} papers, {:,} terms".format(*counts)
    return f"{format_table(header, [('PySpark script', *_format_spent(spent))])}\n{found}"


def _sum(spent: Collection[Spent]) -> Spent:
    """What all took, one after the other."""
    return Spent(
        sum(one.seconds for one in spent),
        sum(one.cpu_seconds for one in spent),
        max((one.peak_bytes for one in spent), default=0),
        sum(one.shuffled for one in spent),
    )


def _say_outcome(built: WholeBuild, name: str) -> str:
    if name not in built.differs:
        return ""
    return f"differs: {', '.join(built.differs[name])}" if built.differs[name] else "equal"


def _format_ours(cost: TableCost | None) -> tuple[str, str]:
    return (f"{cost.seconds:.2f}", f"{cost.cpu_seconds:.2f}") if cost else ("", "")


def _format_spent(spent: Spent) -> tuple[str, str, str, str]:
    shuffled = f"{spent.shuffled / 1e6:.3f}"
    return f"{spent.seconds:.1f}", f"{spent.cpu_seconds:.1f}", format_bytes(spent.peak_bytes), shuffled
