"""Loose values to the types of raw.entries: what a JSON, feed or table of records calls a number, a list, an instant.

Every function returns None for what it cannot read; none raises. Nothing here knows which layout a value came from.
"""

import html
import re
from datetime import UTC, date, datetime

from ..addresses import read_web_address
from . import dates
from .bounds import COUNT_LIMIT
from .dates import Moment

#: What data frames, databases and spreadsheets write where there is nothing.
MISSING = frozenset(
    ("", "nan", "NaN", "NAN", "NaT", "None", "NA", "null", "NULL", "Null", "N/A", "n/a", "<NA>", "#N/A", "\\N")
)
#: Objects and lists inside values that are looked into.
_DEPTH = 4

#: What exports write where a paper has no abstract.
_NO_TEXT = re.compile(
    r"\W{0,3}(?:(?:no abstract|abstract (?:is )?not|no summary|without abstract)(?: available| provided)?"
    r"|no hay (?:resumen|abstract) disponible|resumen no disponible|sin resumen|(?:aucun|pas de) résumé(?: disponible)?"
    r"|résumé (?:non|in)disponible|resumo (?:não disponível|indisponível)|nessun abstract(?: disponibile)?"
    r"|kein(?:e)? (?:abstract|zusammenfassung)(?: verfügbar| vorhanden)?|geen samenvatting(?: beschikbaar)?"
    r"|(?:краткое описание|аннотация) отсутствует|无可用摘要|暂无摘要|摘要不可用|抄録なし|要旨なし)\W{0,3}$",
    re.I,
)
#: Where the name of a person, an organisation or a keyword stands in an object, best first.
_NAME_KEYS = ("fullname", "name", "user", "display_name", "keyword", "term", "value", "#text", "text")
#: Where an address stands in an object.
_ADDRESS_KEYS = ("url", "href", "link", "html_url", "value")
_COUNT = re.compile(r"^\s*+(\d[\d,]*+(?:\.\d++)?)\s*+([kKmM]?)\+?\s*+$")
_HEADING = re.compile(
    r"<(?P<tag>(?:jats:)?(?:title|h\d))>\s{0,9}(?:abstract|summary)[:.]?\s{0,9}</(?P=tag)>", re.IGNORECASE
)
#: Marks of a text that is written in JATS or HTML.
_PARAGRAPHS = re.compile(r"<jats:|</(?:p|div|sec|li|h\d|title)>|<br\s?/?>", re.IGNORECASE)
_BLOCK_END = re.compile(r"</(?:jats:)?(?:p|title|sec|div|li|h\d)>|<br\s?/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][\w:-]{0,30}(?:\s[^<>]{0,300})?/?>")
_SPACES = re.compile(r"(?<![ \t])[ \t]*+\n\s*")


def is_missing(value: object) -> bool:
    """Whether a value says nothing: null, not a number, empty, or one of the words for it."""
    if isinstance(value, str):
        return (len(value) < 5 and value.strip() in MISSING) or not value.strip()
    return value is None or value != value or (isinstance(value, list | dict | tuple) and not value)


def read_text(value: object) -> str | None:
    """A string with something in it, stripped at its ends; None for anything else and for words for nothing."""
    if not isinstance(value, str):
        return None
    # JSON can spell half a surrogate pair, which no UTF-8 column can hold.
    if not value.isascii():
        value = value.encode("utf-8", "replace").decode()
    value = value.strip()
    return None if len(value) < 5 and value in MISSING else value


def read_wording(value: object, depth: int = 0) -> str | None:
    """A title or an abstract: a string, the first of a list, an object's value.

    Markup is taken off where it is the grammar of the text: paragraphs of JATS or HTML, and anything in the lists in
    which Crossref has titles. A stray `<i>` in a plain text is kept as it stands, as in every other layout.
    """
    if isinstance(value, str):
        text = read_text(value)
        if text is None or (len(text) < 40 and _NO_TEXT.match(text)):
            return None
        is_markup = "<" in text and (depth > 0 or _PARAGRAPHS.search(text) is not None)
        return strip_markup(text) if is_markup else text
    if depth < _DEPTH and isinstance(value, list):
        return next((text for item in value[:20] if (text := read_wording(item, depth + 1))), None)
    if depth < _DEPTH and isinstance(value, dict):
        for key in ("value", "text", "#text", "$", "title", "description", "content", "en"):
            if text := read_wording(value.get(key), depth + 1):
                return text
    return None


def strip_markup(text: str) -> str | None:
    """A text without tags, its paragraphs on lines of their own; as it is where none of its tags is closed."""
    if "</" not in text and "/>" not in text:
        return text
    text = _BLOCK_END.sub("\n", _HEADING.sub("", text))
    return _SPACES.sub("\n", html.unescape(_TAG.sub("", text))).strip() or None


