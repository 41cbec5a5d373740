"""Random steps in a warehouse's life, and whether they end in the bytes that one build of what is left makes.

What belongs here: the steps, of which a seed chooses, and comparing a warehouse with a build from nothing. Steps change
dumps, readings and overrides; a build follows some of them, as it does where several things happen on a day.
"""

import csv
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.corpora import DATA, list_files, make_corpus, plan_archive
from benchmarks.measure import CommandFailed
from benchmarks.tables import format_seconds, format_table
from paperhouse.loading.forgotten import forget
from paperhouse.loading.replay import replay_dumps
from paperhouse.orchestration.build import run_build
from paperhouse.release.history import find_release
from paperhouse.release.verification import Rebuilt, rebuild
from paperhouse.warehouse.folder import LATEST, Warehouse

#: Dumps that come in a step of kind `add`, at most.
MOST_ADDED = 3


@dataclass(frozen=True)
class Walk:
    """Steps that were made, in order; seconds of each build; and, after the named number of steps, how it compares."""

    steps: list[str] = field(default_factory=list)
    builds: list[float] = field(default_factory=list)
    compared: dict[int, Rebuilt] = field(default_factory=dict)

    @property
    def differing(self) -> list[str]:
        """Parquet files that were other bytes than those of a build from nothing, at whichever comparison."""
        return sorted({path for rebuilt in self.compared.values() for path in rebuilt.differing})


class House:
    """A warehouse whose inbox a seed fills and empties."""

    def __init__(self, folder: Path, dumps: Sequence[Path], seed: int) -> None:
        """Half of the dumps are in the inbox, the rest waits."""
        self.warehouse, self.chance = Warehouse(folder), random.Random(seed)
        self.waiting = self.chance.sample(list(dumps), len(dumps))
        self.warehouse.prepare()
        for _ in range(len(dumps) // 2):
            self._take(self.waiting.pop())

    def step(self) -> str:
        """Make a step of any kind that is possible now; returns what was done."""
        kinds = (self.add, self.forget, self.replay, self.override, self.redeliver)
        while not (done := self.chance.choice(kinds)()):
            pass
        return done

    def add(self) -> str:
        """New dumps come."""
        count = min(len(self.waiting), self.chance.randint(1, MOST_ADDED))
        for _ in range(count):
            self._take(self.waiting.pop())
        return f"add {count}" if count else ""

    def forget(self) -> str:
        """A dump is taken out, with all its files; it may come again."""
        dump_id, paths = self._choose_dump()
        if not dump_id:
            return ""
        with self.warehouse.lock(), self.warehouse.connect() as connection:
            forget(connection, [dump_id])
        self.waiting.insert(0, paths[0].rename(self._aside(paths[0])))
        for path in paths[1:]:
            path.unlink()
        return "forget"

    def replay(self) -> str:
        """A dump of which an earlier parser missed an entry is read again."""
        dump_id, _ = self._choose_dump()
        if not dump_id:
            return ""
        ids = {"id": dump_id}
        with self.warehouse.lock():
            with self.warehouse.connect() as connection:
                connection.execute(
                    "delete from raw.entries where dump_id = $id and position = "
                    "(select max(position) from raw.entries where dump_id = $id)",
                    ids,
                )
                connection.execute("update raw.dumps set parser_version = 'earlier' where dump_id = $id", ids)
            result = replay_dumps(self.warehouse, [dump_id], None, False, True, _listen)
        if not result.is_accepted or result.problems:
            raise CommandFailed(f"a replay changed nothing: {result.problems}")
        return "replay"

    def override(self) -> str:
        """Another correction by hand, or none any more."""
        papers, keywords = self._read_choices()
        rows: dict[str, list[list[str]]] = {
            "papers.csv": [["verdict", "first", "second", "reason"], ["same", *papers, "by letter"]],
            "keywords.csv": [["action", "keyword", "target", "reason"], ["stop", keywords[0], "", "says nothing"]],
        }
        if self.chance.random() < 0.5:
            rows["keywords.csv"][1] = ["merge", *keywords, "one thing"]
        self.warehouse.overrides.mkdir(exist_ok=True)
        name = self.chance.choice(sorted(rows))
        path = self.warehouse.overrides / name
        if path.exists() and self.chance.random() < 0.4:
            path.unlink()
            return f"no {name}"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows[name])
        return f"override {rows[name][1][0]}"

    def redeliver(self) -> str:
        """A dump comes again under another name."""
        path = self.chance.choice(list_files(self.warehouse.inbox))
        again = path.with_name(f"again-{self.chance.randrange(10**6)}-{path.name}")
        shutil.copy(path, again)
        return "redeliver"

    def build(self) -> float:
        """Build what the inbox has; returns seconds. Raises CommandFailed where nothing is published."""
        report = run_build(self.warehouse, [], _listen)
        if report.outcome not in ("published", "unchanged"):
            raise CommandFailed(f"a build ended {report.outcome}: {report.problem}")
        return report.seconds

    def compare(self) -> Rebuilt:
        """The published release beside one built from nothing of the same files and overrides."""
        return rebuild(self.warehouse, find_release(self.warehouse, LATEST), _build_anew)

    def _take(self, dump: Path) -> None:
        target = self.warehouse.inbox / dump.name
        if dump.is_relative_to(self.warehouse.folder):
            dump.rename(target)
        else:
            shutil.copy(dump, target)

    def _aside(self, path: Path) -> Path:
        folder = self.warehouse.folder.with_name(f"{self.warehouse.folder.name}-aside")
        folder.mkdir(exist_ok=True)
        return folder / path.name

    def _choose_dump(self) -> tuple[str, list[Path]]:
        """A dump that gave entries, and its files; none where only few are left."""
        with self.warehouse.lock(), self.warehouse.connect() as connection:
            found = connection.execute(
                "select dump_id, list(distinct path order by path) from raw.files "
                "where dump_id in (select dump_id from raw.dumps where status = 'loaded' and entry_count > 1) "
                "group by dump_id order by dump_id"
            ).fetchall()
        if len(found) < 3:
            return "", []
        dump_id, paths = self.chance.choice(found)
        return dump_id, [Path(path) for path in paths]

    def _read_choices(self) -> tuple[list[str], list[str]]:
        """Ids of two published papers, and two keywords."""
        with self.warehouse.read() as connection:
            papers = connection.execute("select paper_id from marts.papers order by 1").fetchall()
            keywords = connection.execute("select keyword from marts.keywords order by 1").fetchall()
        return [[value for (value,) in self.chance.sample(rows, 2)] for rows in (papers, keywords)]  # type: ignore[return-value]


