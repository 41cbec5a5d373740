"""Who wrote a paper: a list of people out of any of the ways in which records name them.

What belongs here: telling one person from the next, and from `et al.`. Names stay as printed (`Last, First` is not
turned round); only a name given in parts is put together. Nothing here knows which layout a value came from.
"""

import ast
import json
import re
from collections.abc import Iterable

from .fields import is_missing, read_text
from .tex import decode_accents

#: Longest string read as a list; a paper of three thousand authors has 60,000 characters.
_LONGEST = 200_000
#: Where a name stands in an object that is a person, best first.
_NAMES = ("fullname", "name", "full_name", "display_name", "user", "literal", "text", "#text", "$", "value", "label")
_GIVEN = ("given", "firstName", "first_name", "first", "given_name", "givenName", "forename", "given-names")
_FAMILY = ("family", "lastName", "last_name", "last", "family_name", "familyName", "surname", "sn")
#: What holds the person in an object that is an authorship.
_HOLDERS = ("author", "person", "creator", "profile", "raw_author_name", "node")

#: What says that there are more people than are named, at the end of a list or as a name of its own.
_MORE = re.compile(
    r"(?:^|[\s,;&+(\[]{1,4}|\b(?:and|und)\s+)(?:"
    r"(?:and\s+|und\s+|&\s*|\+\s*)?(?:(?:\.\.\.|…)\s*)?\(?\+?\s?\d{1,5}\s+"
    r"(?:more|others?|additional|weitere|autres|otros)(?:\s+(?:authors?|people|autoren|auteurs|autores))?\.?\)?"
    r"|(?:and\s+|und\s+|&\s*)?(?:et\.?\s?al\.?|others|u\.\s?a\.|和其他|他|ほか)|(?:\.\.\.|…))[\])]?$",
    re.IGNORECASE,
)
_MORE_SPAN = 60
_AND = re.compile(r"\s{0,5},?\s{1,5}(?:and|und|AND|&)\s{1,5}")
_COMMA = re.compile(r"\s{0,5}[,，、]\s{0,5}")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[\s-]?){1,4}\.?")
_SPLITS = (
    ("\n", re.compile(r"[\n\r]+")),
    (";", re.compile(r";")),
    ("；", re.compile(r"；")),
    ("|", re.compile(r"\|")),
    (" · ", re.compile(r" · ")),
    (" • ", re.compile(r" • ")),
)


def read_people(value: object) -> tuple[list[str] | None, bool]:
    """The people of a value in order, and whether they are all: not where it ends in `et al.` or `and 5 others`."""
    if isinstance(value, str):
        return _read_text(value)
    if isinstance(value, dict):
        # GraphQL keeps lists as nodes, or as edges with a node each.
        for key in (*_HOLDERS, "authors", "creators", "nodes", "edges"):
            if isinstance(inside := value.get(key), list | dict):
                return read_people(inside)
        name = read_person(value)
        return ([name] if name else None), True
    if isinstance(value, list | tuple):
        return _settle([read_text(item) if type(item) is str else read_person(item) for item in value])
    return None, True


def read_person(value: object) -> str | None:
    """The name of one person, given as a string, an object with a name or its parts, or an authorship of one."""
    if isinstance(value, dict):
        for key in _NAMES:
            if name := read_text(value.get(key)):
                return name
        family = next((name for key in _FAMILY if (name := read_text(value.get(key)))), None)
        given = next((name for key in _GIVEN if (name := read_text(value.get(key)))), None)
        particle = read_text(value.get("non-dropping-particle") or value.get("dropping-particle"))
        if family or given:
            if particle and family and family.lower().startswith(f"{particle.lower()} "):
                particle = None
            return " ".join(part for part in (given, particle, family, read_text(value.get("suffix"))) if part)
        for key in _HOLDERS:
            if isinstance(inside := value.get(key), dict | str) and inside is not value:
                return _read_inside(inside)
        return None
    if isinstance(value, list | tuple) and len(value) >= 2 and all(isinstance(part, str) for part in value[:2]):
        # arXiv's authors_parsed: last, first, suffix.
        return " ".join(part for part in (value[1], value[0], *value[2:3]) if isinstance(part, str) and part) or None
    return read_text(value)


