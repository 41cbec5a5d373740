"""Dates as evidence: what a date line, a file name or a folder name says, and what it leaves open.

Here is every rule about reading a calendar date. Which of several pieces of evidence a dump takes is decided in
`assembly`; nothing here knows about dumps.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple

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
#: Months of other languages, as their sites print them: de, nl, id, fr, es, it, pt, ru (names and abbreviations;
#: Russian in the genitive). Read only behind a day: `Mars 11` or `Set 12` on a line of its own may be anything.
_FOREIGN_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar januari jänner jän janvier janv enero ene gennaio gen janeiro января янв",
            "februar februari feber février févr fév fevrier febrero febbraio febb fevereiro fev февраля фев февр",
            "märz maart maret mär mrz maerz mars marzo mar março marco марта мар",
            "april avril avr abril abr aprile апреля апр",
            "mai mei mayo maggio mag maio мая май",
            "juni juin junio giugno giu junho июня июн",
            "juli juillet juil julio luglio lug julho июля июл",
            "august augustus agustus août aout agosto ago августа авг",
            "september septembre septiembre setiembre settembre sett set setembro сентября сен сент",
            "oktober okt octobre octubre ottobre ott outubro out октября окт",
            "november novembre noviembre novembro ноября ноя нояб",
            "dezember desember dez décembre déc decembre diciembre dic dicembre dezembro декабря дек",
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

#: What the heading of a list of papers is made of beside its date; one of the first line at least.
_HEADING_NOUNS = frozenset("papers paper digest newsletter picks highlights roundup arxiv".split())
_HEADING_WORDS = _HEADING_NOUNS | frozenset(
    "the a top hot best new latest today's today’s daily weekly trending featured ai ml nlp llm cv huggingface hugging "
    "face hf research machine learning reading list summary summaries update updates issue edition no. vol. for from "
    "on of at in day week".split()
)
_MARKS = ",:;|·•–—-()[]#*=_ "
#: Part of a line that may be such a heading; also usable by Polars, on lines in lower case.
MAYBE_HEADING = (
    r"(?:papers?|digest|newsletter|picks|highlights|roundup|arxiv)\b.*[0-9]{4}|[0-9]{4}.*\b(?:papers?|digest)"
)

_IN_NAME = (
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})[-_.](?P<m>\d{1,2})[-_.](?P<d>\d{1,2})(?!\d)"),
    # Not inside a longer number or a hexadecimal hash.
    re.compile(r"(?<![\da-f])(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?![\da-f])", re.IGNORECASE),
    re.compile(rf"(?<![\da-z])(?P<d>\d{{1,2}})[-_. ](?P<m>{_MONTH})[-_. ](?P<y>(?:19|20)\d{{2}})(?!\d)", re.IGNORECASE),
    re.compile(rf"(?<![a-z])(?P<m>{_MONTH})[-_. ](?P<d>\d{{1,2}})[-_., ]+(?P<y>(?:19|20)\d{{2}})(?!\d)", re.IGNORECASE),
)


#: Years a paper can be of; outside are the sentinels of databases (0001, 3000, 9999) and other numbers.
YEARS = range(1500, 2101)
#: Years in which a page can have been saved or a list kept: there was no web before.
PAGE_YEARS = range(1990, YEARS.stop)
#: Days that stand for an unknown one: the first of Unix (and the day before, west of Greenwich), Excel (two of them,
#: and the Macintosh's), SQL Server (two), Windows, SPSS, UUIDs, VMS, and Unix in 32 bits (two); the last of Unix in 32
#: bits, of NTP, of SQL Server's small dates, and of what has no end.
SENTINELS = frozenset(
    {
        *(date(1970, 1, 1), date(1900, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1753, 1, 1)),
        *(date(1601, 1, 1), date(2038, 1, 19), date(2079, 6, 6), date(1969, 12, 31), date(1904, 1, 1)),
        *(date(1582, 10, 14), date(1582, 10, 15), date(1858, 11, 17), date(1901, 12, 13), date(1901, 12, 14)),
        *(date(2036, 2, 7), date(2099, 12, 31)),
    }
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_SECONDS = range(631_152_000, 4_102_444_800)  # 1990 to 2099
#: Year first: 2026/1/5, 2026.01, 2026-01-00 (unknown day), 2026.
_YEAR_FIRST = re.compile(r"(\d{4})(?:\s?([-/.])\s?(\d{1,2})(?:\s?\2\s?(\d{1,2}))?)?")
_YEAR_MONTH = re.compile(rf"(\d{{4}})[\s-]+({_MONTH_BEHIND_DAY})(?:[\s-]+(\d{{1,2}}))?", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"({_MONTH_BEHIND_DAY})(?:,|\s+de)?[\s,-]+(\d{{4}})", re.IGNORECASE)
#: A moment as ASP.NET writes it in JSON, in milliseconds, and a month in numbers.
_JSON_DATE = re.compile(r"/Date\((\d{9,15})(?:[+-]\d{4})?\)/")
_MONTH_NUMBER_YEAR = re.compile(r"(0?[1-9]|1[0-2])[/.-]((?:19|20)\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})")
_EAST_ASIAN = re.compile(r"(\d{4})\s?[年년](?:\s?(\d{1,2})\s?[月월])?")
#: A year before 1000 in the date of a mail, in four digits or as short as it is: readers of mail add a century to it.
_EARLY_YEAR = re.compile(r"(?<![\d:+-])0\d{3}(?![\d:])|[a-z]{3}[\s-]{1,3}\d(?=\s\d\d:)|:\d\d\s{1,3}\d$", re.IGNORECASE)
#: The date of a mail in Greenwich's time, as feeds have it.
_MAIL_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) "
    r"(\d\d):(\d\d):(\d\d) (?:GMT|\+0000)",
    re.ASCII,
)
_CLOCK = re.compile(
    r"[\s,T]{1,3}(?:at\s)?(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?\s?([AaPp]\.?[Mm]\.?)?\s?(?:UTC|GMT|Z|\+00:?00)?$"
)


class Moment(NamedTuple):
    """When something was published: the instant, the day as printed in its own time zone, and how much is known."""

    at: datetime
    on: date
    precision: str


@dataclass(frozen=True)
class PrintedDate:
    """A date as a line prints it: month and day always, the year only where printed."""

    text: str
    month: int
    day: int
    year: int | None

    def is_possible(self) -> bool:
        """Whether the day exists (in some year, where none is printed: Feb 29 does), in a year a paper can be of."""
        return self.on(2000) is not None

    def on(self, year: int | None = None) -> date | None:
        """The full date, with the printed year or else the one given; None where it does not exist."""
        year = self.year or year
        return _make(year, self.month, self.day) if year is not None and year in YEARS else None


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
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


def find_heading_date(line: str) -> str | None:
    """The full date, as printed, of a heading of a list of papers (`Daily Papers, January 15, 2025`); None elsewhere.

    Beside the date it has words that such headings are made of and the number of an issue, and no other.
    """
    words = line.split() if len(line) <= _LONGEST else []
    is_heading = [_is_of_heading(word.lower()) for word in words]
    if all(is_heading) or not any(word.lower().strip(_MARKS) in _HEADING_NOUNS for word in words):
        return None
    first, last = is_heading.index(False), len(words) - is_heading[::-1].index(False)
    printed = " ".join(words[first:last]).strip(_MARKS)
    found = read_date_line(printed)
    return printed if found is not None and found.year else None


def _is_of_heading(word: str) -> bool:
    bare = word.strip(_MARKS)
    return not bare or word in _HEADING_WORDS or bare in _HEADING_WORDS or (word[0] == "#" and bare.isdigit())


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
            if day is not None and day.year in PAGE_YEARS:
                found.add(day)
    return found.pop() if len(found) == 1 else None


def make_moment(found: datetime) -> Moment | None:
    """The moment of a printed time; a time without a zone is taken as UTC. None for the sentinels of databases.

    A midnight with an offset is how a day is written by who knows days only: it stays that day.
    """
    on = found.date()
    if found.tzinfo is None or (found.hour == found.minute == found.second == found.microsecond == 0):
        at = found.replace(tzinfo=UTC)
    else:
        try:
            at = found.astimezone(UTC)
        except OverflowError:
            return None
    if on.year not in YEARS or on in SENTINELS or at == EPOCH or (found.tzinfo and found - EPOCH == timedelta(0)):
        return None
    return Moment(at, on, "day")


def make_parts(year: int, month: int | None = None, day: int | None = None) -> Moment | None:
    """The moment of a year, a month or a day; None where there is no such date."""
    on = _make(year, month or 1, day or 1)
    if on is None or year not in YEARS or (day and (not month or on in SENTINELS)):
        return None
    precision = "day" if day else "month" if month else "year"
    return Moment(datetime(on.year, on.month, on.day, tzinfo=UTC), on, precision)


def read_number(value: float) -> Moment | None:
    """A moment given as a number: epoch seconds to nanoseconds in a plausible range, 20260110, 202601 or a year."""
    whole = int(value)
    if whole in YEARS:
        return make_parts(whole) if whole == value else None
    if whole == value and whole // 10_000 in YEARS:
        return make_parts(whole // 10_000, whole // 100 % 100, whole % 100)
    if whole == value and whole // 100 in YEARS and whole % 100:
        return make_parts(whole // 100, whole % 100)
    for scale in (1, 1_000, 1_000_000, 1_000_000_000):
        if whole // scale in _EPOCH_SECONDS:
            at = EPOCH + timedelta(microseconds=whole * 1_000_000 // scale)
            return Moment(at, at.date(), "day")
    return None


def find_month(name: str) -> int | None:
    """The number of a month given by number or by name, in any of the languages read here."""
    name = name.strip().lower().rstrip(".")
    if name.isascii() and name.isdigit():
        return int(name) if 1 <= int(name[:3]) <= 12 else None
    return _ANY_MONTH.get(name)


@lru_cache(maxsize=10_000)
def read_moment(text: str) -> Moment | None:
    """A day, month, year or instant written by itself: ISO 8601, a printed date, the date of a mail, epoch numbers.

    Numbers with slashes and the year last are read where only one reading gives a date: nobody can tell 3/4/2026.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    if text[0].isdigit():
        if len(text) >= 10 and text[4] == "-":
            try:
                return make_moment(datetime.fromisoformat(text))
            except ValueError:
                pass
        if text.isascii() and re.fullmatch(r"\d{4,19}(?:\.0{1,6})?", text):
            return read_number(int(text.split(".")[0]))
    if (found := _MAIL_DATE.fullmatch(text)) and (moment := _read_mail_date(*found.groups())):
        return moment
    if text[0] == "/" and (found := _JSON_DATE.fullmatch(text)):
        return read_number(int(found[1]))
    clock = _CLOCK.search(text[-40:])
    day = read_day(text[: len(text) - len(clock[0])] if clock else text)
    if day is not None:
        return _add_clock(day, clock) if clock else day
    if _EARLY_YEAR.search(text):
        return None
    try:
        return make_moment(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _read_mail_date(day: str, month: str, year: str, *clock: str) -> Moment | None:
    """What feeds write, without trying the other forms first; None for what is left to them."""
    on = make_parts(int(year), _MONTHS[month.lower()], int(day))
    hour, minute, second = map(int, clock)
    if on is None or on.precision != "day" or hour > 23 or minute > 59 or second > 59:
        return None
    return Moment(on.at + timedelta(hours=hour, minutes=minute, seconds=second), on.on, "day")


def _add_clock(day: Moment, clock: re.Match) -> Moment | None:
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4]:
        hour = hour % 12 + (12 if clock[4][0] in "pP" else 0)
    if hour > 23 or minute > 59 or second > 60 or day.precision != "day":
        return None
    return Moment(day.at + timedelta(hours=hour, minutes=minute, seconds=second), day.on, "day")


def read_day(text: str) -> Moment | None:
    """A day, month or year written by itself without a time, in any of the forms of read_moment but numbers alone."""
    text = " ".join(text.split())
    if found := _YEAR_FIRST.fullmatch(text):
        return make_parts(int(found[1]), int(found[3] or 0), int(found[4] or 0) if found[3] else None)
    if printed := read_date_line(text):
        return make_parts(printed.year, printed.month, printed.day) if printed.year else None
    if found := _MONTH_NUMBER_YEAR.fullmatch(text):
        return make_parts(int(found[2]), int(found[1]))
    if found := _YEAR_MONTH.fullmatch(text):
        return make_parts(int(found[1]), find_month(found[2]), int(found[3] or 0))
    if found := _MONTH_YEAR.fullmatch(text):
        return make_parts(int(found[2]), find_month(found[1]))
    if found := _EAST_ASIAN.fullmatch(text):
        return make_parts(int(found[1]), int(found[2] or 0))
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if first > 12 or first == second:
            return make_parts(year, second, first)
        return make_parts(year, first, second) if second > 12 else None
    return None
