"""What many runs leave: file handles of the process that made and watched them, bytes of history, the UI's start.

A run of one small asset, as Dagster makes it, in the history of a warehouse of its own; after each the rule that lets
go of old runs is applied, as every build does.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpora import DATA
from benchmarks.tables import format_seconds, format_table
from paperhouse.upkeep.growth import KEPT_RUNS
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.run_files import make_run_files

#: Where the UI is asked for, and seconds after which it is given up.
PORT, PATIENCE = 3911, 120


@dataclass(frozen=True)
class Stand:
    """After so many runs: open file handles of this process, runs in the history, its bytes."""

    made: int
    handles: int
    kept: int
    bytes: int


@dataclass(frozen=True)
class Runs:
    """Stands along the way, and seconds until the UI answered: on an empty history, and on what the runs left."""

    stands: list[Stand]
    first_start: float
    last_start: float


def run_runs(count: int, say: Callable[[str], None], data: Path = DATA) -> Runs:
    """Make runs in this process; five stands on the way."""
    folder = data / "runs"
    shutil.rmtree(folder, ignore_errors=True)
    house = Warehouse(folder / "warehouse")
    house.prepare()
    house.set_environment()
    make_run_files(house)
    say("starting the UI on an empty history")
    first = time_ui(house)
    stands = make_runs(house, count, say)
    say("starting the UI again")
    return Runs(stands, first, time_ui(house))


def make_runs(house: Warehouse, count: int, say: Callable[[str], None]) -> list[Stand]:
    """Runs of a warehouse that the environment names; the first stand is after one run."""
    import dagster as dg

    from paperhouse.orchestration.old_runs import prune_runs

    @dg.asset
    def small() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata={"dagster/row_count": 1})

    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    stands, step = [], max(count // 5, 1)
    with dg.DagsterInstance.get() as instance:
        for number in range(1, count + 1):
            run = dg.materialize([small], instance=instance, run_config=quiet).run_id
            instance.all_logs(run)  # as whoever watches it reads it
            prune_runs(instance, house)
            if number == 1 or number % step == 0:
                kept = instance.get_runs_count()
                stands.append(Stand(number, len(os.listdir("/proc/self/fd")), kept, _measure(house.dagster_home)))
                say(f"{number} runs: {stands[-1].handles} handles, {stands[-1].bytes:,} bytes")
    return stands


def time_ui(house: Warehouse) -> float:
    """Seconds until the UI of a warehouse answers with its definitions; ends it."""
    command = [str(Path(sys.executable).with_name("paperhouse")), "ui", "-w", str(house.folder), "--port", str(PORT)]
    start = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            while not _answers():
                if time.perf_counter() - start > PATIENCE or process.poll() is not None:
                    raise RuntimeError(f"The UI did not answer on port {PORT} within {PATIENCE} s.")
                time.sleep(0.1)
            return time.perf_counter() - start
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def _answers() -> bool:
    query = b'{"query": "{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }"}'
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/graphql", query, {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return b"__repository__" in answer.read()
    except (urllib.error.URLError, OSError):
        return False


def _measure(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def format_runs(runs: Runs) -> str:
    """A table of the stands, what a kept run takes, and the two starts of the UI."""
    first, last = runs.stands[0], runs.stands[-1]
    rows = [(f"{s.made:,}", f"{s.handles}", f"{s.kept:,}", f"{s.bytes / 1e6:,.2f}") for s in runs.stands]
    a_run = (last.bytes - first.bytes) / max(last.kept - first.kept, 1) / 1e3
    return "\n".join(
        (
            format_table(("runs made", "handles", "kept", "history, MB"), rows),
            f"{last.handles - first.handles:+d} handles; {a_run:,.1f} KB a kept run; the rule keeps {KEPT_RUNS}",
            f"the UI answers after {format_seconds(runs.first_start)} on an empty history, "
            f"{format_seconds(runs.last_start)} on this one",
        )
    )
