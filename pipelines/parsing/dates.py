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
#: Months of other languages, as their sites print them: de, fr, es, it, pt, ru (names and abbreviations; Russian in the
#: genitive). Read only behind a day: `Mars 11` or `Set 12` on a line of its own may be anything.
_FOREIGN_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar jänner jän janvier janv enero ene gennaio gen janeiro января янв",
            "februar feber février févr fév fevrier febrero febbraio febb fevereiro fev февраля фев февр",
            "märz mär mrz maerz mars marzo mar março marco марта мар",
            "april avril avr abril abr aprile апреля апр",
            "mai mayo maggio mag maio мая май",
            "juni juin junio giugno giu junho июня июн",
            "juli juillet juil julio luglio lug julho июля июл",
            "august août aout agosto ago августа авг",
            "september septembre septiembre setiembre settembre sett set setembro сентября сен сент",
            "oktober okt octobre octubre ottobre ott outubro out октября окт",
            "november novembre noviembre novembro ноября ноя нояб",
            "dezember dez décembre déc decembre diciembre dic dicembre dezembro декабря дек",
        ),
        start=1,
    )
    for name in names.split()
}
_ANY_MONTH = {**_FOREIGN_MONTHS, **_MONTHS}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_MONTH_BEHIND_DAY = "(?:" + "|".join(sorted(_ANY_MONTH, key=len, reverse=True)) + r")\.?"
_FOREIGN_DAYS = (
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag lundi mardi mercredi jeudi vendredi samedi "
    "dimanche lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì sabato "
    "domenica segunda-feira terça-feira quarta-feira quinta-feira sexta-feira понедельник вторник среда четверг "
    "пятница суббота воскресенье mo di mi do fr sa so"
)
_ENGLISH_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_WEEKDAY = rf"(?:(?:{_ENGLISH_DAY}|{_FOREIGN_DAYS.replace(' ', '|')})\.?,?\s+)?"
#: What East Asian dates have behind them: (火), 星期二, 화요일.
_WEEKDAY_BEHIND = (
    r"(?:\s*[(（]?(?:[月火水木金土日一二三四五六월화수목금토일]|(?:星期|周)[一二三四五六日天]|"
    r"[월화수목금토일]요일|[月火水木金土日]曜日?)[)）]?)?"
)

#: A whole line that is a date, folded to lower case; also usable by Polars (no look-around).
DATE_LINE = (
    rf"^{_WEEKDAY}(?:"
    rf"(?P<m1>{_MONTH})\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y1>\d{{4}}))?"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th|er|\.|º|°)?(?:\s+de)?[\s-]+(?P<m2>{_MONTH_BEHIND_DAY})"
    r"(?:,?(?:\s+(?:de\s+)?|-)(?P<y2>\d{4})(?:\s*г\.?)?)?"
    r"|(?P<y3>\d{4})[-/.](?P<m3>\d{1,2})[-/.](?P<d3>\d{1,2})"
    # Numbers with stops between them are day, month, year everywhere; with slashes nobody can tell.
    r"|(?P<d4>\d{1,2})\.\s?(?P<m4>\d{1,2})\.\s?(?P<y4>\d{4})"
    rf"|(?:(?P<y5>\d{{4}})\s*[年년]\s*)?(?P<m5>\d{{1,2}})\s*[月월]\s*(?P<d5>\d{{1,2}})\s*[日일号]{_WEEKDAY_BEHIND}"
    r")$"
)
#: A whole line, folded to lower case, that names a day by its distance from one that nobody knows.
RELATIVE_LINE = (
    r"^(?:today|yesterday|\d{1,2} days? ago|heute|gestern|aujourd['’]hui|hier|hoy|ayer|oggi|ieri|hoje|ontem|"
    r"сегодня|вчера|今天|昨天|今日|昨日|오늘|어제)$"
)
_RELATIVE_LINE = re.compile(RELATIVE_LINE)
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

    Months may be English, German, French, Spanish, Italian, Portuguese, Russian, Chinese, Japanese or Korean. An
    impossible date (Feb 30) is returned as printed: the caller rejects the line.
    """
    return _read_date_line(line) if len(line) <= _LONGEST else None


@lru_cache(maxsize=10_000)
def _read_date_line(line: str) -> PrintedDate | None:
    text = line.strip()
    found = _DATE_LINE.match(" ".join(text.lower().split()))
    if found is None:
        return None
    names = found.groupdict()
    form = next(form for form in "12345" if names[f"m{form}"])
    month, day, year = (names[f"{part}{form}"] for part in "mdy")
    number = int(month) if month.isdigit() else _ANY_MONTH[month.rstrip(".")]
    return PrintedDate(text, number, int(day), int(year) if year else None)


def read_month(name: str) -> int | None:
    """The number of a month by its name or abbreviation, in one of the languages of DATE_LINE; None for other words."""
    return _ANY_MONTH.get(name.lower())


def is_relative(line: str) -> bool:
    """Whether a whole line is a day told from another (`Yesterday`): evidence to keep as printed, and no date."""
    return len(line) <= _LONGEST and _RELATIVE_LINE.match(" ".join(line.lower().split())) is not None


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
