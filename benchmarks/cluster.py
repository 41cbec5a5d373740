"""A Spark of one master and a few workers on loopback: what it takes to have one for as long as a measurement.

What belongs here: starting and ending its processes, and asking its status API and the system what they have done. What
is run on it is `engines`, `whole_builds` and `text_workers`. Spark itself is not among what we install: `pip install
pyspark` in an environment of its own has it, and needs a Java of the system (`apt-get install default-jre-headless`).
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import CommandFailed
from benchmarks.sessions import read_sessions

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

_HOST = "127.0.0.1"
#: Seconds until a process of Spark's listens, on slow, busy cores.
_PATIENCE = 180
#: Seconds of a model before a worker is killed over it, and of reading dumps, which takes less.
_SECONDS_INTO, _SECONDS_READING = 5.0, 2.0
#: What a worker can be killed over beside a model: while both read dumps.
READING = "reading"
#: Seconds between two looks at what Spark's processes take, or do.
_LOOK = 0.5
_SETTINGS = {
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.session.timeZone": "UTC",
    "spark.connect.grpc.binding.address": _HOST,
    "spark.driver.host": _HOST,
    "spark.driver.bindAddress": _HOST,
    "spark.ui.liveUpdate.period": "0",
}


@dataclass
class Cluster:
    """A running Spark: the address of its Connect server, that of its status API, its workers, all its processes.

    Each process of `processes` leads a session, which what it starts belongs to.
    """

    address: str
    status: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def kill_worker(self) -> None:
        """End one worker and its executor at once, as a machine that goes out does; nobody starts another one."""
        os.killpg(self.workers.pop().pid, signal.SIGKILL)

    def read_totals(self) -> Mapping[str, int]:
        """What all executors have done so far, ended ones too: bytes, milliseconds of tasks, tasks that failed."""
        [application] = self._ask("applications")
        executors = self._ask(f"applications/{application['id']}/allexecutors")
        names = ("totalShuffleWrite", "totalShuffleRead", "totalInputBytes", "totalDuration", "failedTasks")
        return {name: sum(executor[name] for executor in executors) for name in names}

    def read_usage(self) -> tuple[float, int]:
        """CPU seconds that all its processes have taken, and bytes they hold now (`sessions`)."""
        return read_sessions(process.pid for process in self.processes)

    def count_busy(self) -> int:
        """How many executors are working on something."""
        [application] = self._ask("applications")
        executors = self._ask(f"applications/{application['id']}/executors")
        return sum(executor["activeTasks"] > 0 for executor in executors)

    def _ask(self, what: str) -> Any:
        with urllib.request.urlopen(f"{self.status}/api/v1/{what}", timeout=30) as answer:
            return json.load(answer)


@dataclass(frozen=True)
class Spent:
    """What a model took of Spark and of this process: seconds on the clock and of CPU, bytes at the peak, shuffled."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    shuffled: int


