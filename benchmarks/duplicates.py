"""Dirty copies of generated papers: what happens to a paper's title and abstract on its way through pages and hands.

A copy is a function of the paper's number. How well copies are found again is measured in `matching`.
"""

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from paperhouse.sample.papers import list_days, write_papers

#: One paper in so many has a dirty copy.
COPY_EVERY = 20
#: Papers in a dump.
_DUMP_SIZE = 5_000
_ACCENTS = str.maketrans("aeiou", "áéíöü")

Dirt = Callable[[str, str, random.Random], tuple[str, str]]


def write_corpus(folder: Path, papers: int, seed: int = 23) -> dict[tuple[str, int], int]:
    """Write dumps of records of invented papers, one in COPY_EVERY a second time in a dump of dirty copies.

    Returns:
        the number of the paper by file name and line.
    """
    folder.mkdir(parents=True)
    calendar = list_days(max(papers // 140, 20))
    truth: dict[tuple[str, int], int] = {}
    copies: list[tuple[int, str]] = []
    for start in range(0, papers, _DUMP_SIZE):
        numbers = np.arange(start, min(start + _DUMP_SIZE, papers))
        name = f"records-{start:08}.jsonl"
        with (folder / name).open("w", encoding="utf-8") as handle:
            for line, paper in enumerate(write_papers(numbers, papers, calendar, seed).iter_rows(named=True), start=1):
                number = int(numbers[line - 1])
                truth[name, line] = number
                handle.write(_to_line(paper["title"], paper["abstract"]))
                if number % COPY_EVERY == 0:
                    title, abstract = make_dirty(paper["title"], paper["abstract"], random.Random(f"{seed} {number}"))
                    copies.append((number, _to_line(title, abstract)))
    with (folder / "copies.jsonl").open("w", encoding="utf-8") as handle:
        for line, (number, text) in enumerate(copies, start=1):
            truth["copies.jsonl", line] = number
            handle.write(text)
    return truth


def make_dirty(title: str, abstract: str, chance: random.Random) -> tuple[str, str]:
    """One or two things go wrong with a title and its abstract."""
    for dirt in chance.sample(_DIRT, chance.choice([1, 1, 2])):
        title, abstract = dirt(title, abstract, chance)
    return title, abstract


def _to_line(title: str, abstract: str) -> str:
    return json.dumps({"title": title, "abstract": abstract}, ensure_ascii=False) + "\n"


def _change_case(title: str, abstract: str, chance: random.Random) -> tuple[str, str]:
    return chance.choice([title.upper(), title.lower(), title + "."]), abstract


def _change_dashes(title: str, abstract: str, chance: random.Random) -> tuple[str, str]:
    return title.replace(": ", chance.choice([" - ", " – ", " -- "])).replace("-", "‐"), abstract


def _add_accents(title: str, abstract: str, chance: random.Random) -> tuple[str, str]:
    words = title.split(" ")
    at = chance.randrange(len(words))
    words[at] = words[at].translate(_ACCENTS)
    return " ".join(words), abstract


def _misspell(title: str, abstract: str, chance: random.Random) -> tuple[str, str]:
    words = title.split(" ")
    at = chance.choice([i for i, word in enumerate(words) if len(word) > 5 and word.isalpha()] or [0])
    inside = chance.randrange(1, max(len(words[at]) - 1, 2))
    words[at] = words[at][:inside] + words[at][inside + 1 :]
    return " ".join(words), abstract


def _drop_subtitle(title: str, abstract: str, _chance: random.Random) -> tuple[str, str]:
    return title.split(": ", 1)[-1], abstract


def _rename(title: str, abstract: str, chance: random.Random) -> tuple[str, str]:
    words = title.split(" ")
    return " ".join(["On", *chance.sample(words, len(words))][: max(3, len(words) // 2)]), abstract


def _cut(title: str, abstract: str, chance: random.Random) -> tuple[str, str]:
    return title, abstract[: int(len(abstract) * chance.uniform(0.4, 0.8))]


def _reword(title: str, abstract: str, chance: random.Random) -> tuple[str, str]:
    words = abstract.split(" ")
    for at in chance.sample(range(len(words)), len(words) // 12):
        words[at] = chance.choice(["", "also", "then", words[at] + "s", words[at].upper()])
    return title, re.sub(" +", " ", " ".join(words))


def _wrap(title: str, abstract: str, _chance: random.Random) -> tuple[str, str]:
    return title.replace(" ", "\n  ", 1), re.sub(r"(.{1,79}) ", r"\1\n", abstract)


_DIRT: tuple[Dirt, ...] = (
    _change_case,
    _change_dashes,
    _add_accents,
    _misspell,
    _drop_subtitle,
    _rename,
    _cut,
    _reword,
    _wrap,
)
