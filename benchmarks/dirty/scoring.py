"""Damaged files to a score: written to a folder, read as a build reads them, held against what is expected."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from benchmarks.dirty.entries import fold
from benchmarks.dirty.trials import File
from paperhouse.parsing import find_files, hash_files, parse_dumps
from paperhouse.parsing.lines import COUNT_COLUMNS


@dataclass
class Score:
    """Entries expected, found and right of some files, and whatever else is not as it should be."""

    expected: int = 0
    found: int = 0
    right: int = 0
    rejects: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the entries found that are right; 1 where none was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the entries expected that were found; 1 where none was expected."""
        return self.right / self.expected if self.expected else 1.0

    def add(self, other: "Score") -> None:
        """Take in another score."""
        self.expected += other.expected
        self.found += other.found
        self.right += other.right
        self.rejects += other.rejects
        self.misses += other.misses


@dataclass
class Reading:
    """The raw tables of a folder, by path."""

    dump_ids: dict[str, str]
    dumps: dict[str, dict]
    entries: dict[str, list[dict]]
    rejects: dict[str, list[dict]]


def read_folder(folder: Path) -> Reading:
    """Find, hash and parse what lies in a folder, each content once, as a build does."""
    files = hash_files(find_files([folder]))
    distinct = files.group_by("dump_id", maintain_order=True).agg(
        pl.first("path", "folder_name", "byte_count", "member"), file_names=pl.col("file_name").unique().sort()
    )
    parsed = list(parse_dumps(distinct))
    dumps = {row["dump_id"]: row for batch in parsed for row in batch.dumps.to_dicts()}
    entries: dict[str, list[dict]] = {dump_id: [] for dump_id in dumps}
    rejects: dict[str, list[dict]] = {dump_id: [] for dump_id in dumps}
    for batch in parsed:
        for row in batch.entries.to_dicts():
            entries[row["dump_id"]].append(row)
        for row in batch.rejects.to_dicts():
            rejects[row["dump_id"]].append(row)
    return Reading(dict(files.select("path", "dump_id").iter_rows()), dumps, entries, rejects)


def score_file(file: File, path: Path, reading: Reading, label: str) -> Score:
    """Hold what was read of one file against its truth."""
    score = Score(expected=len(file.entries))
    dump_id = reading.dump_ids.get(str(path))
    if not file.is_taken:
        score.misses += [f"{label}: {file.name} was taken for a dump"] if dump_id is not None else []
        return score
    if dump_id is None or dump_id not in reading.dumps:
        score.misses.append(f"{label}: not taken as a dump")
        return score
    dump, found = reading.dumps[dump_id], reading.entries[dump_id]
    score.found = len(found)
    wanted = Counter((fold(entry.title), fold(entry.abstract)) for entry in file.entries)
    got = Counter((fold(row["title"]), fold(row["abstract"])) for row in found)
    score.right = sum((wanted & got).values())
    score.misses += [f"{label}: expected {_show(pair)}" for pair in (wanted - got).elements()]
    score.misses += [f"{label}: got {_show(pair)}" for pair in (got - wanted).elements()]
    if score.right == score.expected == score.found:
        for entry, row in zip(file.entries, found, strict=True):
            if (fold(entry.title), fold(entry.abstract)) != (fold(row["title"]), fold(row["abstract"])):
                score.misses.append(f"{label}: {_show((entry.title, None))} is not in its place")
            if not entry.flags <= set(row["flags"]):
                score.misses.append(
                    f"{label}: flags {sorted(entry.flags)} expected, got {row['flags']} on "
                    f"{_show((entry.title, entry.abstract))}"
                )
            score.misses += _compare(entry.facts, row, f"{label}: {_show((entry.title, None))}")
        score.misses += [f"{label}: {what}" for what in (file.check(found) if file.check else ())]
    score.rejects = Counter(row["reason"] for row in reading.rejects[dump_id])
    surplus = score.rejects - Counter(file.reasons)
    missing = Counter(file.reasons) - score.rejects
    surplus = Counter({reason: count for reason, count in surplus.items() if reason not in file.tolerated})
    if surplus or missing:
        texts = [f"{row['reason']}: {row['text'][:80]!r}" for row in reading.rejects[dump_id]][:3]
        score.misses.append(f"{label}: rejects {dict(file.reasons)} expected, got {dict(score.rejects)} ({texts})")
    score.misses += _compare(file.facts, dump, label)
    if sum(dump[column] for column in COUNT_COLUMNS.values()) != dump["line_count"]:
        score.misses.append(f"{label}: lines do not add up")
    return score


def _compare(facts: dict[str, object], row: dict, label: str) -> Iterable[str]:
    return [
        f"{label}: {name} {value!r} expected, got {row.get(name)!r}"
        for name, value in facts.items()
        if row.get(name) != value
    ]


def _show(pair: tuple[str | None, str | None]) -> str:
    title, abstract = pair
    return f"{title!r:.90} / {abstract!r:.60}" + (f"[{len(abstract)}]" if abstract else "")
