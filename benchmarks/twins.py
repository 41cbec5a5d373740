"""Twins of a labelled set as other sources would have it: the same records, values misplaced, cut or misspelt.

What the half of a pair that stays clean looks like is the set's own; scoring is `matching`'s work. A twin is a function
of the records' ids.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Record = dict[str, Any]
#: How often one value of a dirty record stands in the title's column instead of its own.
_MISPLACED = 0.5
_LONGEST_TITLE = 70
_VENUE_WORDS = re.compile(r"[a-z]{4,}")


def make_twin(kind: str, records: Sequence[Mapping[str, Any]]) -> list[Record]:
    """The records of a set (id, title, and authors, venue, year where known) as a source of that kind has them."""
    return [TWINS[kind](dict(record), random.Random(f"{kind} {record['id']}")) for record in records]


def _misplace(record: Record, chance: random.Random) -> Record:
    """Values in the title's column, as in the public dirty sets: their own column is empty then."""
    for field in ("authors", "venue", "year"):
        if record.get(field) and chance.random() < _MISPLACED:
            record["title"] = f"{record['title']} {record[field]}"
            record[field] = None
    return record


def _cite(record: Record, chance: random.Random) -> Record:
    """Every other record out of a list of references: initials, lists cut, words of the venue, often no year."""
    if chance.random() < 0.5:
        return record
    names = _names(record)
    cited = [_initials(name, chance.random() < 0.5) for name in names]
    if len(cited) > 2 and chance.random() < 0.3:
        cited = [*cited[:1], "et al."]
    record["authors"] = ", ".join(cited) or None
    title = _misspell(record["title"], chance) if chance.random() < 0.3 else record["title"]
    if cited and chance.random() < 0.2:
        title = f"{cited[0]}. {title}"
    record["title"] = title + (f". In: {record['venue']}" if record.get("venue") and chance.random() < 0.2 else "")
    record["venue"] = _shorten(record.get("venue"), chance)
    record["year"] = None if chance.random() < 0.3 else record.get("year")
    return record


def _search(record: Record, chance: random.Random) -> Record:
    """Every other record out of a search engine: no full name, long titles and lists cut, half of the years missing."""
    if chance.random() < 0.5:
        return record
    names = [_initials(name, False) for name in _names(record)]
    is_cut = len(names) > 3 and chance.random() < 0.7
    record["authors"] = ", ".join([*names[:3], "..."] if is_cut else names) or None
    title = _misspell(record["title"], chance) if chance.random() < 0.15 else record["title"]
    if len(title) > _LONGEST_TITLE and chance.random() < 0.5:
        title = title[: title.rindex(" ", 0, _LONGEST_TITLE)] + " ..."
    record["title"] = title
    record["venue"] = None if chance.random() < 0.4 else _shorten(record.get("venue"), chance)
    record["year"] = None if chance.random() < 0.5 else record.get("year")
    return record


#: What a twin is called, and what becomes of a record in it.
TWINS: Mapping[str, Callable[[Record, random.Random], Record]] = {
    "dirty": _misplace,
    "citations": _cite,
    "scholar-like": _search,
}


def _names(record: Record) -> list[str]:
    return [name.strip() for name in (record.get("authors") or "").split(",") if name.strip()]


def _initials(name: str, is_last_first: bool) -> str:
    *given, family = name.split(" ")
    initials = " ".join(f"{word[0]}." for word in given if word)
    return f"{family} {initials}".strip() if is_last_first else f"{initials} {family}".strip()


def _misspell(title: str, chance: random.Random) -> str:
    words = title.split(" ")
    at = chance.choice([i for i, word in enumerate(words) if len(word) > 5] or [0])
    inside = chance.randrange(1, max(len(words[at]) - 1, 2))
    words[at] = words[at][:inside] + words[at][inside + 1 :]
    return " ".join(words)


def _shorten(venue: str | None, chance: random.Random) -> str | None:
    words = _VENUE_WORDS.findall(venue or "")
    return " ".join(f"{word[:3]}." for word in words[: chance.randint(1, 3)]) or None
