"""The whole build beside a pandas script and `wc -w`, on the same files.

What the numbers mean (slopes, ratios, goals) is computed here from plain usages; running and printing them is the other
half of the module. How a process is measured is in `measure`.
"""

import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpora import DATA, count_words_command, list_files, make_corpus, plan_archive
from benchmarks.costs import (
    FIRST,
    NEW_DAY,
    Run,
    format_runs,
    format_tables,
    measure_first,
    measure_runs,
    read_tables,
    take_part,
)
from benchmarks.measure import ROOT, CommandFailed, Usage, measure
from benchmarks.tables import format_bytes, format_ratio, format_seconds, format_table

OURS, SCRIPT, WORDS = "paperhouse build", "pandas script", "wc -w"
CONTENDERS = (OURS, SCRIPT, WORDS)
#: What is left of the wall time when all stages are taken out.
OUTSIDE = "outside the stages"
_PEERS = ROOT / "benchmarks" / "peers"

#: Usage by contender and corpus size in papers.
Usages = Mapping[str, Mapping[int, Usage]]


@dataclass(frozen=True)
class Goal:
    """What was aimed for, and what was observed; `limit` and `observed` are ratios.

    `observed` is None where the run cannot tell, as when noise outweighs a slope between two small sizes.
    """

    claim: str
    observed: float | None
    limit: float

    @property
    def verdict(self) -> str:
        """One of met, MISSED and unclear."""
        if self.observed is None:
            return "unclear: use larger sizes"
        return "met" if self.observed <= self.limit else "MISSED"


def compute_slope(by_size: Mapping[int, Usage]) -> float:
    """Return seconds per additional paper from the smallest to the largest size: the fixed start falls out.

    Raises:
        ValueError: fewer than two sizes.
    """
    smallest, largest = min(by_size), max(by_size)
    if smallest == largest:
        raise ValueError("a slope needs two sizes")
    return (by_size[largest].wall_seconds - by_size[smallest].wall_seconds) / (largest - smallest)


def judge(usages: Usages, new_day: Usage, noop: Usage, bare_start: Usage) -> list[Goal]:
    """Compare the usages with the goals.

    Args:
        usages: every contender at the same sizes, at least two.
        new_day: a build that adds one day, at the largest size.
        noop: a build with nothing new, at the largest size.
        bare_start: the frameworks' start alone.
    """
    smallest, largest = min(usages[OURS]), max(usages[OURS])
    ours, script = usages[OURS][largest], usages[SCRIPT][largest]
    slopes = {contender: compute_slope(by_size) for contender, by_size in usages.items()}
    first = f"first build of {smallest:,} papers beside the bare start"
    return [
        Goal("wall time beside the script's", ours.wall_seconds / script.wall_seconds, 1.0),
        Goal("marginal cost per paper beside the script's", _divide_slopes(slopes[OURS], slopes[SCRIPT]), 0.6),
        Goal("marginal cost per paper beside wc -w", _divide_slopes(slopes[OURS], slopes[WORDS]), 25.0),
        Goal("peak memory beside the script's", ours.peak_bytes / script.peak_bytes, 0.3),
        Goal(first, usages[OURS][smallest].wall_seconds / bare_start.wall_seconds, 1.5),
        Goal("one new day beside the first build", new_day.wall_seconds / ours.wall_seconds, 0.15),
        Goal("build with nothing new beside the bare start", noop.wall_seconds / bare_start.wall_seconds, 0.4),
    ]


def _divide_slopes(ours: float, other: float) -> float | None:
    """Return the ratio of two slopes, or None if one of them is not positive: more papers cannot cost less."""
    return ours / other if ours > 0 and other > 0 else None


