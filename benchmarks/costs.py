"""What our build costs, run by run and table by table: a first build, one new day, nothing new, at several sizes.

What the numbers mean (slopes, exponents) is computed here from plain costs; running and printing them is the other half
of the module. How a process is measured is in `measure`, what a table takes in `paperhouse.orchestration.table_costs`.
"""

import gzip
import json
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import CommandFailed, Usage, measure
from benchmarks.tables import format_bytes, format_ratio, format_seconds, format_table
from paperhouse.orchestration.table_costs import TableCost, read_costs
from paperhouse.sample import write_sample

FIRST, NEW_DAY, NOTHING = "first build", "one new day of 50", "nothing new"
#: How a run must end to be what it is called.
_OUTCOMES = {FIRST: "published", NEW_DAY: "published", NOTHING: "unchanged"}
#: Tables that take less than this share of the largest first build are not printed.
SHOWN_SHARE = 0.01
NEW_PAPERS = 50


@dataclass(frozen=True)
class Run:
    """One build: what it used, its stages in seconds, and what each dbt table took."""

    usage: Usage
    stages: Mapping[str, float]
    tables: Mapping[str, TableCost]


#: Runs by kind, at each corpus size in papers.
Runs = Mapping[int, Mapping[str, Run]]


def measure_first(corpus: Path, warehouse: Path, say: Callable[[str], None]) -> Run:
    """The first build of a warehouse, whose folder is not there yet."""
    say(FIRST)
    return _measure_run(FIRST, [corpus], warehouse)


def measure_runs(first: Run, corpus: Path, warehouse: Path, day: Path, say: Callable[[str], None]) -> dict[str, Run]:
    """The first build that was measured last, and what follows it; the new day's folder is written if it is missing."""
    if not day.exists():
        write_sample(day, papers=NEW_PAPERS, days=1, seed=50, layouts=("api_list",), has_odd_days=False)
    runs = {FIRST: first}
    for kind in (NEW_DAY, NOTHING):
        say(kind)
        runs[kind] = _measure_run(kind, [corpus, day], warehouse)
    return runs


def _measure_run(kind: str, dumps: list[Path], warehouse: Path) -> Run:
    command = [str(Path(sys.executable).with_name("paperhouse")), "build", "--warehouse", str(warehouse)]
    used = measure([*command, *map(str, dumps)])
    summary = json.loads((warehouse / "last_build.json").read_text(encoding="utf-8"))
    if summary["outcome"] != _OUTCOMES[kind]:
        raise CommandFailed(f"{kind} ended as {summary['outcome']}")
    return Run(used, summary["stages"], {} if kind == NOTHING else read_tables(warehouse))


def read_tables(warehouse: Path) -> dict[str, TableCost]:
    """What each dbt table took in the last build of a warehouse that made any."""
    return read_costs(warehouse / ".dbt" / "costs.json")


def take_part(corpus: Path, target: Path, one_in: int) -> tuple[int, Path]:
    """Write every so many-th line of a file of JSON lines (gzip or not); returns how many, and the file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    opened = gzip.open(corpus, "rt", encoding="utf-8") if corpus.suffix == ".gz" else corpus.open(encoding="utf-8")
    with opened as lines, target.open("w", encoding="utf-8") as part:
        taken = [line for number, line in enumerate(lines) if number % one_in == 0]
        part.writelines(taken)
    return len(taken), target


def compute_exponent(small: float, large: float, small_size: int, large_size: int) -> float | None:
    """The power of the number of papers by which a cost grows: 1 is linear; None where a cost is nought."""
    if small <= 0 or large <= 0:
        return None
    return math.log(large / small) / math.log(large_size / small_size)


def format_runs(runs: Runs) -> str:
    """Print what each kind of build used at each size, beside the first build of that size."""
    rows = []
    for size, by_kind in sorted(runs.items()):
        for kind, run in by_kind.items():
            used = run.usage
            beside = format_ratio(used.cpu_seconds / by_kind[FIRST].usage.cpu_seconds)
            usage = [format_seconds(used.wall_seconds), format_seconds(used.cpu_seconds), format_bytes(used.peak_bytes)]
            rows.append([kind, f"{size:,}", *usage, beside])
    return format_table(["our builds", "papers", "wall", "cpu", "peak memory", "cpu beside the first"], rows)


def format_tables(runs: Runs) -> str:
    """Print what the dbt tables that matter took in first builds, and how that grows with the papers."""
    sizes = sorted(runs)
    costs = {size: runs[size][FIRST].tables for size in sizes}
    large = costs[sizes[-1]]
    least = SHOWN_SHARE * runs[sizes[-1]][FIRST].usage.cpu_seconds
    rows = []
    for name in sorted(large, key=lambda table: -large[table].cpu_seconds):
        if large[name].cpu_seconds < least:
            continue
        cpu = [costs[size][name].cpu_seconds if name in costs[size] else 0.0 for size in sizes]
        slope = (cpu[-1] - cpu[0]) / (sizes[-1] - sizes[0]) if len(sizes) > 1 else cpu[-1] / sizes[-1]
        exponent = compute_exponent(cpu[0], cpu[-1], sizes[0], sizes[-1]) if len(sizes) > 1 else None
        growth = format_bytes(large[name].peak_growth_bytes) if large[name].peak_growth_bytes else ""
        shown = "" if exponent is None else f"{exponent:.2f}"
        rows.append([name, *map(format_seconds, cpu), growth, f"{slope * 1e6:,.1f}", shown])
    left = sum(cost.cpu_seconds for cost in large.values() if cost.cpu_seconds < least)
    count = sum(cost.cpu_seconds < least for cost in large.values())
    by_size = [f"{size:,} papers" for size in sizes]
    header = ["dbt table, cpu", *by_size, "raises the peak by", "µs per paper", "exponent"]
    return f"{format_table(header, rows)}\n{count} other tables: {format_seconds(left)} at {sizes[-1]:,} papers"
