"""The text stage at several sizes, whole and its phrases alone, beside YAKE on a sample. `text_subject` is run."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpora import DATA, CorpusPlan, make_corpus
from benchmarks.measure import ROOT
from benchmarks.tables import format_ratio, format_seconds, format_table
from benchmarks.text_subject import read_batches
from paperhouse.loading.texts import WORKERS
from paperhouse.warehouse.folder import Warehouse


@dataclass(frozen=True)
class TextRun:
    """One run: what was run, over how many texts, in how many seconds on the clock and of CPU, and bytes at the peak.

    The clock says what a user waits for; CPU seconds do not depend on what else the machine does.
    """

    name: str
    texts: int
    seconds: float
    cpu_seconds: float
    phrases: int = 0
    peak_bytes: int = 0

    @property
    def speed(self) -> float:
        """Texts a second."""
        return self.texts / self.seconds


def run_text(papers: Sequence[int], sample: int, say: Callable[[str], None], data: Path = DATA) -> None:
    """Measure the text stage at each size and YAKE on a sample of the smallest; print the table, write `text.json`.

    Args:
        papers: sizes of generated corpora.
        sample: texts for YAKE.
        say: called with what is being done.
        data: where corpora and results are kept.

    Raises:
        CalledProcessError: a run failed; its output is shown.
    """
    runs = []
    for size in sorted(papers):
        corpus = make_corpus(CorpusPlan(size, max(size // 140, 20), ("text_spaced",)), data)
        warehouse = data / "text" / f"warehouse-{size}"
        shutil.rmtree(warehouse, ignore_errors=True)
        say(f"loading {size:,} papers")
        _run_subject("load", str(warehouse), str(corpus))
        for what, name in (("phrases", "phrases alone"), ("stage", "whole text stage")):
            say(f"{name}, {size:,} papers")
            runs.append(TextRun(name, **_run_subject(what, str(warehouse))))
        if size == min(papers):
            say(f"YAKE, {sample:,} of them")
            runs.insert(0, run_yake(Warehouse(warehouse), sample))
        shutil.rmtree(warehouse)
    print(format_text_runs(runs))
    (data / "text.json").write_text(json.dumps([asdict(run) for run in runs], indent=2), encoding="utf-8")


def run_yake(warehouse: Warehouse, sample: int) -> TextRun:
    """YAKE with its defaults, up to three words, in as many processes as the text stage has threads."""
    texts = next(read_batches(warehouse)).head(sample)
    documents = [f"{title}. {abstract}" for title, abstract in texts.select("title", "abstract").iter_rows()]
    with ProcessPoolExecutor(WORKERS) as workers:
        list(workers.map(extract_by_yake, documents[:WORKERS]))  # start and imports are not measured
        started = time.perf_counter()
        found = list(workers.map(extract_by_yake, documents, chunksize=8))
        seconds = time.perf_counter() - started
    return TextRun("YAKE", len(documents), seconds, sum(spent for _, spent in found), sum(count for count, _ in found))


def extract_by_yake(document: str) -> tuple[int, float]:
    """Number of keywords YAKE finds in one document, and the CPU seconds it takes."""
    from yake import KeywordExtractor

    worked = time.process_time()
    found = len(KeywordExtractor(lan="en", n=3, top=15).extract_keywords(document))
    return found, time.process_time() - worked


def format_text_runs(runs: Sequence[TextRun]) -> str:
    """Print each run's speed, cost and memory, and how many times as fast as YAKE, the first one, it is."""
    rows = [
        [
            run.name,
            f"{run.texts:,}",
            format_seconds(run.seconds),
            f"{run.speed:,.0f}",
            f"{1e6 * run.cpu_seconds / run.texts:,.0f} µs",
            f"{run.phrases / run.texts:.1f}",
            f"{run.peak_bytes / 1e6:,.0f} MB" if run.peak_bytes else "",
            format_ratio(run.speed / runs[0].speed),
            format_ratio(runs[0].cpu_seconds / runs[0].texts / (run.cpu_seconds / run.texts)),
        ]
        for run in runs
    ]
    header = ["", "texts", "time", "texts/s", "CPU a text", "phrases each", "peak", "beside YAKE", "by CPU"]
    return format_table(header, rows)


def _run_subject(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.text_subject", *arguments]
    completed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    lines = completed.stdout.splitlines()
    measured: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    return measured