def read_inverted(value: object) -> str | None:
    """An abstract kept as the places of its words, as OpenAlex has them."""
    if not isinstance(value, dict):
        return None
    words = [
        (place, word)
        for word, places in value.items()
        if isinstance(places, list)
        for place in places
        if isinstance(place, int)
    ]
    return read_text(" ".join(word for _, word in sorted(words)))


def read_int(value: object) -> int | None:
    """A whole number that fits 64 bits, from a number or a printed count (1,234 or 1.2k)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str):
        if value.isascii() and value.isdigit() and len(value) < 19:
            return int(value)
        found = _COUNT.match(value)
        if found is None or len(value) > 20:
            return None
        value = round(float(found[1].replace(",", "")) * {"": 1, "k": 1_000, "m": 1_000_000}[found[2].lower()])
    return value if isinstance(value, int) and -(2**63) <= value < 2**63 else None


def read_count(value: object) -> int | None:
    """A number of votes, comments, stars or people: none is negative or beyond what its column holds."""
    count = read_int(value)
    return count if count is not None and 0 <= count <= COUNT_LIMIT else None


def read_address(value: object, depth: int = 0) -> str | None:
    """The address of a place on the web, from a string, or the first one of a list or an object."""
    if isinstance(value, str):
        return read_web_address(value)
    if isinstance(value, dict):
        value = [value[key] for key in _ADDRESS_KEYS if key in value]
    if depth < _DEPTH and isinstance(value, list):
        return next((found for item in value[:20] if (found := read_address(item, depth + 1))), None)
    return None


def read_moment(value: object, depth: int = 0) -> Moment | None:
    """When a paper was published, from any of the ways in which records say it: see dates.read_moment.

    Besides text and numbers: lists of date parts, objects with year, month and day or with such a list.
    """
    if isinstance(value, str):
        return dates.read_moment(value) if len(value) <= 60 else None
    if isinstance(value, datetime):
        return dates.make_moment(value)
    if isinstance(value, date):
        return dates.make_parts(value.year, value.month, value.day)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return dates.read_number(value) if value == value and abs(value) < 1e19 else None
    if depth < _DEPTH and isinstance(value, list | tuple) and value:
        if isinstance(value[0], list | dict) or (len(value) == 1 and isinstance(value[0], str)):
            return read_moment(value[0], depth + 1)
        return _read_parts(value[:3])
    if depth < _DEPTH and isinstance(value, dict):
        folded = {str(key).lower().replace("_", "-"): item for key, item in value.items()}
        if not is_missing(folded.get("year")):
            return _read_parts([folded.get(name) for name in ("year", "month", "day")])
        for key in (
            "date-parts",
            "date-time",
            "value",
            "$date",
            "$numberlong",
            "date",
            "start",
            "raw",
            "text",
            "#text",
        ):
            if (found := read_moment(folded.get(key), depth + 1)) is not None:
                return found
    return None


def _read_parts(parts: list | tuple) -> Moment | None:
    numbers: list[int] = []
    for place, part in enumerate(parts):
        if is_missing(part) or part in (0, "0", "00"):
            break
        number = dates.find_month(part) if place == 1 and isinstance(part, str) else read_int(part)
        if number is None:
            return None
        numbers.append(number)
    return dates.make_parts(*numbers) if numbers else None


def read_instant(value: object) -> datetime | None:
    """A UTC instant of a known day; a time without a zone is taken as UTC."""
    if isinstance(value, str) and value[-1:] == "Z":
        # What interfaces write; no other reading of it is asked for.
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return None
        return found if 1970 < found.year < 2100 and found.tzinfo is UTC else _read_instant(value)
    return _read_instant(value)


def _read_instant(value: object) -> datetime | None:
    moment = read_moment(value)
    return moment.at if moment and moment.precision == "day" else None


def read_year(value: object) -> int | None:
    """A year a paper can be of; anything else says nothing."""
    year = read_int(value)
    if year is None or "," in str(value):
        moment = read_moment(value)
        return moment.on.year if moment else None
    return year if year in dates.YEARS else None


def read_texts(value: object) -> list[str] | None:
    """The strings of a list; of objects in it, their name."""
    if not isinstance(value, list | tuple):
        return None
    names = []
    for item in value:
        # What most lists hold, in a fraction of the time.
        name = item.get("name") if type(item) is dict and "fullname" not in item else item
        name = name.strip() if type(name) is str and name.isascii() else None
        if name is None or (len(name) < 5 and name in MISSING):
            name = read_name(item)
        if name:
            names.append(name)
    return names


def read_name(value: object) -> str | None:
    """The name of a person or organisation given as a string or an object with fullname, name or user."""
    if isinstance(value, dict):
        for key in _NAME_KEYS:
            if (given := value.get(key)) is not None and (name := read_text(given)):
                return name
        return None
    return read_text(value)
