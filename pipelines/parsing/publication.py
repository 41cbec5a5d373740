"""When something was published, from what reference formats print: years, months by name or number, days, ranges.

What belongs here: dates that may be less than a day (`2026`, `2026 Jan`, `JAN-FEB`, `2024-05/2024-06`, `2026/01/10/`)
and that come in several fields. Whole date lines of pages are read in `dates`.
"""

import re
from datetime import UTC, date, datetime
from functools import lru_cache

from . import dates

_TOKEN = re.compile(r"\d{1,9}|[^\W\d_]{1,20}")
_RANGE = re.compile(r"(\d{4}[\d-]{0,6}+)[~?%]?/(\d{4}[\d-]{0,6}+)[~?%]?$")
_DAYS = re.compile(r"\b\d{1,2}\s?[-–/]+\s?\d{1,2}\b")
_NUMBER = re.compile(r"\d")
#: Days that stand for an unknown one, as parts are compared.
_SENTINELS = frozenset((day.year, day.month, day.day) for day in dates.SENTINELS)
#: A date is printed shorter than this.
_LONGEST = 80

Parts = tuple[int | None, int | None, int | None]


def read_publication(*texts: str | None) -> dict[str, object]:
    """The fields of publication of an entry; empty where no text names a year.

    Args: texts in the order they are trusted; a later one adds what those before leave open (`Jan 10`, then `2026`).
    """
    year, month, day = None, None, None
    for text in texts:
        if not text:
            continue
        found = _read_parts(" ".join(text[:_LONGEST].split()))
        if year and found[0] and found[0] != year:
            continue
        if month and found[1] and found[1] != month:
            found = (found[0], None, None)
        year = year or found[0]
        if month is None:
            month, day = found[1], day or found[2]
        elif found[1] == month or found[1] is None:
            day = day or found[2]
    if year is None:
        return {}
    return _say(year, month, day)


def add_publication(entry: dict[str, object], *texts: str | None) -> None:
    """Add to an entry what `read_publication` reads, or a flag where texts have numbers and say no date that can be."""
    found = read_publication(*texts)
    entry.update(found)
    if not found and any(text and _NUMBER.search(text[:_LONGEST]) for text in texts):
        flags = entry.get("flags")
        entry["flags"] = [*(flags if isinstance(flags, list) else ()), "unread_published_at"]


def _say(year: int, month: int | None, day: int | None) -> dict[str, object]:
    if month and day:
        try:
            on = date(year, month, day)
        except ValueError:
            day = None
        else:
            at = datetime(year, month, day, tzinfo=UTC)
            return {"published_on": on, "published_precision": "day", "published_year": year, "published_at": at}
    precision = "month" if month else "year"
    return {"published_on": date(year, month or 1, 1), "published_precision": precision, "published_year": year}


@lru_cache(maxsize=10_000)
def _read_parts(text: str) -> Parts:
    """Year, month and day that a text names, each where it does."""
    if found := _RANGE.match(text):
        first, last = _read_parts(found[1]), _read_parts(found[2])
        if first[0] != last[0]:
            return first[0], None, None
        return first[0], *((first[1], first[2] if first == last else None) if first[1] == last[1] else (None, None))
    if (moment := dates.read_day(text.rstrip("/"))) is not None:
        on, known = moment.on, moment.precision
        return on.year, on.month if known != "year" else None, on.day if known == "day" else None
    tokens = _TOKEN.findall(text)
    names = [month for token in tokens if not token.isdigit() and (month := dates.find_month(token))]
    numbers = [token for token in tokens if token.isdigit()]
    if len(numbers[:1]) and len(numbers[0]) == 8:
        return _check(int(numbers[0][:4]), int(numbers[0][4:6]), int(numbers[0][6:]))
    at = next((at for at, number in enumerate(numbers) if len(number) == 4 and "1000" <= number <= "2999"), None)
    year = int(numbers[at]) if at is not None else None
    small = [int(number) for number in (numbers if at is None else numbers[:at]) if len(number) <= 2]
    behind = [] if at is None else [int(number) for number in numbers[at + 1 : at + 3] if len(number) <= 2]
    if year and len(small) == 2 and _is_sentinel(year, *small):
        return None, None, None
    if names:
        # Two months are an issue's, and two days a meeting's: neither says when.
        month = names[0] if len(set(names)) == 1 else None
        days = [*small, *behind][:1]
        return _check(year, month, days[0] if days and month and not _DAYS.search(text) else None)
    if at == 0 and behind:
        return _check(year, behind[0], behind[1] if len(behind) > 1 else None)
    if year and len(small) == 1:
        return _check(year, small[0], None)
    if year is None and len(tokens) == 1 and len(small) == 1:
        return _check(None, small[0], None)
    return year, None, None


def _is_sentinel(year: int, first: int, second: int) -> bool:
    """Whether a year behind two numbers is a day that stands for an unknown one, whichever of them is the month."""
    return not _SENTINELS.isdisjoint({(year, first, second), (year, second, first)})


def _check(year: int | None, month: int | None, day: int | None) -> Parts:
    if year is not None and not 1000 <= year <= 2999:
        return None, None, None
    if month is None or not 1 <= month <= 12:
        return year, None, None
    return year, month, day if day is not None and 1 <= day <= 31 else None
