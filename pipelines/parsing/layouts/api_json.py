"""The JSON of the Daily Papers API: a list of entries, an envelope around it, pages of it, and its real oddities.

Elements are decoded one at a time by the standard library's C scanner, so a file that breaks off or breaks in the
middle keeps every element that is whole, and the lines of each are known. JSON that is one record per line belongs in
`records`.
"""

import ast
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from .. import author_details, columns, dblp, fields, identifiers, incipits, lines
from ..files import Source
from ..findings import Findings, Recorder
from ..reader import SourceReader
from . import json_shapes

NAME = "api_json"
#: Longest string read as a Python literal; the largest real entry is 40 KB.
LITERAL_LIMIT = 1 << 20
#: Places tried for the next whole element after a broken one.
RESYNC_LIMIT = 100
#: Lists inside lists that are looked into; real pages have two.
DEPTH_LIMIT = json_shapes.DEPTH_LIMIT
#: Objects that break off which are looked into: each is read to its end once more.
OPEN_LIMIT = 50

_decoder = json.JSONDecoder(strict=False)
_lenient_decoder = json.JSONDecoder(strict=False, parse_int=float)
#: Between values; files joined to one have a byte order mark each.
_GAP = re.compile("[\\s,\ufeff]*")
_KEY = re.compile(r'\s*"([^"\\]{0,60})"\s*:\s*')
_START = re.compile(rb"\s*[\[{]\s*(?:[\[{\]}\"']|null\b|NaN\b|$)")
#: What stands before JSON that was saved as a script, as a call's answer, or with the headers it came under.
_PREFIX = re.compile(
    rb"\s*+(?:(?:export default|(?:const|let|var) [\w$.]{1,60}+\s*+=|[\w$.]{1,60}+\s*+=|/\*\*/)?\s*+"
    rb"(?:[\w$.]{1,60}+\()?|HTTP/[\d.]{1,9}+ \d{3}[^\n]{0,100}+\n(?:[\w-]{1,100}+:[^\n]{0,4000}+\n){0,100}+\n)\s*+"
    rb"(?=[\[{]\s*+[\[{\"'])"
)
_PYTHON_ESCAPE = re.compile(r"\\[^nrt]")
#: What values are shown as that tables and clients of interfaces hold.
_REPRS = frozenset(
    "datetime date Timestamp array UUID Decimal Url HttpUrl AnyUrl PosixPath str_ int64 int32 float64 float32 bool_ "
    "OrderedDict set frozenset ObjectId".split()
)
#: Year, month and day of such a moment; more tell a time.
_DAY_PARTS = 3
#: Names that stand for no value, or a truth, in what other programs print.
_NO_VALUES = frozenset(("nan", "nat", "na", "inf", "null", "none", "true", "false"))
_CONSTANTS = {"True": "true", "False": "false", "None": "null"}
_CONSTANT = re.compile(r"\b(?:True|False|None)\b")
_PAPER_KEYS = re.compile(rb"""["'](?:paper|summary|abstract)["']\s{0,20}:""")
#: The API's own keys that an entry takes, and those whose value says the same once more.
_TAKEN = frozenset(("paper", "title", "summary", "numComments", "submittedBy", "organization"))
_PAPER_TAKEN = frozenset(
    "id authors title summary publishedAt submittedOnDailyAt submittedOnDailyBy upvotes organization githubRepo "
    "githubStars projectPage ai_summary ai_keywords keywords".split()
)
_NOTHING: tuple[object, ...] = (None, "", [], {})
#: Field of an entry, whether it stands in `paper`, and its key there: what is there and cannot be read is flagged.
_FLAGGED = (
    ("arxiv_id", True, "id"),
    ("published_at", True, "publishedAt"),
    ("listed_at", True, "submittedOnDailyAt"),
    ("upvotes", True, "upvotes"),
    ("comment_count", False, "numComments"),
    ("github_stars", True, "githubStars"),
    ("code_url", True, "githubRepo"),
    ("project_url", True, "projectPage"),
)


def recognise(source: Source) -> tuple[float, str]:
    """Score a source as API JSON: the outer shape of JSON, and the keys an API entry has."""
    head = source.head(1 << 16)
    if not _START.match(head[_start_of(head) :]):
        return 0.0, "does not start as JSON"
    if re.search(rb"""["']paper["']\s*:\s*\{""", head):
        return 0.9, "JSON whose elements hold a `paper` object"
    if re.search(rb"""["'](?:summary|abstract)["']\s*:""", head) and re.search(rb"""["']title["']\s*:""", head):
        return 0.6, "JSON objects with a title and a summary"
    return 0.4, "JSON"