def format_usages(usages: Usages) -> str:
    """Print time, CPU, memory and throughput of every contender at every size, and ours as a ratio of each."""
    rows = []
    for papers in sorted(usages[OURS]):
        ours = usages[OURS][papers]
        for contender in CONTENDERS:
            used = usages[contender][papers]
            rows.append(
                [
                    contender,
                    f"{papers:,}",
                    format_seconds(used.wall_seconds),
                    format_seconds(used.cpu_seconds),
                    format_bytes(used.peak_bytes),
                    f"{papers / used.wall_seconds:,.0f}",
                    format_ratio(ours.wall_seconds / used.wall_seconds),
                    format_ratio(ours.peak_bytes / used.peak_bytes),
                ]
            )
    header = ["", "papers", "wall", "cpu", "peak memory", "papers/s", "our wall", "our memory"]
    return format_table(header, rows)


def format_slopes(usages: Usages) -> str:
    """Print what one more paper costs each contender."""
    slopes = {contender: compute_slope(usages[contender]) for contender in CONTENDERS}
    rows = []
    for contender, slope in slopes.items():
        ratio = _divide_slopes(slopes[OURS], slope)
        rows.append([contender, f"{slope * 1e6:,.1f}", "unclear" if ratio is None else format_ratio(ratio)])
    return format_table(["marginal cost", "µs per paper", "ours beside it"], rows)


def format_stages(stages: Mapping[int, Mapping[str, float]]) -> str:
    """Print our stages at every size, with what one more paper costs in each."""
    sizes = sorted(stages)
    names = list(dict.fromkeys(name for papers in reversed(sizes) for name in stages[papers]))
    rows = []
    for name in names:
        seconds = [stages[papers].get(name, 0.0) for papers in sizes]
        slope = (seconds[-1] - seconds[0]) / (sizes[-1] - sizes[0])
        rows.append([name, *(format_seconds(value) for value in seconds), f"{slope * 1e6:,.1f}"])
    return format_table(["stage of ours", *(f"{papers:,} papers" for papers in sizes), "µs per paper"], rows)


def complete_stages(stages: Mapping[str, float], used: Usage) -> dict[str, float]:
    """Add what the stages leave out of the wall time: starting Python, the run's bookkeeping, the printed summary."""
    return {**stages, OUTSIDE: used.wall_seconds - sum(stages.values())}


def format_starts(noop: Usage, noop_stages: Mapping[str, float], bare_start: Usage) -> str:
    """Print a build with nothing new, stage by stage, beside the bare start of the frameworks."""
    rows = [
        ["build with nothing new", format_seconds(noop.wall_seconds), format_seconds(noop.cpu_seconds)],
        *([f"  {name}", format_seconds(seconds), ""] for name, seconds in noop_stages.items()),
        [
            "bare start (imports, dbt parse)",
            format_seconds(bare_start.wall_seconds),
            format_seconds(bare_start.cpu_seconds),
        ],
    ]
    return format_table(["", "wall", "cpu"], rows)


def format_goals(goals: Sequence[Goal]) -> str:
    """Print each goal with what was observed."""
    rows = [
        [
            goal.claim,
            "" if goal.observed is None else format_ratio(goal.observed),
            f"at most {format_ratio(goal.limit)}",
            goal.verdict,
        ]
        for goal in goals
    ]
    return format_table(["goal", "observed", "limit", ""], rows)


