"""Damaged files, what a careful reader makes of them, and the register of the quirks.

A quirk's function takes drawn papers, the name of a layout and a random generator, and returns one file or several.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

#: The day every page of a trial stands for unless its quirk says otherwise.
DAY = date(2025, 3, 11)

TEXT = ("text_spaced", "text_dense")
MARKUP = ("markdown", "html_cards", "html_headings", "html_props")
FEEDS = ("feed", "feed_atom")
API = ("api_list", "api_envelope", "api_reprs")
TABLES = ("records_jsonl", "records_csv")
PRINTED = (*TEXT, *MARKUP, *FEEDS, *API, *TABLES)
ALL = (*PRINTED, "records_parquet")


@dataclass
class Expected:
    """An entry a reader should return: its texts, flags it must carry, and other columns of raw.entries."""

    title: str
    abstract: str | None
    flags: frozenset[str] = frozenset()
    facts: dict[str, object] = field(default_factory=dict)


@dataclass
class File:
    """One file of a trial and the truth about it.

    `reasons` counts the rejects it must have; `tolerated` are reasons it may have besides. `facts` are columns of its
    row in raw.dumps. `is_taken` says whether it is to be taken for a dump at all.
    """

    name: str
    content: bytes
    entries: list[Expected]
    reasons: dict[str, int] = field(default_factory=dict)
    tolerated: frozenset[str] = frozenset()
    facts: dict[str, object] = field(default_factory=dict)
    is_taken: bool = True
    #: Says what is wrong with the entries, as rows of raw.entries; asked where all of them are there.
    check: Callable[[list[dict]], list[str]] | None = None


Damage = Callable[[pl.DataFrame, str, random.Random], File | list[File]]


@dataclass(frozen=True)
class Quirk:
    """A row of the list: its number and name, the layouts it is tried on, whether the text can be recovered."""

    number: int
    name: str
    layouts: Sequence[str]
    damage: Damage
    #: Tests, by name, that answer for what of the row is no matter of parsing.
    elsewhere: tuple[str, ...] = ()


QUIRKS: list[Quirk] = []


def quirk(
    number: int, name: str, layouts: Sequence[str], elsewhere: tuple[str, ...] = ()
) -> Callable[[Damage], Damage]:
    """Register the damage of a row."""

    def register(damage: Damage) -> Damage:
        QUIRKS.append(Quirk(number, name, layouts, damage, elsewhere))
        return damage

    return register


def expect(papers: pl.DataFrame, *flags: str) -> list[Expected]:
    """Expect every paper as it is printed on a page, with these flags."""
    return [
        Expected(title, abstract, frozenset(flags))
        for title, abstract in papers.select("page_title", "page_abstract").iter_rows()
    ]