def _start_of(head: bytes) -> int:
    """Where JSON begins: behind what is known to stand before it."""
    found = _PREFIX.match(head)
    return found.end() if found else 0


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    return _FileReader.read_all(sources)


class _FileReader(SourceReader):
    """One file on its way through."""

    NAME = NAME

    def __init__(self, number: int, source: Source, recorder: Recorder) -> None:
        super().__init__(number, source, recorder)
        self.facts["is_list_date"] = True
        # Anything may have a title or a name; a summary, an abstract or a `paper` is a paper's.
        self.takes_wording = _PAPER_KEYS.search(source.data) is None
        self.announced_count: int | None = None
        self.first_key: str | None = None
        self.depth = 0
        #: The records that were refused for want of a title.
        self.untitled = json_shapes.Untitled()
        #: Objects that break off and were looked into.
        self.open_count = 0
        self.is_cut = False
        #: The paths on which records were found, but for a plain list of them.
        self.paths: dict[str, None] = {}

    def read(self) -> str | None:
        before = len(self.recorder.entries), len(self.recorder.rejects)
        start = self.source.start + _start_of(self.source.head(1 << 16))
        at = len(self.source.data[:start].decode(errors="replace"))
        stop = len(self.text)
        if at and (bare := self.text.rstrip(" \t\n);")) and bare[-1] in "]}":
            stop = len(bare)
        while (at := _skip(self.text, at)) < stop:
            at = self._read_value(at)
        self.ledger.mark_open(lines.BOILERPLATE)
        refused = self.recorder.rejects[before[1] :]
        if not self.entry_count and all(reject["reason"] == "no_title" for reject in refused):
            if why := self.untitled.say_kind():
                return self.refuse_whole(why, *before)
        remarks = [f"records at {', '.join(list(self.paths)[:5])}"] if self.paths else []
        if self.announced_count is not None:
            verdict = "as announced" if self.announced_count == self.entry_count else "read here"
            remarks.append(f"an envelope announces {self.announced_count}, {self.entry_count} {verdict}")
        return "; ".join(remarks) or None

    def _read_value(self, at: int) -> int:
        """Read the value at `at` as a list of entries, an envelope or an entry; returns where it ends."""
        if self.text[at] == "[":
            return self._read_list(at + 1, "[]")
        if self.text[at] in "]}":
            return at + 1
        if self.text[at] == "{" and (envelope := self._read_envelope(at, "", None)) is not None:
            return envelope
        return self._read_element(at)

    def _read_list(self, at: int, path: str = "[]", day: str | None = None) -> int:
        self.depth += 1
        while (at := _skip(self.text, at)) < len(self.text):
            if self.text[at] == "]":
                self.depth -= 1
                return at + 1
            is_list = self.text[at] == "[" and self.depth < DEPTH_LIMIT and path.count("[]") < 2
            at = self._read_list(at + 1, path, day) if is_list else self._read_element(at, path, day)
        self._reject_cut(len(self.text.rstrip()) - 1, "the list is not closed")
        return at

    def _read_envelope(self, at: int, path: str, day: str | None) -> int | None:
        """Read the lists of records in an object, wherever they are; None where it holds none or is a record itself.

        Its keys are walked one after another, so that an object which breaks off keeps what came before.
        """
        start, held = at, False
        facts: dict[str, object] = {}
        inside: list[tuple[str, int, object]] = []
        at += 1
        while found := _KEY.match(self.text, at):
            key, at = found[1], found.end()
            if key == "paper" and self.text.startswith("{", at):
                return None
            if self._starts_list(key, at, facts):
                self.line_at(start)
                self._take_facts(facts)
                facts, held = {}, True
                at = _skip(self.text, self._read_list(at + 1, f"{path}.{key}[]".lstrip("."), _day_of(facts) or day))
                continue
            value = _scan_at(self.text, at)
            if value is None:
                if held:
                    return at
                if self.text[at : at + 1] not in ("[", "{") or not facts.keys().isdisjoint(("title", "paper")):
                    return None
                if self.open_count >= OPEN_LIMIT:
                    return None
                self.open_count += 1
                self._take_facts(facts)
                return self._read_value(at)
            facts[key] = value[0]
            if isinstance(value[0], list | dict) and value[0]:
                inside.append((key, at, value[0]))
            at = _skip(self.text, value[1])
        end = at + 1 if self.text.startswith("}", at) else at
        if not held:
            if json_shapes.read_table(facts) is not None or not _holds_lists(facts):
                return None
            inside = [part for part in inside if json_shapes.holds_records(part[2])]
            if not inside or not self._descend(inside, facts, path, day):
                return None
        self._take_facts(facts)
        return end

    def _starts_list(self, key: str, at: int, facts: dict) -> bool:
        """Whether a list of records begins here: said by the key and by its first element."""
        if key not in json_shapes.LIST_KEYS or not self.text.startswith("[", at):
            return False
        first = _skip(self.text, at + 1)
        if self.text[first : first + 1] in ("'", '"', "]"):
            return "title" not in facts
        found = _scan_at(self.text, first)
        if found is None:
            return "title" not in facts and self.text[first : first + 1] == "{"
        return (
            isinstance(found[0], dict)
            and (json_shapes.is_entry(found[0]) or bool(json_shapes.unwrap(found[0])[1]) or "title" not in facts)
            and not ("title" in facts and not json_shapes.is_envelope({**facts, key: [found[0]]}))
        )

    def _descend(self, inside: list[tuple[str, int, object]], facts: dict, path: str, day: str | None) -> bool:
        """Read each part of an object that holds records where it stands; False where one cannot be."""
        is_wrapped = json_shapes.unwrap(facts)[1] != ""
        if is_wrapped or json_shapes.is_entry(facts) or path.count(".") > DEPTH_LIMIT:
            return False
        day = _day_of(facts) or day
        # One object under one key is packed into it; several are kept by their ids.
        are_ids = len(inside) > 1 and all(
            isinstance(value, dict) and json_shapes.is_entry(value) for _, _, value in inside
        )
        for key, at, value in inside:
            if key in json_shapes.OTHER_KEYS:
                continue
            key_day = key if json_shapes.find_day(key) else None
            step = f"{path}.{'{day}' if key_day else '{id}' if are_ids else key}".lstrip(".")
            if isinstance(value, list) and not _is_row_table(value):
                self._read_list(at + 1, f"{step}[]", key_day or day)
            elif isinstance(value, dict) and self._read_envelope(at, step, key_day or day) is not None:
                continue
            else:
                self._read_element(at, step, key_day or day, name=key if are_ids else None)
        return True

    def _take_facts(self, facts: dict) -> None:
        if date := fields.read_text(facts.get("date")):
            self.facts["date_text"] = date[:40]
        if (count := fields.read_int(facts.get("count"))) is not None:
            self.announced_count = (self.announced_count or 0) + count

    def _read_element(self, at: int, path: str = "", day: str | None = None, name: str | None = None) -> int:
        first = self.line_at(at)
        found = _scan_at(self.text, at)
        if found is None and self.text[at] == "{":
            found = self._read_literal_line(at)
        if found is None:
            return self._reject_broken(at, first)
        element, end = found
        last = self.line_at(end)
        if name is not None and isinstance(element, dict) and not _day_of({"date": name}):
            # What an object is kept under is its id, where it has no other.
            element = {"id": name, **element}
        self._take_element(element, first, last, slice(at, end), path, day)
        return end

    def _read_literal_line(self, at: int) -> tuple[object, int] | None:
        """A dict repr standing bare on a line of its own."""
        if not re.match(r"\{\s*'", self.text[at : at + 80]):
            return None
        end = self.text.find("\n", at)
        end = len(self.text) if end < 0 else end
        line = self.text[at:end].rstrip().rstrip(",")
        return (line, at + len(line)) if _read_literal(line) is not None else None

    def _take_element(
        self, element: object, first: int, last: int, place: slice, path: str = "", day: str | None = None
    ) -> None:
        flags = []
        if isinstance(element, str):
            flags.append("dict_repr")
            element = _read_literal(element)
            if element is None:
                self.reject("not_json", "a string that is no plain literal of an entry", first, last, self.text[place])
                return
        if element is None:
            # Nothing among the records: no record, and nothing to refuse.
            return
        if isinstance(element, list):
            found = list(json_shapes.find_records(element, path, day))
            if not found:
                self.reject("not_json", "a list where an entry should be", first, last, self.text[place])
        elif not isinstance(element, dict):
            self.reject(
                "not_json", f"a {type(element).__name__} where an entry should be", first, last, self.text[place]
            )
            return
        elif type(element.get("paper")) is dict or json_shapes.is_entry(element):
            self._take_entry(element, first, last, flags, path, day)
            return
        else:
            if isinstance(_list_of(element), list):
                self._take_facts(element)
            found = list(json_shapes.find_records(element, path, day))
            if not found and isinstance(nested := _list_of(element), list) and nested:
                for item in nested:
                    if not isinstance(item, list):
                        self._take_element(item, first, last, place, path, day)
                return
            if not found and _list_of(element) == []:
                return
        for record in found:
            self._take_entry(record.record, first, last, flags, record.path, record.day)
        if found:
            return
        if isinstance(element, dict):
            entry = read_entry(element)
            if not json_shapes.is_foreign(element) and incipits.take_incipit(entry, element):
                self.ignore(list_ignored(element))
                self.add_entry(entry, first, last, flags)
                return
            if json_shapes.ERROR_KEYS & element.keys():
                self.reject("api_error", json.dumps(element)[:200], first, last, self.text[place])
            else:
                self.untitled.add(element)
                self.reject("no_title", "an entry without a title", first, last, self.text[place])

    def _take_entry(self, element: dict, first: int, last: int, flags: list[str], path: str, day: str | None) -> None:
        entry = read_entry(element)
        if entry["title"] is None:
            self.untitled.add(element)
            self.reject("no_title", "an entry without a title", first, last, json.dumps(element, default=str))
            return
        if self.first_key is None:
            self.first_key = str(next(iter(element)))
        if path not in ("", "[]"):
            self.paths[path] = None
        if ignored := list_ignored(element):
            self.ignore(ignored)
        if day is not None:
            set_section(entry, day)
        self.add_entry(entry, first, last, flags)

    def _reject_broken(self, at: int, first: int) -> int:
        """Refuse what cannot be read from here to the next place that reads as an element."""
        for start in itertools.islice(self._candidates(at + 1), RESYNC_LIMIT):
            if _scan_at(self.text, start) is not None:
                last = self.line_at(start)
                # The next element's own line stays its own; on one line they share it.
                last = max(first, last - 1) if last > first else first
                self.reject("not_json", "broken in the middle of the list", first, last, self.text[at:start])
                return start
        self._reject_cut(at, "breaks off in the middle of an entry")
        return len(self.text)

    def _reject_cut(self, at: int, detail: str) -> None:
        """Refuse everything from a place on, because the JSON breaks off; once."""
        if not self.is_cut:
            self.is_cut = True
            first = self.line_at(at)
            last = self.line_at(len(self.text.rstrip()) - 1)
            self.reject("truncated_json", detail, first, last, self.text[at:])

    def _candidates(self, at: int) -> Iterator[int]:
        for found in find_opening(self.first_key or "paper").finditer(self.text, at):
            yield found.start(1)


