"""Parsing beside `wc -w` on the same bytes, layout by layout. What is run is in `parse_subject`."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.corpora import DATA, CorpusPlan, count_words_command, list_files, make_corpus
from benchmarks.measure import ROOT, measure
from benchmarks.tables import format_ratio, format_seconds, format_table
from paperhouse.sample import LAYOUTS


@dataclass(frozen=True)
class LayoutSpeed:
    """Seconds of the processor of wc -w, of parsing, and of parsing and loading, on one layout's so many bytes."""

    layout: str
    byte_count: int
    entries: int
    rejects: int
    words_seconds: float
    frames_seconds: float
    #: None where loading was not measured.
    loaded_seconds: float | None


def run_parse(papers: int, repeat: int, load: bool, say: Callable[[str], None], data: Path = DATA) -> None:
    """Measure every layout, print the table and write the numbers to `parse.json`.

    Args:
        papers: papers per layout.
        repeat: runs of each, of which the one of the fewest seconds counts: they are short, and noise only adds. Ours
            are all in one process, for starting it takes several times as long as reading.
        load: whether loading is measured, too: each time a process that reads is started, which takes a second or two.
        say: called with what is being done.
        data: where corpora and results are kept.

    Raises:
        CalledProcessError: parsing failed; its output is shown.
    """
    speeds = [_measure_layout(layout, papers, repeat, load, say, data) for layout in LAYOUTS]
    print(format_speeds(speeds))
    results = [asdict(speed) for speed in speeds]
    (data / "parse.json").write_text(json.dumps(results, indent=2), encoding="utf-8")


def format_speeds(speeds: list[LayoutSpeed]) -> str:
    """Print each layout's throughput and what it costs per byte beside wc -w."""
    rows = [
        [
            speed.layout,
            f"{speed.byte_count / 1e6:,.1f} MB",
            f"{speed.entries:,}",
            f"{speed.rejects:,}",
            format_seconds(speed.words_seconds),
            format_seconds(speed.frames_seconds),
            f"{speed.byte_count / 1e6 / speed.frames_seconds:,.0f} MB/s",
            format_ratio(speed.frames_seconds / speed.words_seconds),
            format_seconds(speed.loaded_seconds) if speed.loaded_seconds else "",
            format_ratio(speed.loaded_seconds / speed.words_seconds) if speed.loaded_seconds else "",
        ]
        for speed in speeds
    ]
    header = ["layout", "bytes", "entries", "rejects", "wc -w", "to frames", "", "beside wc", "loaded", "beside wc"]
    return format_table(header, rows)


def _measure_layout(
    layout: str, papers: int, repeat: int, load: bool, say: Callable[[str], None], data: Path
) -> LayoutSpeed:
    say(f"{papers:,} papers as {layout}")
    folder = make_corpus(CorpusPlan(papers, max(papers // 140, 20), (layout,)), data)
    files = list_files(folder)
    words = count_words_command(files, data / "files.txt")
    measure(words)
    words_seconds = min(measure(words).cpu_seconds for _ in range(repeat))
    ours = _run_subject(repeat, folder, *([data / "warehouse"] if load else []))
    return LayoutSpeed(
        layout=layout,
        byte_count=sum(file.stat().st_size for file in files),
        entries=int(ours["entries"]),
        rejects=int(ours["rejects"]),
        words_seconds=words_seconds,
        frames_seconds=ours["frames"],
        loaded_seconds=ours.get("loaded"),
    )


def _run_subject(repeat: int, *folders: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.parse_subject", str(repeat), *map(str, folders)]
    completed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    measured: dict[str, float] = json.loads(completed.stdout.splitlines()[-1])
    return measured
