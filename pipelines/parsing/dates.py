"""Dates as evidence: what a date line, a file name or a folder name says, and what it leaves open.

Here is every rule about reading a calendar date. Which of several pieces of evidence a dump takes is decided in
`assembly`; nothing here knows about dumps.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"

#: A whole line that is a date, folded to lower case; also usable by Polars (no look-around).
DATE_LINE = (
    rf"^{_WEEKDAY}(?:"
    rf"(?P<m1>{_MONTH})\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y1>\d{{4}}))?"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m2>{_MONTH})(?:,?\s+(?P<y2>\d{{4}}))?"
    r"|(?P<y3>\d{4})[-/.](?P<m3>\d{1,2})[-/.](?P<d3>\d{1,2})"
    r")$"
)
_DATE_LINE = re.compile(DATE_LINE)
#: No date is printed longer, however much white space is in it.
_LONGEST = 200

_IN_NAME = (
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})[-_.](?P<m>\d{1,2})[-_.](?P<d>\d{1,2})(?!\d)"),
    # Not inside a longer number or a hexadecimal hash.
    re.compile(r"(?<![\da-f])(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?![\da-f])", re.IGNORECASE),
    re.compile(rf"(?<![\da-z])(?P<d>\d{{1,2}})[-_. ](?P<m>{_MONTH})[-_. ](?P<y>(?:19|20)\d{{2}})(?!\d)", re.IGNORECASE),
    re.compile(rf"(?<![a-z])(?P<m>{_MONTH})[-_. ](?P<d>\d{{1,2}})[-_., ]+(?P<y>(?:19|20)\d{{2}})(?!\d)", re.IGNORECASE),
)


@dataclass(frozen=True)
class PrintedDate:
    """A date as a line prints it: month and day always, the year only where printed."""

    text: str
    month: int
    day: int
    year: int | None

    def is_possible(self) -> bool:
        """Whether the day exists (in some year, where none is printed: Feb 29 does)."""
        return _make(self.year or 2000, self.month, self.day) is not None

    def on(self, year: int | None = None) -> date | None:
        """The full date, with the printed year or else the one given; None where it does not exist."""
        year = self.year or year
        return _make(year, self.month, self.day) if year else None


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_date_line(line: str) -> PrintedDate | None:
    """Read a whole line as a date in one of the forms of DATE_LINE; None where it is something else.

    An impossible date (Feb 30) is returned as printed: the caller rejects the line.
    """
    return _read_date_line(line) if len(line) <= _LONGEST else None


@lru_cache(maxsize=10_000)
def _read_date_line(line: str) -> PrintedDate | None:
    text = line.strip()
    found = _DATE_LINE.match(" ".join(text.lower().split()))
    if found is None:
        return None
    if found["m3"]:
        return PrintedDate(text, int(found["m3"]), int(found["d3"]), int(found["y3"]))
    month = (found["m1"] or found["m2"]).rstrip(".")
    year = found["y1"] or found["y2"]
    return PrintedDate(text, _MONTHS[month], int(found["d1"] or found["d2"]), int(year) if year else None)


def find_date_in_name(name: str) -> date | None:
    """The one full date a file or folder name carries (2025-03-05, 20250305, 1-Apr-2025, Apr-1-2025), else None.

    Two different dates in one name are no evidence for either.
    """
    found = set()
    for pattern in _IN_NAME:
        for match in pattern.finditer(name):
            month = match["m"].lower().rstrip(".")
            day = _make(int(match["y"]), int(month) if month.isdigit() else _MONTHS[month], int(match["d"]))
            if day is not None:
                found.add(day)
    return found.pop() if len(found) == 1 else None