def find_opening(key: str) -> re.Pattern[str]:
    """An object among others that begins with a key, which is its only group."""
    return re.compile(rf'[,\[\n]\s{{0,100}}+(\{{\s*+"{re.escape(key)}"\s*+:)')


def _skip(text: str, at: int) -> int:
    return _GAP.match(text, at).end()  # type: ignore[union-attr]


def _scan_at(text: str, at: int) -> tuple[object, int] | None:
    """The JSON value at a place and where it ends; None where there is none or it is not whole."""
    try:
        return _decoder.raw_decode(text, at)
    except (ValueError, RecursionError) as error:
        # Python reads no whole number of thousands of digits: no reason to lose what stands beside it.
        if isinstance(error, json.JSONDecodeError) or not isinstance(error, ValueError):
            return None
    try:
        return _lenient_decoder.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None


def scan_value(text: str) -> object:
    """The JSON value a text starts with, however much follows it; None where it is none."""
    found = _scan_at(text, len(text) - len(text.lstrip()))
    return found[0] if found else None


def scan_values(text: str) -> list[object]:
    """The objects and lists of JSON that a text is made of, one after another; none where it is anything else."""
    values: list[object] = []
    at = _skip(text, 0)
    while at < len(text):
        found = _scan_at(text, at)
        if found is None or not isinstance(found[0], dict | list):
            return []
        values.append(found[0])
        at = _skip(text, found[1])
    return values


