"""Builds killed at random moments: is anything half published, and do the same bytes come out in the end?

Each build has new dumps to read and is killed with SIGKILL at a moment drawn from the time a build takes: every second
time the process alone, as `kill -9` does, else with all its children, as a power cut does. After each kill a reader's
view must be whole. A last build completes what is left; its Parquet must be byte for byte that of a build nobody
disturbed.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpora import DATA, list_files
from benchmarks.measure import ROOT
from paperhouse.release.history import find_damage, find_release
from paperhouse.sample import write_sample
from paperhouse.warehouse.folder import LATEST, Warehouse

#: Dumps of the first build.
_FIRST = 10


@dataclass(frozen=True)
class Kills:
    """What came of it: builds killed, builds that ended before their moment, problems, Parquet files that differ."""

    killed: int
    completed: int
    problems: list[str]
    files: int
    differing: list[str]


def run_kills(kills: int, seed: int, say: Callable[[str], None], data: Path = DATA) -> Kills:
    """Kill so many builds, then complete, and compare with an undisturbed warehouse."""
    folder = data / "kills"
    shutil.rmtree(folder, ignore_errors=True)
    warehouse, chance = Warehouse(folder / "warehouse"), random.Random(seed)
    # One corpus, a file more of it for each build: other seeds would give other papers the same arXiv ids.
    write_sample(folder / "dumps", papers=20 * kills + 100, days=2 * kills + 20, days_apart=1)
    waiting = list_files(folder / "dumps")
    dumps, waiting = waiting[:_FIRST], waiting[_FIRST:]
    start = time.perf_counter()
    _finish(_start(warehouse, dumps))
    duration = time.perf_counter() - start
    problems, killed, completed = [], 0, 0
    while killed < kills:
        dumps, waiting = dumps + waiting[:1], waiting[1:]
        start = time.perf_counter()
        build = _start(warehouse, dumps)
        moment = chance.uniform(0, duration)
        try:
            build.wait(timeout=moment)
            completed += 1
            duration = time.perf_counter() - start  # what a build takes now, next to whatever else the machine does
            where = "after a build that ended in time"
            if build.returncode:
                problems.append(f"a build nobody killed ended with code {build.returncode}")
        except subprocess.TimeoutExpired:
            if killed % 2:
                os.killpg(build.pid, signal.SIGKILL)
            else:
                build.kill()
            build.wait()
            killed += 1
            where = f"after kill {killed} at {moment:.1f} s of {duration:.1f} s"
        found = _look(warehouse)
        problems += [f"{where}: {problem}" for problem in found]
        say(f"{where}: {'; '.join(found) or 'whole'}")
    _finish(_start(warehouse, dumps))
    problems += [f"at the end: {problem}" for problem in _look(warehouse)]
    say("building the same dumps undisturbed")
    undisturbed = Warehouse(folder / "undisturbed")
    _finish(_start(undisturbed, dumps))
    digests = [_digests(house) for house in (warehouse, undisturbed)]
    names = digests[0].keys() | digests[1].keys()
    return Kills(
        killed,
        completed,
        problems,
        len(names),
        sorted(name for name in names if digests[0].get(name) != digests[1].get(name)),
    )


def format_kills(result: Kills) -> str:
    """The outcome in a few lines."""
    lines = result.problems[:10]
    same = result.files - len(result.differing)
    lines += [f"other bytes: {name}" for name in result.differing]
    lines.append(
        f"{result.killed} builds killed ({result.completed} ended before their moment): "
        f"{len(result.problems)} half-published states; {same} of {result.files} Parquet files are byte for byte "
        "those of an undisturbed build"
    )
    return "\n".join(lines)


def _start(warehouse: Warehouse, dumps: list[Path]) -> subprocess.Popen[bytes]:
    paperhouse = Path(sys.executable).with_name("paperhouse")
    log = (warehouse.folder.with_suffix(".log")).open("ab")
    command = [str(paperhouse), "build", "--warehouse", str(warehouse.folder), *map(str, dumps)]
    return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)


def _finish(build: subprocess.Popen[bytes]) -> None:
    if build.wait() != 0:
        raise subprocess.CalledProcessError(build.returncode, "paperhouse build")


def _look(warehouse: Warehouse) -> list[str]:
    """What a reader would find wrong: files that are not what the manifest says, a database of another release."""
    kept = find_release(warehouse, LATEST)
    problems = find_damage(kept)
    if warehouse.published_database.resolve().parent != kept.folder.resolve():
        problems.append("the database is another release's")
    with warehouse.read() as connection:
        for file in kept.manifest["files"]:
            (rows,) = connection.execute(f"select count(*) from marts.{file['table']}").fetchall()[0]
            if rows != kept.manifest["tables"][file["table"]]["rows"]:
                problems.append(f"marts.{file['table']} has {rows} rows")
    for folder in warehouse.releases.iterdir():
        if not folder.name.startswith(".") and not (folder / "manifest.json").exists():
            problems.append(f"releases/{folder.name} has no manifest")
    return problems


def _digests(warehouse: Warehouse) -> dict[str, str]:
    manifest = json.loads((warehouse.releases / LATEST / "manifest.json").read_text())
    return {file["path"]: file["sha256"] for file in manifest["files"]}
