"""The items of one digest: rows of marts.digest_items, for everybody or for a reader's keywords.

What belongs here: asking the published database. Nothing here puts anything into words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb


class Period(StrEnum):
    """What a digest covers; weeks are ISO weeks."""

    day = "day"
    week = "week"


#: Kinds in the order they are told, with what they are called.
KINDS = {"trending": "Trending", "rising": "Rising keywords", "returning": "Returning", "new": "New"}
#: The same for a reader of some keywords, who wants to see every new paper on them.
READERS_KINDS = {"new": "New papers", "rising": "Rising", "trending": "Trending", "returning": "Returning"}
#: Items of one kind that are told, to everybody and to a reader of some keywords; the rest are counted.
SHOWN_ITEMS, READERS_ITEMS = 15, 100
#: Days from Monday to the one that must have been seen, or a later one, before a week is told: Friday.
_LAST_DAY = 4
_ITEMS = Path(__file__).with_name("items.sql")


@dataclass(frozen=True)
class Digest:
    """Items of a period by kind, best first, each paper once: as trending or returning before new.

    With keywords it is that of a reader who asked for them, to whom every new paper is told as new. days are those of
    the period on which papers were seen.
    """

    period: Period
    start_on: date
    items: dict[str, list[dict[str, Any]]]
    days: tuple[date, ...] = ()
    keywords: tuple[str, ...] = ()

    @property
    def end_on(self) -> date:
        """The last day of the period."""
        return self.start_on + timedelta(days=0 if self.period is Period.day else 6)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not any(self.items.values())


def find_period(connection: duckdb.DuckDBPyConnection, period: Period, day: date | None, today: date) -> date | None:
    """The first day of the period that holds a day; without one: of the latest period with items that is over.

    None where there is no such period. A week is told when it is over, and its Friday or a later day has been seen:
    told before, its end would go untold.
    """
    if day is not None:
        return day if period is Period.day else day - timedelta(days=day.weekday())
    length, wait = (1, 0) if period is Period.day else (7, _LAST_DAY)
    return connection.execute(
        "select max(period_start_on) from marts.digest_items where period_kind = $1 and period_start_on <= $2 "
        "and period_start_on + $3::integer <= (select max(coalesce(listed_on, captured_on)) from marts.appearances)",
        [period.value, today - timedelta(days=length), wait],
    ).fetchall()[0][0]


def read_digest(
    connection: duckdb.DuckDBPyConnection, period: Period, start_on: date, keywords: Sequence[str] = ()
) -> Digest:
    """The digest of the period that starts on a day; with keywords only what has to do with one of them.

    A keyword stands for all its forms and its abbreviation, in whatever case; words that are no keyword are looked for
    in titles and abstracts. Keywords that rise in the same papers are one item, of the strongest that is told, which
    names the others.
    """
    result = connection.execute(
        _ITEMS.read_text(encoding="utf-8"),
        {"keywords": list(keywords), "period": period.value, "start_on": start_on},
    )
    names = [column[0] for column in result.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    for row in rows:
        row.setdefault("why", row["sentence"])  # what an earlier version published has no plain words
    order = READERS_KINDS if keywords else KINDS
    items: dict[str, list[dict[str, Any]]] = {kind: [row for row in rows if row["kind"] == kind] for kind in order}
    # A paper is told once; what is said of a new one that trends says that it does.
    firsts, seconds = (["new"], ["trending", "returning"]) if keywords else (["trending", "returning"], ["new"])
    trending = {row["paper_id"]: row for row in items["trending"]}
    told = {row["paper_id"] for kind in firsts for row in items[kind]}
    for kind in seconds:
        items[kind] = [row for row in items[kind] if row["paper_id"] not in told]
    if keywords:
        items["new"] = [trending.get(row["paper_id"], row) for row in items["new"]]
    items["rising"] = _join_stories(items["rising"])
    digest = Digest(period, start_on, items, keywords=tuple(keywords))
    return replace(digest, days=_read_days(connection, start_on, digest.end_on))


def _read_days(connection: duckdb.DuckDBPyConnection, start_on: date, end_on: date) -> tuple[date, ...]:
    """Days from one to another on which papers were listed, or captured where no list's day is known."""
    return tuple(
        day
        for (day,) in connection.execute(
            "select distinct coalesce(listed_on, captured_on) as seen_on from marts.appearances "
            "where seen_on between ? and ? order by seen_on",
            [start_on, end_on],
        ).fetchall()
    )


def _join_stories(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rising keywords with those of their story in the headline, each story once."""
    heads = {row["keyword_id"] for row in rows if row["story_keyword_id"] == row["keyword_id"]}
    led = [row for row in rows if row["story_keyword_id"] in heads and row["keyword_id"] not in heads]
    stories = []
    for row in rows:
        others = [other["headline"] for other in led if other["story_keyword_id"] == row["keyword_id"]]
        if row not in led:
            stories.append(row | {"headline": ", ".join([row["headline"], *others])} if others else row)
    return stories
