"""The raw stage at scale: time, peak memory and throughput of loading. What is run is in `load_subject`."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from benchmarks.corpora import DATA, fingerprint_generator
from benchmarks.measure import measure
from benchmarks.tables import format_bytes, format_seconds, format_table
from paperhouse.sample.papers import list_days, write_papers

#: Distinct papers the corpora are put together from; a corpus of small dumps pairs them in ever new ways.
PAPERS = 20_000
#: Files in one folder.
_FOLDER_SIZE = 1_000


@dataclass(frozen=True)
class LoadRun:
    """What one load cost: seconds (imports left out) and peak memory, beside what was at hand, hashed and read."""

    name: str
    byte_count: int
    files: int
    hashed_files: int
    parsed_dumps: int
    entries: int
    rejects: int
    seconds: float
    peak_bytes: int
    stages: dict[str, float]


def run_load(
    dumps: int, jsonl_gigabytes: float, known: int, say: Callable[[str], None], data: Path = DATA
) -> list[LoadRun]:
    """Make the corpora, measure every load, print the table and write the numbers to `load.json`.

    Args:
        dumps: small dumps of two papers, loaded into an empty warehouse.
        jsonl_gigabytes: size of a file of JSON lines, loaded into an empty warehouse.
        known: dumps a warehouse holds when one more comes.
        say: called with what is being done.
        data: where corpora and results are kept.

    Raises:
        CommandFailed: a load failed; its output is shown.
    """
    corpora, warehouse = data / "corpora", data / "load-warehouse"
    runs: list[LoadRun] = []
    small = huge = settled = None
    if dumps:
        say(f"{dumps:,} small dumps: writing")
        small = _make(corpora / f"small-{dumps}", lambda folder: write_small_dumps(folder, dumps))
    if jsonl_gigabytes:
        say(f"{jsonl_gigabytes:g} GB of JSON lines: writing")
        byte_count = int(jsonl_gigabytes * 1e9)
        huge = _make(corpora / f"jsonl-{jsonl_gigabytes:g}", lambda folder: write_json_lines(folder, byte_count))
    if known:
        say(f"{known:,} small dumps: writing")
        settled = _make(corpora / f"small-{known}", lambda folder: write_small_dumps(folder, known))
    if small:
        runs.append(_run(f"{dumps:,} small dumps", small, warehouse, say))
        runs.append(_run("the same again", small, warehouse, say, is_new=False))
    if huge:
        runs.append(_run(f"{jsonl_gigabytes:g} GB of JSON lines", huge, warehouse, say))
    if settled:
        runs.append(_run(f"{known:,} small dumps", settled, warehouse, say))
        new = settled / "one-new.txt"
        new.write_text("One New Paper: A Census of Voles\n\nWe count voles in one more hedge. " + "Voles thrive. " * 30)
        try:
            runs.append(_run("one new dump among them", settled, warehouse, say, is_new=False))
        finally:
            new.unlink()
    shutil.rmtree(warehouse, ignore_errors=True)
    print(format_runs(runs))
    (data / "load.json").write_text(json.dumps([asdict(run) for run in runs], indent=2), encoding="utf-8")
    return runs


def format_runs(runs: list[LoadRun]) -> str:
    """Print what each load met and cost, and below it the seconds of its stages."""
    rows = [
        [
            run.name,
            f"{run.byte_count / 1e6:,.1f} MB",
            f"{run.files:,}",
            f"{run.hashed_files:,}",
            f"{run.parsed_dumps:,}",
            f"{run.entries:,}",
            f"{run.rejects:,}",
            format_seconds(run.seconds),
            f"{run.files / run.seconds:,.0f}/s",
            f"{run.byte_count / 1e6 / run.seconds:,.0f} MB/s",
            format_bytes(run.peak_bytes),
        ]
        for run in runs
    ]
    header = [
        "load",
        "bytes",
        "files",
        "hashed",
        "parsed",
        "entries",
        "rejects",
        "time",
        "files",
        "bytes",
        "peak memory",
    ]
    stages = [
        f"{run.name}: " + ", ".join(f"{name} {format_seconds(seconds)}" for name, seconds in run.stages.items())
        for run in runs
    ]
    return "\n".join([format_table(header, rows), "", *stages])


def _make(folder: Path, write: Callable[[Path], None]) -> Path:
    """A corpus folder, written unless one of this generator is there."""
    stamp = folder.with_name(f"{folder.name}.json")
    made_by = {"generator": fingerprint_generator(), "papers": PAPERS}
    if not (stamp.exists() and json.loads(stamp.read_text(encoding="utf-8")) == made_by):
        stamp.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write(folder)
        stamp.write_text(json.dumps(made_by), encoding="utf-8")
    return folder


def _papers() -> pl.DataFrame:
    import numpy as np

    calendar = list_days(200)
    numbers = np.arange(PAPERS)
    return pl.concat(
        write_papers(numbers[start : start + 4_000], PAPERS, calendar, 7) for start in range(0, PAPERS, 4_000)
    )


def write_small_dumps(folder: Path, count: int) -> None:
    """Write dumps of two papers, no two alike, text pages and API lists in turn, 1,000 to a folder."""
    pairs = _papers().select("page_title", "page_abstract").rows()
    for number in range(count):
        place = folder / f"{number // _FOLDER_SIZE:04}"
        if number % _FOLDER_SIZE == 0:
            place.mkdir()
        first, second = number % PAPERS, (number * 7 + number // PAPERS * 13 + 1) % PAPERS
        chosen = [pairs[first], pairs[second]]
        if number % 2:
            listed = [{"paper": {"title": title, "summary": abstract}} for title, abstract in chosen]
            (place / f"{number:06}.json").write_text(json.dumps(listed), encoding="utf-8")
        else:
            text = "\n\n".join(part for pair in chosen for part in pair)
            (place / f"{number:06}.txt").write_text(text, encoding="utf-8")


def write_json_lines(folder: Path, byte_count: int) -> None:
    """Write one file of JSON lines of at least so many bytes; every record has a title of its own."""
    with (folder / "papers.jsonl").open("wb", buffering=1 << 20) as file:
        size = 0
        for line in _record_lines():
            size += file.write(line)
            if size >= byte_count:
                return


def _record_lines() -> Iterator[bytes]:
    pairs = _papers().select("page_title", "page_abstract").rows()
    heads = [json.dumps({"title": title})[:-2].encode() for title, _ in pairs]
    tails = [b'", ' + json.dumps({"abstract": abstract})[1:].encode() + b"\n" for _, abstract in pairs]
    edition = 0
    while True:
        edition += 1
        for head, tail in zip(heads, tails, strict=True):
            yield head + b" (%d)" % edition + tail


def _run(name: str, folder: Path, warehouse: Path, say: Callable[[str], None], is_new: bool = True) -> LoadRun:
    say(f"{name}: loading")
    if is_new:
        shutil.rmtree(warehouse, ignore_errors=True)
    report = warehouse.with_suffix(".json")
    command = [sys.executable, "-m", "benchmarks.load_subject", str(folder), str(warehouse), str(report)]
    usage = measure(command)
    told = json.loads(report.read_text(encoding="utf-8"))
    report.unlink()
    files = [path for path in folder.rglob("*") if path.is_file()]
    return LoadRun(
        name=name,
        byte_count=sum(file.stat().st_size for file in files),
        files=told["counts"]["files"],
        hashed_files=told["counts"]["hashed files"],
        parsed_dumps=told["parsed_dumps"],
        entries=told["entries"],
        rejects=told["rejects"],
        seconds=told["seconds"],
        peak_bytes=usage.peak_bytes,
        stages=told["stages"],
    )