def _read_inside(inside: dict | str) -> str | None:
    # One level only: a hostile file nests without end.
    if isinstance(inside, str):
        return read_text(inside)
    return read_person({key: item for key, item in inside.items() if key not in _HOLDERS})


def _settle(names: Iterable[str | None]) -> tuple[list[str] | None, bool]:
    people = [name for name in names if name]
    text = "\n".join(people)
    if "\\" in text:
        people = [decode_accents(name) for name in people]
        text = "\n".join(people)
    if not _may_have_more(text):
        return people or None, True
    cut = [cut_more(name) for name in people]
    return [bare for bare, _ in cut if bare] or None, all(is_all for _, is_all in cut)


def _may_have_more(text: str) -> bool:
    """Whether one of the words is in a text that _MORE looks for: many times faster than looking for it."""
    text = text.lower()
    return (
        ("et" in text and "al" in text)
        or "more" in text
        or "other" in text
        or "..." in text
        or "…" in text
        or "additional" in text
        or ("u." in text and "a." in text)
        or (not text.isascii() and ("他" in text or "ほか" in text))
        or "weitere" in text
        or "autres" in text
        or "otros" in text
    )


def cut_more(text: str) -> tuple[str, bool]:
    """A text without what says that more people follow, and whether there was nothing of it."""
    if not _may_have_more(text[-_MORE_SPAN:]):
        return text, True
    head, tail = text[:-_MORE_SPAN], text[-_MORE_SPAN:]
    is_all = True
    while found := _MORE.search(tail):
        is_all, tail = False, tail[: found.start()]
        if not tail:
            break
    return ((head + tail).rstrip(" ,;&+"), False) if not is_all else (text, True)


def _read_text(value: str) -> tuple[list[str] | None, bool]:
    text = read_text(value)
    if text is None or len(text) > _LONGEST:
        return None, True
    if text[0] in "[(" and text[-1] in "])":
        listed = read_listed(text)
        if listed is not None:
            return read_people(listed)
        text = text[1:-1].strip()
    text, is_whole = cut_more(text)
    parts = [part.strip(" '\"{},;") for part in split_people(text)]
    names = [part for part in parts if len(part) > 4 or not is_missing(part)]
    if "\\" in text:
        names = [decode_accents(name) for name in names]
    return names or None, is_whole


def read_listed(text: str) -> list | None:
    """A list spelled as JSON or as a Python literal; None for other text. Nothing is evaluated."""
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
        if isinstance(found, list | tuple):
            return list(found)
    return None


def split_people(text: str) -> list[str]:
    """The names in one string: divided by what it is divided by, `Last, First` kept together."""
    for mark, separator in _SPLITS:
        if mark in text:
            pieces = [piece for piece in separator.split(text) if piece.strip()]
            if " and " in text or "&" in text or " und " in text:
                return [part for piece in pieces for part in _AND.split(f" {piece} ") if part.strip()]
            if len(pieces) > 1 or mark == ";":
                return pieces
    people = _AND.split(text)
    if len(people) > 1 and all(person.count(",") == 1 for person in people):
        return _split_pairs(people)
    pieces = [piece for person in people for piece in _COMMA.split(person) if piece.strip()]
    pairs = pieces[1::2]
    if len(pieces) % 2 == 0 and pairs and all(_INITIALS.fullmatch(piece) for piece in pairs):
        return [f"{family}, {given}" for family, given in zip(pieces[::2], pairs, strict=True)]
    if len(pieces) == 2 and len(people) == 1 and "," in text and not any(" " in piece for piece in pieces):
        return [f"{pieces[0]}, {pieces[1]}"]
    return pieces


def _split_pairs(people: list[str]) -> list[str]:
    """Of `Last, First and Last, First` the people; of `A Ash, B Birch and C Cedar, D Dale` the four."""
    halves = [_COMMA.split(person.strip()) for person in people]
    if all(" " in half.strip() for parts in halves for half in parts) and len(people) < 3:
        return [half for parts in halves for half in parts]
    return people