def _read_literal(text: str) -> dict | None:
    """A dict spelled as a Python literal (or as JSON inside a string), bounded in size and never evaluated as code."""
    if len(text) > LITERAL_LIMIT or not text.lstrip().startswith("{"):
        return None
    text = text.strip()
    if (plain := _read_plain_repr(text)) is not None:
        return plain
    try:
        value = _read_node(ast.parse(text, mode="eval").body)
    except (ValueError, OverflowError, SyntaxError, TypeError, MemoryError, RecursionError):
        found = _scan_at(text, len(text) - len(text.lstrip()))
        value = found[0] if found else None
    return value if isinstance(value, dict) else None


def _read_node(node: ast.expr) -> object:
    """The value that the source of a literal stands for; nothing in it is ever run.

    Beside plain literals the reprs of values that tables hold: `datetime.datetime(2025, 3, 1, 12, 0)` and
    `Timestamp('2025-03-01')` are their text, `array([...])` and `UUID('...')` what they are made of, `nan` is None.
    Raises ValueError for anything else.
    """
    if isinstance(node, ast.Dict):
        keys = [None if key is None else _read_node(key) for key in node.keys]
        if any(isinstance(key, list | dict) for key in keys):
            raise ValueError("a key that is no plain value")
        return dict(zip(keys, map(_read_node, node.values), strict=True))
    if isinstance(node, ast.List):
        return [_read_node(item) for item in node.elts]
    if isinstance(node, ast.Tuple):
        return tuple(map(_read_node, node.elts))
    if isinstance(node, ast.Name | ast.Attribute):
        name = node.id if isinstance(node, ast.Name) else node.attr
        if name.lower() not in _NO_VALUES:
            raise ValueError(f"{name} is no literal")
        return {"true": True, "false": False}.get(name)
    if isinstance(node, ast.Call):
        return _read_call(node)
    return ast.literal_eval(node)


