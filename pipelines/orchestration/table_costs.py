"""What each dbt table costs: seconds, CPU and memory, taken while dbt makes two at a time.

dbt says how long a table took; what it took of the processors and of memory is asked here, of the system. What belongs
here: taking it, and keeping that of the last build (`.dbt/costs.json`). What it means is for the Dagster UI, which
shows it at each table, and for `python -m benchmarks build`.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

#: ru_maxrss is in bytes on macOS, else in KiB.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class TableCost:
    """What one table took: seconds on the clock, CPU seconds, and bytes by which the process's peak rose meanwhile.

    CPU seconds are those of the thread that made it, and of a process that worked for it: on two cores, all. What
    DuckDB's further threads add on more cores cannot be told apart by table.
    """

    seconds: float
    cpu_seconds: float
    peak_growth_bytes: int


@dataclass
class CostMeter:
    """Listens to dbt's events, which come from the thread that makes the table."""

    tables: dict[str, TableCost] = field(default_factory=dict)
    _before: dict[int, tuple[float, float, int]] = field(default_factory=dict)

    def listen(self, event: EventMsg) -> None:
        """Take the time when a table begins and when it ends."""
        thread = threading.get_ident()
        if event.info.name == "NodeStart":
            self._before[thread] = _now()
        elif event.info.name == "NodeFinished" and thread in self._before:
            seconds, cpu_seconds, peak = (
                now - then for now, then in zip(_now(), self._before.pop(thread), strict=True)
            )
            self.tables[event.data.node_info.node_name] = TableCost(round(seconds, 3), round(cpu_seconds, 3), int(peak))

    def write(self, path: Path) -> None:
        """Keep the costs of this build, those of the last one go."""
        path.write_text(json.dumps({name: asdict(cost) for name, cost in self.tables.items()}, indent=1) + "\n")


def read_costs(path: Path) -> dict[str, TableCost]:
    """The costs of the last build by table; none where there was none."""
    if not path.exists():
        return {}
    return {name: TableCost(**cost) for name, cost in json.loads(path.read_text()).items()}


def _now() -> tuple[float, float, int]:
    own, beside = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_seconds = time.thread_time() + beside.ru_utime + beside.ru_stime
    return time.perf_counter(), cpu_seconds, own.ru_maxrss * _RSS_UNIT
