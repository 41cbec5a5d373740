"""The shapes in which JSON holds records of papers: where the records are, told by their content.

What belongs here: values as they are decoded. Places in the text, lines and damage are for `api_json`.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from .. import columns, dates, fields

#: Lists and objects inside one another that are looked into.
DEPTH_LIMIT = 8
#: Keys under which a list is one of papers whatever else the object has.
LIST_KEYS = frozenset(
    "data papers results items entries notes dailyPapers daily_papers articles publications works records hits "
    "docs".split()
)
#: Keys of a record whose lists are of other papers, or of parts of this one.
OTHER_KEYS = frozenset(
    "references citations related similar recommendations versions children cited_by citing authors author "
    "authorships comments relatedpapers related_works features facets".split()
)
ERROR_KEYS = frozenset({"error", "errors", "message", "detail", "statusCode"})
#: What descriptions of interfaces and of data begin with: their titles are no paper's.
_SCHEMA_KEYS = frozenset({"openapi", "swagger", "asyncapi", "$schema", "jsonSchema", "jsonrpc"})
#: What a record is packed into: search engines, GraphQL, JSON:API, datasets-server, DBLP, Zotero.
_WRAPPERS = (
    *("row", "node", "_source", "info", "attributes", "metadata", "fields", "document", "data", "item", "work"),
    *("record", "bibjson", "article", "publication", "content", "source"),
)
#: Records of a list looked at before it is taken for one of papers.
_LOOKED_AT = 5
#: What an object without a title inside a record says of the paper, and of nothing else.
_OWN_FACTS = frozenset({"abstract", "abstracttext", "paperabstract", "arxivid", "arxivurl", "arxiv", "doi"})
_KNOWN_PAPER_FACTS = frozenset({"abstract", "authors", "author", "arxiv_id", "doi", "DOI", "externalIds"})


#: Names beside those of papers that a record without a title may have, and then it is a broken record of a paper.
_FACTS_OF_PAPERS = columns.TITLE_NAMES | {"summary", "arxivid", "doi", "publishedat"}
#: Names of refused records that are kept and shown, and characters of one.
_NAMES_KEPT, _NAMES_SHOWN, _NAME_SHOWN = 200, 5, 40


#: What the line ends with that opens a list: its key. Characters of such a line, and objects around the list.
_OPENING = re.compile(r'"([^"\\]{1,60})"\s{0,9}:\s{0,9}\[$')
_FRAME_LIMIT, _FRAME_DEPTH = 4_000, 4


class Found(NamedTuple):
    """One record: the object, the day its list is kept under, and where it stood."""

    record: dict
    day: str | None
    path: str


class Untitled:
    """The records of one file that gave no title: whether they are of papers at all, and what they have."""

    def __init__(self) -> None:
        """Start with none."""
        self.count = 0
        self.names: Counter[str] = Counter()
        self.is_of_papers = False

    def add(self, element: object) -> None:
        """Note one record."""
        names = [str(name) for name in element] if isinstance(element, dict) else []
        folded = set(map(columns.fold_name, names))
        self.count += 1
        if len(self.names) < _NAMES_KEPT:
            self.names.update(names[:_NAMES_KEPT])
        if not folded or not (columns.are_foreign(folded) or folded.isdisjoint(columns.PAPER_NAMES | _FACTS_OF_PAPERS)):
            self.is_of_papers = True

    def say_kind(self) -> str | None:
        """What the file looks like, where its records have nothing of a paper; None where one has, or there is none."""
        if not self.count or self.is_of_papers:
            return None
        shown = ", ".join(f"`{name[:_NAME_SHOWN]}`" for name, _ in self.names.most_common(_NAMES_SHOWN))
        held = f"{self.count:,} record{'s' if self.count > 1 else ''} with {shown}"
        return (
            f"looks like JSON of something else than papers ({held}); read is JSON whose records have a title, in "
            "lists, envelopes or lines (warehouse/README.md lists the formats)"
        )


def has_title(element: dict) -> bool:
    """Whether an object has what may be the title of a paper."""
    for name, value in element.items():
        folded = columns.fold_name(name) if type(name) is str else ""
        if folded in columns.TITLE_NAMES and folded != "paper" and fields.read_wording(value) is not None:
            return True
    content = element.get("content")
    return isinstance(content, dict) and fields.read_wording(content.get("title")) is not None


def is_entry(element: dict) -> bool:
    """Whether an object is one record, and no envelope of records."""
    if isinstance(element.get("paper"), dict):
        return True
    if is_foreign(element):
        return False
    folded = {columns.fold_name(str(name)) for name in element}
    if not has_title(element):
        if folded.isdisjoint(columns.WEAK_TITLE_NAMES) or folded.isdisjoint(columns.PAPER_NAMES | {"summary"}):
            return False
    return not _is_table(element) and not is_envelope(element)


def is_foreign(element: dict) -> bool:
    """Whether an object is of something else than a paper, by the names in it."""
    return columns.make_plan(tuple(map(str, element))).is_foreign or is_reply(element)


def is_reply(element: dict) -> bool:
    """Whether an object answers another: OpenReview keeps reviews and comments among its papers, with titles."""
    return not fields.is_missing(element.get("replyto"))


def is_envelope(element: dict) -> bool:
    """Whether an object with a title of its own is one of many papers: a list of them is in it."""
    own = [name for name in _KNOWN_PAPER_FACTS if not fields.is_missing(element.get(name))]
    for key, value in element.items():
        if not isinstance(value, list | dict) or not value or key in OTHER_KEYS or key == "content":
            continue
        if (key in LIST_KEYS or not own) and isinstance(value, list) and _are_records(value):
            return True
        if not own and isinstance(value, dict) and dates.read_moment(str(key)[:40]) and holds_records(value):
            return True
    return False


def _are_records(values: list) -> bool:
    looked_at = [value for value in values[:_LOOKED_AT] if value is not None]
    return bool(looked_at) and all(isinstance(value, dict) and _is_record(value) for value in looked_at)


def _is_record(element: dict) -> bool:
    return isinstance(element.get("paper"), dict) or has_title(unwrap(element)[0])


def unwrap(element: dict) -> tuple[dict, str]:
    """A record out of what it is packed into, with the facts beside it; and the key it stood under."""
    if isinstance(element.get("paper"), dict) or has_title(element):
        return element, ""
    for key in _WRAPPERS:
        inside = element.get(key)
        if isinstance(inside, dict) and inside and has_title(inside):
            return {**{name: value for name, value in element.items() if name != key}, **inside}, f".{key}"
    return element, ""


def gather(record: dict, depth: int = 0) -> dict:
    """A record with what it lacks from the objects in it that are about the same paper.

    Of one with the same title all is taken, of one without a title the abstract and the ids.
    """
    if depth > DEPTH_LIMIT:
        return record
    title = _find_title(record)
    gathered = dict(record)
    for key, value in record.items():
        if not isinstance(value, dict) or key in OTHER_KEYS or columns.is_known(str(key)):
            continue
        inside = gather(value, depth + 1)
        other = _find_title(inside)
        if other is not None and other != title:
            continue
        if other is not None:
            del gathered[key]
        for name, fact in inside.items():
            is_own = other is not None or columns.fold_name(str(name)) in _OWN_FACTS
            if is_own and fields.is_missing(gathered.get(name)):
                gathered[name] = fact
    return gathered


def _find_title(record: dict) -> str | None:
    """The title of a record as it is compared."""
    for name, value in record.items():
        if columns.fold_name(str(name)) in columns.TITLE_NAMES and (text := fields.read_wording(value)):
            return " ".join(text.lower().split())
    return None


def holds_records(value: object) -> bool:
    """Whether records are found in a value."""
    return next(find_records(value), None) is not None


def find_records(value: object, path: str = "", day: str | None = None, depth: int = 0) -> Iterator[Found]:
    """The records in a value, wherever they are; the days that lists are kept under go with them."""
    if depth > DEPTH_LIMIT:
        return
    if isinstance(value, list):
        if (table := _read_rows(value)) is not None:
            yield from (Found(record, day, f"{path}[]") for record in table)
            return
        for item in value:
            if isinstance(item, list | dict):
                yield from find_records(item, f"{path}[]" if not path.endswith("[]") else path, day, depth + 1)
        return
    if not isinstance(value, dict) or not value or not _SCHEMA_KEYS.isdisjoint(value) or is_reply(value):
        return
    if (table := read_table(value)) is not None:
        yield from (Found(record, day, f"{path} by columns".strip()) for record in table)
        return
    if is_entry(value):
        yield Found(value, day, path)
        return
    inner, key = unwrap(value)
    if key and is_entry(inner):
        yield Found(inner, day, path + key)
        return
    own_day = value.get("date")
    if isinstance(own_day, str) and find_day(own_day):
        day = own_day
    ids = all(isinstance(item, dict) and is_entry(item) for item in value.values())
    for key, item in value.items():
        if isinstance(item, list | dict) and item and key not in OTHER_KEYS:
            key_day = key if find_day(key) else None
            if ids and not key_day and isinstance(item, dict):
                yield Found({"id": key, **item}, day, f"{path}{{}}")
                continue
            step = "{day}" if key_day else str(key)[:60]
            yield from find_records(item, f"{path}.{step}".lstrip("."), key_day or day, depth + 1)


def is_frame(text: str) -> bool:
    """Whether a line opens or closes the list of an envelope around records a line: `{"results": [`, `], "total": 4}`.

    One that does both stands between two lists. What has a title is a record, and no envelope.
    """
    opened = _OPENING.search(text) if len(text) <= _FRAME_LIMIT else None
    closes = text.startswith("]") and len(text) <= _FRAME_LIMIT
    if not closes and not (opened and text.startswith("{")):
        return False
    if opened and opened[1] not in LIST_KEYS and not find_day(opened[1]):
        return False
    for depth in range(1, _FRAME_DEPTH + 1):
        before, after = '{"":' * depth + "[" if closes else "", "]" + "}" * depth if opened else ""
        with suppress(ValueError, RecursionError):
            value = json.loads(f"{before}{text}{after}")
            return isinstance(value, dict) and not has_title(value)
    return False


def find_day(text: str) -> dates.PrintedDate | None:
    """The full date a key is, or None."""
    if not isinstance(text, str) or len(text) > 40 or not any(mark.isdigit() for mark in text):
        return None
    printed = dates.read_date_line(text[:10] if text[4:5] == "-" and text[10:11] == "T" else text)
    return printed if printed is not None and printed.year and printed.is_possible() else None


def read_table(element: dict) -> list[dict] | None:
    """The records of an object that is a table by columns, or of names and rows; None for any other."""
    if not _is_table(element):
        return None
    names = _names_of(element)
    if names is not None:
        rows = next(element[key] for key in ("data", "rows", "values", "records") if isinstance(element.get(key), list))
        return [dict(zip(names, row, strict=False)) for row in rows if isinstance(row, list)]
    title = next(value for name, value in element.items() if _is_title_column(name, value))
    places = range(len(title)) if isinstance(title, list) else title
    columns_of = {name: values for name, values in element.items() if type(values) is type(title)}
    return [{name: _at(values, place) for name, values in columns_of.items()} for place in places]


def _is_table(element: dict) -> bool:
    if _names_of(element) is not None:
        return True
    title = next((value for name, value in element.items() if _is_title_column(name, value)), None)
    if title is None:
        return False
    # One title in a list is how Crossref writes it; a table has its other columns alike.
    alike = [value for value in element.values() if type(value) is type(title) and len(value) == len(title)]
    if isinstance(title, dict):
        return len(alike) > 1 and all(value.keys() == title.keys() for value in alike)
    return len(alike) > 1 and len(title) > 1 and not any(map(fields.read_text, element.values()))


def _is_title_column(name: object, value: object) -> bool:
    if not isinstance(value, list | dict) or not value or columns.fold_name(str(name)) not in columns.TITLE_NAMES:
        return False
    first = next(iter(value.values())) if isinstance(value, dict) else value[0]
    if isinstance(value, dict) and not all(type(place) is str and place.isdigit() for place in list(value)[:5]):
        return False
    return first is None or isinstance(first, str | float)


def _names_of(element: dict) -> list[str] | None:
    for key in ("columns", "fields", "header", "headers", "column_names"):
        names = element.get(key)
        if not isinstance(names, list) or not names:
            continue
        texts = [str(name.get("name")) if isinstance(name, dict) else str(name) for name in names]
        rows = next((r for k in ("data", "rows", "values", "records") if isinstance(r := element.get(k), list)), None)
        is_rows = bool(rows) and all(isinstance(row, list) for row in (rows or [])[:_LOOKED_AT])
        if is_rows and any(columns.fold_name(text) in columns.TITLE_NAMES for text in texts):
            return texts
    return None


def _read_rows(values: list) -> list[dict] | None:
    """The records of a list of rows of which the first has the names."""
    if len(values) < 2 or not all(isinstance(row, list) and len(row) > 1 for row in values[:_LOOKED_AT]):
        return None
    names = values[0]
    if not all(isinstance(name, str) and len(name) < 60 for name in names):
        return None
    folded = {columns.fold_name(name) for name in names}
    if folded.isdisjoint(columns.TITLE_NAMES) or len(columns.find_ignored(folded)) > len(folded) - 2:
        return None
    return [dict(zip(names, row, strict=False)) for row in values[1:] if isinstance(row, list)]


def _at(values: list | dict, place: object) -> object:
    if isinstance(values, dict):
        return values.get(place)
    return values[place] if isinstance(place, int) and place < len(values) else None