def _read_call(node: ast.Call) -> object:
    """What the repr of a value is made of: a moment's text, else its first part."""
    name = ast.unparse(node.func).rsplit(".", 1)[-1]
    if not node.args or name not in _REPRS:
        raise ValueError(f"{name}(...) is no literal")
    if name in ("datetime", "date"):
        parts = [part for part in map(_read_node, node.args) if isinstance(part, int)]
        if len(parts) != len(node.args):
            raise ValueError(f"{name}(...) of what is no number")
        is_utc = any(ast.unparse(part.value).lower().endswith("utc") for part in node.keywords if part.arg == "tzinfo")
        year, month, day, hour, minute, second, *_ = (*parts, 0, 0, 0)
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC if is_utc else None)
        return moment.date().isoformat() if len(parts) == _DAY_PARTS else moment.isoformat()
    return _read_node(node.args[0])


def _read_plain_repr(text: str) -> dict | None:
    """What most reprs are: single quotes around strings that hold none, and no escape JSON does not know as well.

    Spelled as JSON they are read in a seventh of the time; None for every other, which is left to the literal reader.
    """
    if '"' in text or "\\'" in text or _PYTHON_ESCAPE.search(text.replace("\\\\", "")):
        return None
    pieces = text.split("'")
    # Every other piece is what stands between strings.
    pieces[::2] = [_CONSTANT.sub(lambda found: _CONSTANTS[found[0]], piece) for piece in pieces[::2]]
    found = _scan_at('"'.join(pieces), 0)
    if found is None or found[1] != sum(map(len, pieces)) + len(pieces) - 1:
        return None
    return found[0] if isinstance(found[0], dict) else None


def _list_of(element: dict) -> object:
    return next((element[key] for key in json_shapes.LIST_KEYS if isinstance(element.get(key), list)), None)


def _is_row_table(values: list) -> bool:
    """Whether a list is rows of values rather than records or lists of them."""
    return isinstance(values[0], list) and not any(isinstance(item, dict | list) for item in values[0])


def _holds_lists(facts: dict) -> bool:
    return any(isinstance(value, list | dict) and value for value in facts.values())


def _day_of(facts: dict) -> str | None:
    """The full date of an envelope's facts, as printed."""
    date = facts.get("date")
    return date if isinstance(date, str) and json_shapes.find_day(date) else None


def set_section(entry: dict[str, object], day: str | None) -> None:
    """Put an entry under the day its list is kept by."""
    if day is not None and (printed := json_shapes.find_day(day)) is not None:
        entry["section_on"], entry["section_on_text"] = printed.on(), day


def list_ignored(element: dict) -> list[str]:
    """The names in an element, and in its `paper`, that hold something no field of an entry takes."""
    paper = element.get("paper")
    if type(paper) is not dict or _is_flat(paper):
        return columns.list_ignored(_flatten(element))
    outer, inner = _find_untaken(tuple(element), tuple(paper))
    # Most values are something, which is known without asking what nothing is.
    names = [key for key in outer if (value := element[key]) or value not in _NOTHING]
    return names + [name for key, name in inner if (value := paper[key]) or value not in _NOTHING]