def walk(
    house: House, steps: int, build_every: int, compare_every: int, say: Callable[[str], None] = lambda text: None
) -> Walk:
    """Make so many steps, with a build after every so many, and compare after every so many and at the end.

    Raises CommandFailed where a build does not publish.
    """
    made = Walk(builds=[house.build()])
    for number in range(1, steps + 1):
        made.steps.append(house.step())
        is_last = number == steps
        is_compared = is_last or number % compare_every == 0
        if is_compared or number % build_every == 0:
            made.builds.append(house.build())
            say(f"{', '.join(made.steps)}: built in {format_seconds(made.builds[-1])}")
        if is_compared:
            made.compared[number] = house.compare()
            say(f"after {number} steps {len(made.compared[number].differing)} files differ")
    return made


def run_steps(papers: int, steps: int, build_every: int, say: Callable[[str], None], data: Path = DATA) -> Walk:
    """Walk a warehouse of generated papers, from half of them on; compared half-way and at the end."""
    corpus = list_files(make_corpus(plan_archive(papers), data))
    folder = data / "steps"
    for old in (folder, folder.with_name("steps-aside")):
        shutil.rmtree(old, ignore_errors=True)
    say(f"building half of {len(corpus):,} dumps of {papers:,} papers")
    made = walk(House(folder, corpus, seed=20), steps, build_every, max(steps // 2, 1), say)
    for old in (folder, folder.with_name("steps-aside")):
        shutil.rmtree(old, ignore_errors=True)
    return made


def format_walk(made: Walk) -> str:
    """What was done, and how each comparison ended."""
    rows = [
        [f"{number}", f"{rebuilt.files}", f"{len(rebuilt.differing)}", ", ".join(rebuilt.differing) or "none"]
        for number, rebuilt in made.compared.items()
    ]
    middle = sorted(made.builds[1:])[len(made.builds[1:]) // 2]
    return "\n".join(
        (
            f"{len(made.steps)} steps: {', '.join(made.steps)}",
            f"{len(made.builds)} builds, the first in {format_seconds(made.builds[0])}, "
            f"those after steps in {format_seconds(middle)} (median)",
            format_table(("after steps", "files compared", "other bytes", "which"), rows),
        )
    )


def _build_anew(scratch: Warehouse, paths: Sequence[Path]) -> str:
    report = run_build(scratch, paths, _listen)
    return "" if report.outcome == "published" else f"ended {report.outcome}: {report.problem}"


def _listen(name: str, done: int, total: int | None) -> None:
    """Nobody watches."""
