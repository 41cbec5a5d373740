"""Columns and tags that run beside the names of authors: ids, ORCIDs and places of IEEE, OpenAlex, OpenReview, Scopus
and Web of Science.

What belongs here: telling such a value apart, and whose each part of it is. Where parts stand for authors by their
order there have to be as many; where they name somebody, one author alone may go by that name.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from . import author_details, authors, orcids
from .fields import read_text
from .orcids import Detail

#: Column names the details are read from. Lists of all places of a paper, which are nobody's, are not among them.
NAMES = (
    *("author_details", "author_affiliations", "authors_with_affiliations", "authorids", "author(s)_id"),
    *("authorships.author.orcid", "authorships.author.id", "author_orcids", "author_orcid", "orcids", "oi"),
    *("addresses", "c1"),
)
#: `[Ash, Ada; Birch, Bo] Hill House` as Web of Science has it; and `Ash, Ada/0000-0002-1825-0097`.
_NAMED_PLACE = re.compile(r"\[([^\[\]]{1,20000}+)\]([^\[\]]{1,1000}+)")
_NAMED_ORCID = re.compile(r"([^;/]{2,100}+)/(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])")
_LONGEST = 200_000

#: What one column gives each author: an ORCID, an id or places, in the place of each.
_Given = list[tuple[object, object, object]]


def read_columns(given: Iterable[tuple[str, object]], names: Sequence[str]) -> list[Detail] | None:
    """What columns say of authors, each by its name as columns are compared; the first one that gives each thing."""
    told: _Given = [(None, None, None)] * len(names)
    for name, value in given:
        found = _READERS.get(name, _read_beside)(value, names)
        if found is not None:
            told = [
                tuple(ours if ours is not None else theirs for ours, theirs in zip(*pair, strict=True))  # type: ignore[misc]
                for pair in zip(told, found, strict=True)
            ]
    return author_details.place_details(told)


def read_named_places(value: object, names: Sequence[str]) -> _Given | None:
    """Places of the people who are named before each, `[Ash, Ada; Birch, Bo] Hill House; [...] ...`."""
    places: dict[int, list[str]] = {}
    text = _say(value)
    people = _number(names)
    for people_of, place in _NAMED_PLACE.findall(text or ""):
        for person in people_of.split(";"):
            if (at := people.get(_fold(person))) is not None:
                places.setdefault(at, []).append(place.strip(" ;.\n"))
    return [(None, None, places.get(at)) for at in range(len(names))] if places else None


def read_named_orcids(value: object, names: Sequence[str]) -> _Given | None:
    """ORCIDs of the people who are named before each, `Ash, Ada/0000-0002-1825-0097; ...`."""
    people = _number(names)
    found = [(people.get(_fold(person)), orcid) for person, orcid in _NAMED_ORCID.findall(_say(value) or "")]
    orcids = {at: orcid for at, orcid in found if at is not None}
    return [(orcids.get(at), None, None) for at in range(len(names))] if orcids else None


def _read_beside(value: object, names: Sequence[str]) -> _Given | None:
    """Places, or ORCIDs, in the order of the names."""
    parts = _part(value, len(names))
    if parts is None:
        return None
    are_orcids = any(isinstance(part, str) and orcids.read_orcid(part) for part in parts)
    return [(part, None, None) if are_orcids else (None, None, part) for part in parts]


def _read_ids(
    value: object, names: Sequence[str], read: Callable[[str], str | None] = author_details.find_known_id
) -> _Given | None:
    """Ids in the order of the names, each as `read` reads it: by default those that say themselves whose they are."""
    parts = _part(value, len(names))
    texts = [part.strip() if isinstance(part, str) else "" for part in parts or ()]
    return [(None, read(text), None) for text in texts] or None


def _read_scopus_ids(value: object, names: Sequence[str]) -> _Given | None:
    return _read_ids(value, names, lambda text: f"scopus:{text}" if text.isdecimal() else None)


def _read_led(value: object, names: Sequence[str]) -> _Given | None:
    """Places behind the name of each, in the order of the names: `Ash, A., Hill House; Birch, B., ...`."""
    parts = _part(value, len(names))
    if parts is None or not all(isinstance(part, str) for part in parts):
        return None
    led = list(zip((str(part).strip() for part in parts), names, strict=True))
    if not all(part.startswith(name) for part, name in led):
        return None
    return [(None, None, part[len(name) :].lstrip(" ,")) for part, name in led]


def _part(value: object, count: int) -> list | None:
    """The parts of a value, where there are so many: a list, or a text that bars or semicolons divide."""
    if isinstance(value, str):
        text = read_text(value)
        if text is None or len(text) > _LONGEST:
            return None
        value = authors.read_listed(text) if text[0] in "[(" and text[-1] in "])" else None
        if value is None:
            mark = "|" if "|" in text else ";"
            value = text.split(mark)
            if len(value) == count + 1 and not value[-1].strip():
                value.pop()
    return list(value) if isinstance(value, list | tuple) and len(value) == count else None


def _say(value: object) -> str | None:
    text = read_text("; ".join(filter(None, map(read_text, value))) if isinstance(value, list | tuple) else value)
    return text if text is None or len(text) <= _LONGEST else None


def _fold(name: str) -> tuple[str, str]:
    """Family name and first letter of the given name, by which the forms of a name in one list are one."""
    if "," in name:
        last, _, first = name.partition(",")
    else:
        first, _, last = name.strip().rpartition(" ")
    return last.strip().casefold(), first.strip()[:1].casefold()


def _number(names: Sequence[str]) -> dict[tuple[str, str], int]:
    """Place of each author by the folded name, from 0; of several that fold to one none."""
    folded = list(map(_fold, names))
    times = Counter(folded)
    return {name: at for at, name in enumerate(folded) if times[name] == 1}


_READERS: dict[str, Callable[[object, Sequence[str]], _Given | None]] = {
    "authorswithaffiliations": _read_led,
    "authorids": _read_ids,
    "author(s)id": _read_scopus_ids,
    "authorshipsauthorid": _read_ids,
    "orcids": read_named_orcids,
    "oi": read_named_orcids,
    "addresses": read_named_places,
    "c1": read_named_places,
}