def run_build(papers: Sequence[int], repeat: int, say: Callable[[str], None], data: Path = DATA) -> None:
    """Measure every contender at every size, print the tables and write the numbers to `build.json`.

    Args:
        papers: corpus sizes; a single one is joined by a tenth of it, since a slope needs two.
        repeat: runs per contender and size, of which the median counts.
        say: called with what is being done.
        data: where corpora, warehouses and results are kept.

    Raises:
        CommandFailed: a contender failed, or the build with nothing new found something to build.
    """
    sizes = sorted({*papers, max(papers) // 10} if len(set(papers)) == 1 else set(papers))
    usages: dict[str, dict[int, Usage]] = {contender: {} for contender in CONTENDERS}
    runs: dict[int, dict[str, Run]] = {}
    stages: dict[int, dict[str, float]] = {}
    warehouse, output = data / "warehouse", data / "peer"
    for size in sizes:
        say(f"corpus of {size:,} papers")
        corpus = make_corpus(plan_archive(size), data)
        commands = _name_commands(corpus, warehouse, output, data)
        # Unmeasured: reads every file once, so that nobody pays for a cold cache.
        measure(commands[WORDS])
        for contender, command in commands.items():
            say(f"{contender} on {size:,} papers")
            if contender == OURS:
                used, stages[size] = _measure_ours(command, repeat, warehouse, is_fresh=True)
            else:
                used = measure(command, repeat, before=lambda: _clear(output))
            usages[contender][size] = used
        first = Run(usages[OURS][size], stages[size], read_tables(warehouse))
        runs[size] = measure_runs(first, corpus, warehouse, data / "new_day", say)
    tables = (
        format_usages(usages),
        format_slopes(usages),
        format_stages(stages),
        format_runs(runs),
        format_tables(runs),
    )
    print("\n\n".join(tables))
    say("a build with nothing new, and the bare start of the frameworks")
    noop, noop_stages = _measure_ours(commands[OURS], repeat, warehouse, is_fresh=False)
    bare_command = [sys.executable, str(_PEERS / "bare_start.py"), str(ROOT / "dbt_project"), str(data / "bare_target")]
    measure(bare_command)
    bare_start = measure(bare_command, repeat)
    _clear(warehouse, output)

    goals = judge(usages, runs[sizes[-1]][NEW_DAY].usage, noop, bare_start)
    print(f"\n{format_starts(noop, noop_stages, bare_start)}\n\n{format_goals(goals)}")
    results: dict[str, Any] = {
        "usages": {
            contender: {size: asdict(used) for size, used in by_size.items()} for contender, by_size in usages.items()
        },
        "stages": stages,
        "nothing_new": {**asdict(noop), "stages": noop_stages},
        "bare_start": asdict(bare_start),
        "goals": [{**asdict(goal), "verdict": goal.verdict} for goal in goals],
    }
    (data / "build.json").write_text(json.dumps(results, indent=2), encoding="utf-8")


def run_corpus(corpus: Path, say: Callable[[str], None], data: Path = DATA) -> None:
    """Measure our builds of a real corpus, a file of JSON lines, and of every tenth line of it; print the tables.

    Raises:
        CommandFailed: a build failed, or ended as another kind of build than it should.
    """
    runs = {}
    for one_in in (10, 1):
        papers, part = take_part(corpus, data / "part" / f"{corpus.name.split('.')[0]}-{one_in}.jsonl", one_in)
        say(f"{papers:,} records of {corpus.name}")
        _clear(data / "warehouse")
        first = measure_first(part, data / "warehouse", say)
        runs[papers] = measure_runs(first, part, data / "warehouse", data / "new_day", say)
    stages = {size: complete_stages(run[FIRST].stages, run[FIRST].usage) for size, run in runs.items()}
    print("\n\n".join((format_stages(stages), format_runs(runs), format_tables(runs))))
    _clear(data / "warehouse", data / "part")


def _name_commands(corpus: Path, warehouse: Path, output: Path, data: Path) -> dict[str, list[str]]:
    paperhouse = Path(sys.executable).with_name("paperhouse")
    return {
        OURS: [str(paperhouse), "build", "--warehouse", str(warehouse), str(corpus)],
        SCRIPT: [sys.executable, str(_PEERS / "pandas_script.py"), str(corpus), str(output)],
        WORDS: count_words_command(list_files(corpus), data / "files.txt"),
    }


def _measure_ours(
    command: Sequence[str], repeat: int, warehouse: Path, is_fresh: bool
) -> tuple[Usage, dict[str, float]]:
    """Measure our build, into a new warehouse each time or onto the one there is, with the stages of the same run."""
    runs: list[tuple[Usage, dict[str, float]]] = []

    def note_stages(used: Usage) -> None:
        summary = json.loads((warehouse / "last_build.json").read_text(encoding="utf-8"))
        if not is_fresh and summary["outcome"] != "unchanged":
            raise CommandFailed(f"a build with nothing new ended as {summary['outcome']}: has the project changed?")
        runs.append((used, complete_stages(summary["stages"], used)))

    median = measure(command, repeat, before=(lambda: _clear(warehouse)) if is_fresh else None, after=note_stages)
    return median, next(stages for used, stages in runs if used is median)


def _clear(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
