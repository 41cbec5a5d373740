"""The items of one digest: rows of marts.digest_items, for everybody or for a reader's keywords.

What belongs here: asking the published database. Nothing here puts anything into words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
#: Items of one kind that are told; the rest are counted.
SHOWN_ITEMS = 15
_ITEMS = Path(__file__).with_name("items.sql")


@dataclass(frozen=True)
class Digest:
    """Items of a period by kind, best first. Papers told as trending or returning are not told as new again."""

    period: Period
    start_on: date
    items: dict[str, list[dict[str, Any]]]

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

    None where there is no such period. A week is told when it is over: told before, its end would go untold.
    """
    if day is not None:
        return day if period is Period.day else day - timedelta(days=day.weekday())
    length = 1 if period is Period.day else 7
    return connection.execute(
        "select max(period_start_on) from marts.digest_items where period_kind = $1 and period_start_on <= $2",
        [period.value, today - timedelta(days=length)],
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
    told = {row["paper_id"] for row in rows if row["kind"] in ("trending", "returning")}
    items = {
        kind: [row for row in rows if row["kind"] == kind and not (kind == "new" and row["paper_id"] in told)]
        for kind in KINDS
    }
    items["rising"] = _join_stories(items["rising"])
    return Digest(period, start_on, items)


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