@lru_cache(maxsize=100)
def _find_untaken(outer: tuple[str, ...], inner: tuple[str, ...]) -> tuple[list[str], list[tuple[str, str]]]:
    """The keys of elements, and of the `paper` in them with their names, that no field takes; most have the same."""
    names = [(key, f"paper.{key}") for key in inner if key not in _PAPER_TAKEN]
    return [key for key in outer if key not in _TAKEN], names


def _is_flat(paper: dict) -> bool:
    """Whether the `paper` of an element is no entry of the API but a record in names of its own."""
    return "summary" not in paper and ("abstract" in paper or "id" not in paper)


def _flatten(element: dict) -> dict:
    """A record with what it is packed into opened: `paper`, `content` of OpenReview, `row`, `node` and their like."""
    paper = element.get("paper")
    if isinstance(paper, dict):
        return {**{name: value for name, value in element.items() if name != "paper"}, **paper}
    content = element.get("content")
    if isinstance(content, dict) and "title" in content:
        return {**{name: value for name, value in element.items() if name != "content"}, **_unwrap(content)}
    record = json_shapes.unwrap(element)[0]
    people = record.get("authors")
    if isinstance(people, dict) and "author" in people:
        return _open_dblp(record, people["author"])
    return json_shapes.gather(record) if dict in map(type, record.values()) else record


def _open_dblp(record: dict, people: object) -> dict:
    """A record of DBLP's search, whose authors lie one deeper, and a single one in no list."""
    listed = people if isinstance(people, list) else [people]
    title = record.get("title")
    return {
        **record,
        "title": dblp.read_title(title) if isinstance(title, str) else title,
        "authors": [
            {"name": dblp.read_name(name), "@pid": person["@pid"]}
            if isinstance(person, dict) and "@pid" in person
            else dblp.read_name(name)
            for person in listed
            if (name := fields.read_name(person))
        ],
    }


def _unwrap(content: dict) -> dict:
    """The fields of an OpenReview note, which its newer interface wraps one by one."""
    return {
        name: value["value"] if isinstance(value, dict) and "value" in value else value
        for name, value in content.items()
    }


def read_entry(element: dict) -> dict[str, object]:
    """The fields of raw.entries in one element, nested (`paper` inside) or flat; None for what it does not carry.

    The element's own publishedAt is not read: it is the listing time in old files and a publication time in another
    zone in new ones. The paper's is the publication time in all of them.
    """
    paper = element.get("paper")
    if type(paper) is not dict or _is_flat(paper):
        return columns.read_record(_flatten(element))
    arxiv_id, arxiv_version = identifiers.read_arxiv_id(paper.get("id"))
    authors = fields.read_texts(paper.get("authors"))
    entry: dict[str, object] = {
        "title": fields.read_text(paper.get("title")) or fields.read_text(element.get("title")),
        "abstract": fields.read_text(paper.get("summary")) or fields.read_text(element.get("summary")),
        "arxiv_id": arxiv_id,
        "arxiv_version": arxiv_version,
        "authors": authors,
        "author_count": len(authors) if authors is not None else None,
        "author_details": author_details.read_accounts(paper["authors"], len(authors)) if authors else None,
        "published_at": fields.read_instant(paper.get("publishedAt")),
        "listed_at": fields.read_instant(paper.get("submittedOnDailyAt")),
        "upvotes": fields.read_count(paper.get("upvotes")),
        "comment_count": fields.read_count(element.get("numComments")),
        "submitter": fields.read_name(paper.get("submittedOnDailyBy")) or fields.read_name(element.get("submittedBy")),
        "organization": fields.read_name(paper.get("organization")) or fields.read_name(element.get("organization")),
        "code_url": fields.read_address(paper.get("githubRepo")),
        "github_stars": fields.read_count(paper.get("githubStars")),
        "project_url": fields.read_address(paper.get("projectPage")),
        "ai_summary": fields.read_text(paper.get("ai_summary")),
        "ai_keywords": fields.read_texts(paper.get("ai_keywords")),
        "keywords": fields.read_texts(paper.get("keywords")),
    }
    unread = [
        f"unread_{field}"
        for field, holder, key in _FLAGGED
        if entry[field] is None
        and (given := (paper if holder else element).get(key)) is not None
        and not fields.is_missing(given)
    ]
    if unread:
        entry["flags"] = unread
    return entry