class Watcher:
    """What each model takes, and a worker that goes out in the middle of one; hears of dbt's events.

    spent: by the names of models. killed_at: what a worker was lost over, empty while none was. Counts until `close`.
    """

    def __init__(self, cluster: Cluster, kill_during: str = "") -> None:
        """Count from now on; kill_during names a model, or READING, some seconds into which a worker is killed."""
        self._cluster, self._kill_during = cluster, kill_during
        self.spent: dict[str, Spent] = {}
        self.killed_at = ""
        self._begin()
        self.highest = 0
        self._closed = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def listen(self, event: "EventMsg") -> None:
        """Take note of a model's beginning (dbt's NodeStart is of one that is left out, too) and its end."""
        if event.info.name not in ("NodeExecuting", "NodeFinished"):
            return
        name = event.data.node_info.node_name
        if event.info.name == "NodeExecuting":
            self._begin()
            if name == self._kill_during:
                self._kill_during = ""  # once
                threading.Timer(_SECONDS_INTO, self._kill, (name,)).start()
            return
        shuffled = self._cluster.read_totals()["totalShuffleWrite"] - self._shuffled
        seconds, cpu = time.perf_counter() - self._began, self._read_cpu() - self._cpu
        peak = max(self._peak, self._cluster.read_usage()[1])
        self.spent[name] = Spent(seconds, max(cpu, 0.0), peak, shuffled)

    def kill_over_reading(self, lake: Path) -> None:
        """Kill a worker some seconds after two have begun to read the dumps of a build in a lake, if that is asked."""
        if self._kill_during == READING:
            self._kill_during = ""
            threading.Thread(target=self._await_reading, args=(lake / ".work" / "given",), daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._closed.set()

    def _begin(self) -> None:
        self._shuffled = self._cluster.read_totals()["totalShuffleWrite"]
        self._began, self._cpu, self._peak = time.perf_counter(), self._read_cpu(), 0

    def _await_reading(self, given: Path) -> None:
        while not self._closed.wait(_LOOK):
            if given.exists() and self._cluster.count_busy() > 1:
                self._closed.wait(_SECONDS_READING)
                if given.exists() and self._cluster.count_busy() > 1:  # else it was over before
                    self._kill(READING)
                return

    def _look(self) -> None:
        while not self._closed.wait(_LOOK):
            size = self._cluster.read_usage()[1]
            self._peak, self.highest = max(self._peak, size), max(self.highest, size)

    def _read_cpu(self) -> float:
        return self._cluster.read_usage()[0] + time.process_time()

    def _kill(self, name: str) -> None:
        self._cluster.kill_worker()
        self.killed_at = name


@contextmanager
def start_cluster(spark: Path, worker_count: int, folder: Path) -> Iterator[Cluster]:
    """A Spark with so many workers of one core, which ends with the block.

    Args:
        spark: where Spark lies: the folder `pyspark` of an environment with pyspark.
        worker_count: how many workers.
        folder: where its processes write, made anew.

    Raises:
        CommandFailed: there is no Java or no Spark, or one of its processes did not start.
    """
    if not shutil.which("java"):
        raise CommandFailed("Spark needs Java 17 or newer: apt-get install default-jre-headless.")
    if not (spark / "bin" / "spark-class").exists():
        raise CommandFailed(
            f"{spark} holds no Spark. pip install pyspark==4.1.4 elsewhere, and name its folder pyspark."
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    master_port, connect_port, ui_port, *other_ports = _find_ports(4 + worker_count)
    master = f"spark://{_HOST}:{master_port}"
    cluster = Cluster(f"sc://{_HOST}:{connect_port}", f"http://{_HOST}:{ui_port}")

    def start(name: str, *command: str) -> subprocess.Popen[bytes]:
        cluster.processes.append(_start(spark, folder, name, command))
        return cluster.processes[-1]

    run = str(spark / "bin" / "spark-class")
    deploy = "org.apache.spark.deploy"
    try:
        ports = ["--port", str(master_port), "--webui-port", str(other_ports.pop())]
        _await(start("master", run, f"{deploy}.master.Master", "--host", _HOST, *ports), master_port, folder)
        for number in range(worker_count):
            size = ["--cores", "1", "--memory", "2g", "--webui-port", str(other_ports.pop())]
            size += ["--work-dir", str(folder / f"work_{number}"), "--host", _HOST]
            cluster.workers.append(start(f"worker_{number}", run, f"{deploy}.worker.Worker", *size, master))
        settings = _SETTINGS | {
            "spark.connect.grpc.binding.port": str(connect_port),
            "spark.ui.port": str(ui_port),
            "spark.sql.warehouse.dir": str(folder / "tables"),
        }
        named = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
        submit = [str(spark / "bin" / "spark-submit"), "--master", master, "--driver-memory", "3g", *named]
        server = "org.apache.spark.sql.connect.service.SparkConnectServer"
        _await(start("connect", *submit, "--class", server, "spark-internal"), connect_port, folder)
        yield cluster
    finally:
        for process in reversed(cluster.processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _start(spark: Path, folder: Path, name: str, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """A process that leads a group of its own, so that what it starts ends with it."""
    environment = {
        **os.environ,
        "SPARK_HOME": str(spark),
        "SPARK_LOCAL_IP": _HOST,
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "PYSPARK_PYTHON": sys.executable,
    }
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )


def _await(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    for _ in range(_PATIENCE * 2):
        if process.poll() is not None:
            break
        with suppress(OSError):
            socket.create_connection((_HOST, port), timeout=1).close()
            return
        time.sleep(0.5)
    raise CommandFailed(f"A process of Spark's did not start; {folder} has what they wrote.")


def _find_ports(count: int) -> list[int]:
    """Ports of this machine at which nobody listens."""
    listeners = [socket.create_server((_HOST, 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports
