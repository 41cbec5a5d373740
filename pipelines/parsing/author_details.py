"""What records say of an author beside the name: ORCID, the id in the source, where somebody works.

What belongs here: finding these in objects that are people, and in lists that run beside the names. Each stands with
the place of its author in the list of names, and nothing is given to anybody where the two lists are not equally long.
Whether an ORCID is one is for `orcids`, which `bounds` asks of whatever layout it stood in.
"""

import html
import re
from collections.abc import Iterable

from .fields import read_text
from .orcids import Detail

#: Names under which objects hold an ORCID, the id of a person in a source, and the places where somebody works.
_ORCIDS = ("orcid", "ORCID", "orcid_id", "orcidId", "@orcid")
_AFFILIATIONS = (
    *("institutions", "institution", "affiliations", "affiliation", "raw_affiliation_strings"),
    *("raw_affiliation_string", "authorAffiliationDetailsList"),
)
#: Where several things may stand, an ORCID or an id of a known source among them.
_IDS = ("id", "@id", "url", "sameAs", "identifier", "nameIdentifiers", "authorId", "author_id", "@pid", "user")
_TOLD = frozenset((*_ORCIDS, *_AFFILIATIONS, *_IDS))
#: What holds the person in an object that is an authorship, and the list in an object that is one.
_HOLDERS = ("author", "person", "creator", "profile", "node")
_LISTS = ("authors", "creators", "author", "creator", "nodes", "edges")
#: Where the name of a place stands in an object.
_PLACE_KEYS = ("display_name", "name", "affiliation", "raw_affiliation_string", "authorAffiliation", "#text", "text")
#: Ids of people: an address or a scheme of its own, and the name of the source before what is kept of it.
_KNOWN_IDS = (
    ("openalex", re.compile(r"https?://(?:api\.)?openalex\.org/(?:authors/|people/)?([aA]\d{3,15})$")),
    ("semanticscholar", re.compile(r"https?://www\.semanticscholar\.org/author/(?:[^/\s]{1,100}/)?(\d{1,15})$")),
    ("dblp", re.compile(r"https?://dblp\.(?:org|uni-trier\.de)/pid/(\w{1,8}/[\w-]{1,40})(?:\.html)?$")),
    ("aclanthology", re.compile(r"aclanthology:([\w-]{1,100})$")),
    ("openreview", re.compile(r"(?:https?://openreview\.net/profile\?id=)?(~[^\s@/?#&]{2,100}\d)$")),
)
_IS_ORCID_ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?orcid\.org/", re.IGNORECASE)
#: The id and its scheme in objects of DataCite, schema.org and Europe PMC.
_VALUES = ("nameIdentifier", "value", "identifier", "@id")
_SCHEMES = ("nameIdentifierScheme", "propertyID", "type", "scheme")
#: An account that somebody was only guessed to have is nobody's.
_GUESSED = "pending"
_ACCOUNT = re.compile(r"[\w.-]{1,100}")
_MAIL = re.compile(r"(?:\bElectronic address:\s?|\be-?mail:\s?)?[\w.+%-]{1,64}@[\w.-]{1,253}[.;,]?", re.IGNORECASE)
#: Places of one person that are kept, and characters of one; levels that are looked into.
_PLACES, _LONGEST, _DEPTH = 20, 500, 4


def read_details(value: object, count: int) -> list[Detail] | None:
    """What a list of people says of so many authors; None where it says nothing, or is not as long."""
    people = _find_list(value)
    if people is None or len(people) != count:
        return None
    return [
        {"author_number": number, **detail}
        for number, person in enumerate(people, start=1)
        if type(person) is dict and (detail := _read_person(person)) is not None
    ] or None


def read_accounts(people: object, count: int) -> list[Detail] | None:
    """The same of people of the Daily Papers API, of whom nothing is said but the account that is theirs."""
    if not isinstance(people, list) or len(people) != count:
        return None
    return [
        {"author_number": number, "orcid": None, "author_id": account, "affiliations": None}
        for number, person in enumerate(people, start=1)
        if type(person) is dict and "user" in person and (account := _find_account(person)) is not None
    ] or None


def place_details(details: Iterable[tuple[object, object, object]]) -> list[Detail] | None:
    """Details of all authors in order, each ORCID, id and affiliations, as the column has them; None without any.

    Affiliations are a text or a list of them.
    """
    placed = [
        {"author_number": number, **detail}
        for number, (orcid, author_id, places) in enumerate(details, start=1)
        if (detail := _make(read_text(orcid), read_text(author_id), _read_places(places))) is not None
    ]
    return placed or None


def name_id(source: str, value: object) -> str | None:
    """The id of a person with the name of the source that gives it before it: `scopus:57200000001`."""
    text = read_text(value) if not isinstance(value, int) or isinstance(value, bool) else str(value)
    return f"{source}:{text}" if text and "@" not in text and not re.search(r"\s", text) else None


def find_known_id(text: str) -> str | None:
    """The id in an address or a scheme that says whose it is; None for any other text."""
    for source, pattern in _KNOWN_IDS:
        if found := pattern.match(text):
            return f"{source}:{found[1].upper() if source == 'openalex' else found[1]}"
    return None


def read_place(value: object) -> str | None:
    """The name of a place where somebody works, on one line and without mail addresses; None where it names none."""
    text = read_text(value)
    if text is None or len(text) > 4 * _LONGEST:
        return None
    if "&" in text:
        text = html.unescape(text)
    if "@" in text:
        text = _MAIL.sub("", text)
    text = " ".join(text.split()).strip(" ,;")
    if not text.isprintable():
        text = "".join(filter(str.isprintable, text))
    return text if len(text) <= _LONGEST and any(map(str.isalpha, text)) and "://" not in text else None


def _find_list(value: object) -> list | tuple | None:
    """The list of people in a value, as `authors.read_people` finds it."""
    for _ in range(_DEPTH):
        if not isinstance(value, dict):
            break
        value = next((value[key] for key in (*_HOLDERS, *_LISTS) if isinstance(value.get(key), list | dict)), [value])
    return value if isinstance(value, list | tuple) else None


def _make(orcid: str | None, author_id: str | None, places: list[str] | None) -> Detail | None:
    if orcid is None and author_id is None and places is None:
        return None
    return {"orcid": orcid, "author_id": author_id, "affiliations": places}


def _read_person(person: dict) -> Detail | None:
    """What an object says of the person it is, or that is one level in it."""
    said = [person, *(inside for key in _HOLDERS if isinstance(inside := person.get(key), dict))]
    if all(_TOLD.isdisjoint(part) for part in said):
        return None
    orcid = author_id = places = None
    for part in said:
        orcid = orcid or _find_orcid(part)
        author_id = author_id or _find_id(part)
        places = places or next((found for key in _AFFILIATIONS if (found := _read_places(part.get(key)))), None)
    return _make(orcid, author_id, places)


def _find_orcid(person: dict) -> str | None:
    for key in _ORCIDS:
        if orcid := read_text(person.get(key)):
            return orcid
    for key in _IDS:
        for scheme, text in _list_ids(person.get(key)):
            if scheme == "orcid" or _IS_ORCID_ADDRESS.match(text):
                return text
    return None


def _find_id(person: dict) -> str | None:
    if (account := _find_account(person)) is not None:
        return account
    if (pid := read_text(person.get("@pid"))) is not None:
        return name_id("dblp", pid)
    number = person.get("authorId")
    if isinstance(number, int | str) and str(number).isdecimal():
        return name_id("semanticscholar", number)
    texts = (text for key in _IDS for _, text in _list_ids(person.get(key)))
    return next(filter(None, map(find_known_id, texts)), None)


def _find_account(person: dict) -> str | None:
    account = person.get("user")
    if not isinstance(account, dict) or _GUESSED in str(person.get("status")):
        return None
    name = account.get("user")
    return f"huggingface:{name}" if isinstance(name, str) and _ACCOUNT.fullmatch(name) else None


def _list_ids(value: object) -> list[tuple[str, str]]:
    """Ids in a value with the scheme each says it is of, in lower case."""
    found = []
    for item in value[:_PLACES] if isinstance(value, list) else (value,):
        if isinstance(item, str):
            found.append(("", item.strip()))
        elif isinstance(item, dict):
            scheme = next((item[key] for key in _SCHEMES if key in item), "")
            text = next((item[key] for key in _VALUES if key in item), None)
            if isinstance(text, str):
                found.append((str(scheme).lower(), text.strip()))
    return found


def _read_places(value: object, depth: int = 0) -> list[str] | None:
    """The names of places in a text, a list or an object, each once."""
    if isinstance(value, str):
        place = read_place(value)
        return [place] if place else None
    if depth >= _DEPTH:
        return None
    if isinstance(value, dict):
        return next((found for key in _PLACE_KEYS if (found := _read_places(value.get(key), depth + 1))), None)
    if isinstance(value, list | tuple):
        found = [place for item in value[:_PLACES] for place in _read_places(item, depth + 1) or ()]
        return list(dict.fromkeys(found))[:_PLACES] or None
    return None
