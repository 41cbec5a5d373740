"""Equal titles of different papers, in real collections whose ids are hidden from the build.

What belongs here: reading records that carry an id, hiding it, and counting which equal titles of different ids were
told apart. Building and labelled sets are `matching`'s work.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.corpora import DATA
from benchmarks.keywords import BadRecordError
from benchmarks.matching import build_records
from benchmarks.tables import format_table

#: What is known of a paper beside its id; no more is loaded.
FIELDS = ("title", "abstract", "authors", "published")
#: Pairs made of each kind.
MADE = 500
#: What real equal titles are counted by: from which share of common words of two abstracts on.
_SHARES = (
    ("real, one text under two ids", 0.8),
    ("real, one text revised", 0.3),
    ("real, texts of their own", 0.0),
)


@dataclass(frozen=True)
class Namesakes:
    """Pairs of equal titles and different ids: how many were told apart."""

    name: str
    pairs: int
    apart: int


def read_identified(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """A record per id, of JSON lines of id, title, abstract (.jsonl, .jsonl.gz) and days of an API that lists papers.

    Of an id that comes again, the first in order of files counts.

    Raises:
        BadRecordError: a file is neither.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(file for given in paths for file in ([given] if given.is_file() else given.rglob("*.json*"))):
        for record in _read_file(path):
            found.setdefault(record["id"], record)
    return list(found.values())


def _read_file(path: Path) -> Iterator[dict[str, Any]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    try:
        listed = json.loads(text) if path.suffix == ".json" else [json.loads(line) for line in text.split("\n") if line]
        # Archives of an API hold days on which it answered with an error, or that were saved as reprs.
        for item in listed if isinstance(listed, list) else []:
            if isinstance(item, dict):
                yield _read_record(item.get("paper", item))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadRecordError(f"{path}: no list of papers with id and title ({error!r})") from error


def _read_record(paper: Mapping[str, Any]) -> dict[str, Any]:
    authors = [author["name"] for author in paper.get("authors") or [] if author.get("name")]
    return {
        "id": str(paper["id"]),
        "title": str(paper["title"]),
        "abstract": paper.get("abstract") or paper.get("summary"),
        "authors": authors or None,
        "published": (paper.get("published") or paper.get("publishedAt") or "")[:10] or None,
    }


def run_namesakes(paths: Sequence[Path], say: Callable[[str], None], data: Path = DATA) -> list[Namesakes]:
    """Count equal titles of different papers that are told apart, ids hidden: real ones, and made ones of real papers.

    Returns:
        made pairs with abstracts and with authors alone; real pairs of equal folded titles where both have an abstract
        or both have authors, by what their abstracts have in common: those of different ids may well be one work.
    """
    records = read_identified(paths)
    made, pairs = make_namesakes(records)
    papers, _ = build_records(made, FIELDS, "namesakes made", say, data)
    found = []
    for name in sorted({pair[2] for pair in pairs}):
        of_name = [papers[a] != papers[b] for a, b, kind in pairs if kind == name]
        found.append(Namesakes(name, len(of_name), sum(of_name)))
    return found + _count_real(records, *build_records(records, FIELDS, "namesakes", say, data))


def make_namesakes(records: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[tuple[str, str, str]]]:
    """Pairs of neighbours by id (one venue, one day) under the title of the first: records, and (id, id, kind)."""
    made, pairs = [], []
    for kind, field, other in (
        ("made, with abstracts", "abstract", "authors"),
        ("made, with authors alone", "authors", "abstract"),
    ):
        known = sorted((record for record in records if record[field]), key=lambda record: record["id"])
        neighbours = list(zip(known[::2], known[1::2], strict=False))
        for a, b in neighbours[:: max(len(neighbours) // MADE, 1)][:MADE]:
            if set(map(str, a[field])) & set(map(str, b[field])) and field == "authors":
                continue
            ids = (f"{kind} {a['id']}", f"{kind} {b['id']}")
            pairs.append((*ids, kind))
            made += [
                {**record, "id": made_id, "title": a["title"], other: None}
                for record, made_id in zip((a, b), ids, strict=True)
            ]
    return made, pairs


def _count_real(
    records: Sequence[Mapping[str, Any]], papers: Mapping[str, str], titles: Mapping[str, str]
) -> list[Namesakes]:
    named: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        named.setdefault(titles[record["id"]], []).append(record)
    counts = {name: [0, 0] for name, _ in _SHARES}
    for group in named.values():
        for a, b in combinations(group, 2):
            if not (a["abstract"] and b["abstract"]) and not (a["authors"] and b["authors"]):
                continue
            share = _share_words(a, b)
            count = counts[next(name for name, least in _SHARES if share >= least)]
            count[0] += 1
            count[1] += papers[a["id"]] != papers[b["id"]]
    return [Namesakes(name, *count) for name, count in counts.items()]


def _share_words(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """Share of the distinct words of both abstracts that both have; 0 where one has none."""
    a, b = (set(re.findall(r"\w+", (record["abstract"] or "").lower())) for record in (one, other))
    return len(a & b) / len(a | b) if a and b else 0.0


def format_namesakes(found: Sequence[Namesakes]) -> str:
    """Print a row per kind."""
    return format_table(
        ["equal titles, different ids", "pairs", "told apart", "share"],
        [
            [kind.name, f"{kind.pairs:,}", f"{kind.apart:,}", f"{kind.apart / kind.pairs:.3f}" if kind.pairs else "-"]
            for kind in found
        ],
    )
