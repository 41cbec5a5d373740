"""arXiv ids and DOIs: what they look like in a field, an address or a text, and which one of several fields holds.

Every function returns None for what is none; none raises.
"""

import re
from collections.abc import Iterable

_ARXIV_ID = re.compile(
    r"(?:^|ar5iv\S{0,30}/|(?:alpha|ar)xiv\.org/(?:[a-z-]{2,12}/)?|arxiv(?:\.org)?[.:]\s{0,3}|/papers/(?:arxiv:)?)"
    r"(?P<id>\d{4}\.\d{4,5}|[a-z][a-z-]{1,20}(?:\.[A-Z]{2})?/\d{7})(?:v(?P<version>\d{1,3}))?(?:\.pdf)?(?![\d.]{0,20}\d)",
    re.IGNORECASE | re.ASCII,
)
#: What is meant as an arXiv id, whether there is one or not.
_ARXIV_SHAPE = re.compile(r"arxiv|^\d{3,4}\.\d{1,6}(?:v\d{1,3})?$", re.IGNORECASE | re.ASCII)
#: An id that a spreadsheet or a data frame took for a number.
_BARE_NUMBER = re.compile(r"(\d{4})\.(\d{1,5})", re.ASCII)
_DOI = re.compile(r"(?:^10\.\d{1,9}|\b10\.\d{4,9})/[^\s\"<>{}|\\^]{1,200}", re.ASCII)


def read_arxiv_id(value: object) -> tuple[str | None, int | None]:
    """The arXiv id and version in a bare id, an `arXiv:` mention, a DOI or an address; (None, None) where none is.

    A number that lost its zeros gets them back from January 2015 on, since when every id has five digits behind the
    point. Month 13 is no id.
    """
    if not isinstance(value, str):
        return _read_number_id(value), None
    value = value.strip()
    found = _ARXIV_ID.search(value)
    if found is None:
        return (_read_number_id(value), None) if len(value) < 10 else (None, None)
    arxiv_id = found["id"]
    if "/" in arxiv_id:
        is_id = 1 <= int(arxiv_id[-5:-3]) <= 12
    else:
        is_id = _is_month(arxiv_id[:4]) and len(arxiv_id) == (10 if arxiv_id >= "1501" else 9)
        if not is_id and found[0] == value:
            return _read_number_id(value), None
    if not is_id:
        return None, None
    return arxiv_id, int(found["version"]) if found["version"] else None


def _is_month(digits: str) -> bool:
    return digits >= "0704" and "01" <= digits[2:] <= "12"


def _read_number_id(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | float):
        return None
    found = _BARE_NUMBER.fullmatch(str(value))
    if found is None or not _is_month(found[1]) or not found[2].strip("0"):
        return None
    if found[1] >= "1501":
        return f"{found[1]}.{found[2]:0<5}"
    return found[0] if len(found[2]) == 4 else None


def is_meant_as_arxiv_id(value: object) -> bool:
    """Whether a value looks like an arXiv id, right or wrong."""
    return isinstance(value, str | float) and _ARXIV_SHAPE.search(str(value)[:200].strip()) is not None


def read_doi(value: object) -> str | None:
    """The DOI in an address, behind `doi:` or in a text, in lower case and without what stands around it."""
    found = _DOI.search(value[:2_000].strip()) if isinstance(value, str) and "10." in value else None
    if found is None:
        return None
    doi = found[0].rstrip(".,;:'")
    for opening, closing in (("(", ")"), ("[", "]")):
        # Brackets of a DOI are in pairs; one that is not stands around it.
        while doi.endswith(closing) and doi.count(closing) > doi.count(opening):
            doi = doi[:-1]
    return doi.lower()


def find_doi(texts: Iterable[object]) -> str | None:
    """The first DOI in several values."""
    return next((doi for text in texts if (doi := read_doi(text))), None)


def find_arxiv_id(texts: Iterable[object]) -> tuple[str | None, int | None]:
    """The first arXiv id in several values, with its version."""
    for text in texts:
        if text is not None and (found := read_arxiv_id(text))[0]:
            return found
    return None, None
