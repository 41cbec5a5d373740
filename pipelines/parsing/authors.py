"""Who wrote a paper: a list of people out of any of the values in which records name them.

What belongs here: lists, objects and spelled lists; how one text is told apart into names is for `people`. Names stay
as printed (`Last, First` is not turned round); only a name given in parts is put together. Nothing here knows which
layout a value came from.
"""

import ast
import html
import json
import re
from collections.abc import Iterable

from . import people
from .fields import is_missing, read_text
from .tex import decode_accents

#: Longest string read as a list; a paper of three thousand authors has 60,000 characters.
_LONGEST = 200_000
#: What may stand before a list of people, and marks in it that are raised in print, with what they say.
_LEAD = re.compile(r"(?:authors?|by)(?::\s*|\s+)(?=\S)", re.IGNORECASE)
_RAISED = re.compile(r"<(su[pb])\b[^<>]{0,100}>[^<>]{0,100}</\1>|</?[a-z]{1,10}\b[^<>]{0,200}>", re.IGNORECASE)
#: Where somebody works, behind a name; neither how many more there are nor the name in another script.
_PLACE = re.compile(
    r"(?<=[\w.])\s{0,3}\((?!(?:and )?[+.…]{0,3} ?\d{1,5}(?:\)| (?:more|other)))"
    r"[^()\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{0,300}\)(?=\s{0,3}(?:[,;|&\n]|and\b|$))"
)
#: A list of names in which there is nothing to take off: no lead, markup, place, note, or white space behind it.
_PLAIN = re.compile(r"(?!(?i:authors?|by|no) )[A-Za-z][A-Za-z;,. -]*+(?<! )")
#: Marks of notes behind a name.
_NOTES = re.compile(r"(?<=[^\W\d_.])\s?[\d*†‡§¶∗⋆]+$")
_MAY_HAVE_NOTES = re.compile(r"[\d*†‡§¶∗⋆]")
#: What exports write where nobody is named as the author.
_NOBODY = re.compile(
    r"\W{0,2}(?:no authors?(?: names?)? (?:available|listed|given)|authors? (?:not |un)(?:available|known|listed))"
    r"\W{0,2}$",
    re.IGNORECASE,
)
#: Where a name stands in an object that is a person, best first.
_NAMES = ("fullname", "name", "full_name", "display_name", "user", "literal", "text", "#text", "$", "value", "label")
_GIVEN = ("given", "firstName", "first_name", "first", "given_name", "givenName", "forename", "given-names")
_FAMILY = ("family", "lastName", "last_name", "last", "family_name", "familyName", "surname", "sn", "family-names")
#: What holds the person in an object that is an authorship.
_HOLDERS = ("author", "person", "creator", "profile", "raw_author_name", "node")


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
    found = [_decode(name) for name in names if name]
    if not people.may_have_more(found):
        return found or None, True
    cut = [people.cut_more(name) for name in found]
    return [bare for bare, _ in cut if bare] or None, all(is_all for _, is_all in cut)


def _read_text(value: str) -> tuple[list[str] | None, bool]:
    if _PLAIN.fullmatch(value) and len(value) <= _LONGEST and (names := people.split_plain(value)) is not None:
        return [name for name in names if len(name) > 4 or not is_missing(name)] or None, True
    text = read_text(value)
    if text is None or len(text) > _LONGEST or _NOBODY.match(text):
        return None, True
    if text[0] in "[(" and text[-1] in "])":
        listed = read_listed(text)
        if listed is not None:
            return read_people(listed)
        text = text[1:-1].strip()
    # Before names are told apart: `Nicol&#225;s` ends at no semicolon.
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _RAISED.sub("", text)
    if "(" in text:
        text = _PLACE.sub("", text)
    if found_lead := _LEAD.match(text):
        text = text[found_lead.end() :]
    found, is_whole = people.split_people(text)
    parts = [part.strip(" '\"{},;") for part in found]
    if _MAY_HAVE_NOTES.search(text):
        # `Ada Quill1, Bo Reed2,3*`; a firm of one word may end in a number.
        bare = [_NOTES.sub("", part) if " " in part else part for part in parts]
        parts = [part for part in bare if any(map(str.isalpha, part))] or parts
    names = [_decode(part) for part in parts if len(part) > 4 or not is_missing(part)]
    return names or None, is_whole


def _decode(name: str) -> str:
    if "&" in name:
        name = html.unescape(name)
    return decode_accents(name) if "\\" in name else name


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
