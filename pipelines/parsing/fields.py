"""Loose values to the types of raw.entries: what a JSON, feed or table of records calls a number, a list, an instant.

Every function returns None for what it cannot read; none raises. Nothing here knows which layout a value came from.
"""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_ARXIV_ID = re.compile(
    r"(?:^|(?:arxiv[.:]\s*|arxiv\.org/(?:abs|pdf|html)/|/papers/))"
    r"(?P<id>\d{4}\.\d{4,5}|[a-z][a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(?P<version>\d{1,3}))?(?:\.pdf)?(?![\d.]*\d)",
    re.IGNORECASE | re.ASCII,
)
_COUNT = re.compile(r"^\s*(\d[\d,]*(?:\.\d+)?)\s*([kKmM]?)\+?\s*$")


def read_text(value: object) -> str | None:
    """A string with something in it, stripped at its ends; None for anything else."""
    if not isinstance(value, str):
        return None
    # JSON can spell half a surrogate pair, which no UTF-8 column can hold.
    if not value.isascii():
        value = value.encode("utf-8", "replace").decode()
    return value.strip() or None


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


def read_instant(value: object) -> datetime | None:
    """A UTC instant from ISO 8601 or the mail date of feeds; a time without a zone is taken as UTC."""
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        found = datetime(value.year, value.month, value.day)
    elif isinstance(value, str) and len(value) <= 60:
        try:
            found = datetime.fromisoformat(value.strip())
        except ValueError:
            try:
                found = parsedate_to_datetime(value)
            except (ValueError, TypeError, IndexError, OverflowError):
                return None
    else:
        return None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None


def read_year(value: object) -> int | None:
    """A year of four digits; anything else says nothing."""
    year = read_int(value)
    return year if year is not None and 1000 <= year <= 2999 and "," not in str(value) else None


def read_texts(value: object) -> list[str] | None:
    """The strings of a list; of objects in it, their name."""
    if not isinstance(value, list | tuple):
        return None
    return [name for item in value if (name := read_name(item))]


def read_name(value: object) -> str | None:
    """The name of a person or organisation given as a string or an object with fullname, name or user."""
    if isinstance(value, dict):
        for key in ("fullname", "name", "user"):
            if name := read_text(value.get(key)):
                return name
        return None
    return read_text(value)


def read_arxiv_id(value: object) -> tuple[str | None, int | None]:
    """The arXiv id and version in a bare id, an `arXiv:` mention or an address; (None, None) where there is none."""
    found = _ARXIV_ID.search(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None, None
    return found["id"], int(found["version"]) if found["version"] else None
