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

from .. import columns, fields, lines
from ..files import Source
from ..findings import Findings, Recorder
from ..reader import SourceReader

NAME = "api_json"
#: Longest string read as a Python literal; the largest real entry is 40 KB.
LITERAL_LIMIT = 1 << 20
#: Places tried for the next whole element after a broken one.
RESYNC_LIMIT = 100
#: Lists inside lists that are looked into; real pages have two.
DEPTH_LIMIT = 8

_decoder = json.JSONDecoder(strict=False)
_GAP = re.compile(r"[\s,]*")
_KEY = re.compile(r'\s*"([^"\\]{0,60})"\s*:\s*')
_START = re.compile(rb"\s*[\[{]\s*(?:[\[{\]}\"']|$)")
#: What stands before JSON that was saved as a script, as a call's answer, or with the headers it came under.
_PREFIX = re.compile(
    rb"\s*(?:(?:export default|(?:const|let|var) [\w$.]{1,60}\s*=|[\w$.]{1,60}\s*=|/\*\*/)?\s*(?:[\w$.]{1,60}\()?"
    rb"|HTTP/[\d.]+ \d{3}[^\n]{0,100}\n(?:[\w-]+:[^\n]{0,4000}\n){0,100}\n)\s*(?=[\[{]\s*[\[{\"'])"
)
_PYTHON_ESCAPE = re.compile(r"\\[^nrt]")
_CONSTANTS = {"True": "true", "False": "false", "None": "null"}
_CONSTANT = re.compile(r"\b(?:True|False|None)\b")
_LIST_KEYS = {"data", "papers", "results", "items", "entries", "notes", "dailyPapers", "daily_papers"}
_PAPER_KEYS = re.compile(rb"""["'](?:paper|summary|abstract)["']\s{0,20}:""")
_ERROR_KEYS = {"error", "errors", "message", "detail", "statusCode"}


def recognise(source: Source) -> tuple[float, str]:
    """Score a source as API JSON: the outer shape of JSON, and the keys an API entry has."""
    head = source.data[: 1 << 16]
    if not _START.match(head[_start_of(head) :]):
        return 0.0, "does not start as JSON"
    if re.search(rb"""["']paper["']\s*:\s*\{""", head):
        return 0.9, "JSON whose elements hold a `paper` object"
    if re.search(rb"""["'](?:summary|abstract)["']\s*:""", head) and re.search(rb"""["']title["']\s*:""", head):
        return 0.6, "JSON objects with a title and a summary"
    return 0.4, "JSON without papers"


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
        self.is_cut = False

    def read(self) -> str | None:
        at = len(self.source.data[: _start_of(self.source.data[: 1 << 16])].decode(errors="replace"))
        stop = len(self.text)
        if at and (bare := self.text.rstrip(" \t\n);")) and bare[-1] in "]}":
            stop = len(bare)
        while (at := _skip(self.text, at)) < stop:
            at = self._read_value(at)
        self.ledger.mark_open(lines.BOILERPLATE)
        if self.announced_count is None:
            return None
        verdict = "as announced" if self.announced_count == self.entry_count else "read here"
        return f"an envelope announces {self.announced_count}, {self.entry_count} {verdict}"

    def _read_value(self, at: int) -> int:
        """Read the value at `at` as a list of entries, an envelope or an entry; returns where it ends."""
        if self.text[at] == "[":
            return self._read_list(at + 1)
        if self.text[at] in "]}":
            return at + 1
        if self.text[at] == "{" and (envelope := self._read_envelope(at)) is not None:
            return envelope
        return self._read_element(at)

    def _read_list(self, at: int) -> int:
        self.depth += 1
        while (at := _skip(self.text, at)) < len(self.text):
            if self.text[at] == "]":
                self.depth -= 1
                return at + 1
            is_list = self.text[at] == "[" and self.depth < DEPTH_LIMIT
            at = self._read_list(at + 1) if is_list else self._read_element(at)
        self._reject_cut(len(self.text.rstrip()) - 1, "the list is not closed")
        return at

    def _read_envelope(self, at: int) -> int | None:
        """Walk the keys of an object until one holds a list of entries; None where none does."""
        start, facts = at, {}
        at += 1
        while found := _KEY.match(self.text, at):
            at = found.end()
            if found[1] in _LIST_KEYS and self.text.startswith("[", at):
                break
            if found[1] in ("paper", "title") or (value := _scan_at(self.text, at)) is None:
                return None
            facts[found[1]], at = value
            at = _skip(self.text, at)
        else:
            return None
        self.line_at(start)
        self._take_facts(facts)
        at = self._read_list(at + 1)
        while found := _KEY.match(self.text, _skip(self.text, at)):
            if (value := _scan_at(self.text, found.end())) is None:
                return found.end()
            self._take_facts({found[1]: value[0]})
            at = value[1]
        at = _skip(self.text, at)
        return at + 1 if self.text.startswith("}", at) else at

    def _take_facts(self, facts: dict) -> None:
        if date := fields.read_text(facts.get("date")):
            self.facts["date_text"] = date[:40]
        if (count := fields.read_int(facts.get("count"))) is not None:
            self.announced_count = (self.announced_count or 0) + count

    def _read_element(self, at: int) -> int:
        first = self.line_at(at)
        found = _scan_at(self.text, at)
        if found is None and self.text[at] == "{":
            found = self._read_literal_line(at)
        if found is None:
            return self._reject_broken(at, first)
        element, end = found
        last = self.line_at(end)
        self._take_element(element, first, last, self.text[at:end])
        return end

    def _read_literal_line(self, at: int) -> tuple[object, int] | None:
        """A dict repr standing bare on a line of its own."""
        if not re.match(r"\{\s*'", self.text[at : at + 80]):
            return None
        end = self.text.find("\n", at)
        end = len(self.text) if end < 0 else end
        line = self.text[at:end].rstrip().rstrip(",")
        return (line, at + len(line)) if _read_literal(line) is not None else None

    def _take_element(self, element: object, first: int, last: int, text: str, depth: int = 0) -> None:
        flags = []
        if isinstance(element, str):
            flags.append("dict_repr")
            element = _read_literal(element)
            if element is None:
                self.reject("not_json", "a string that is no plain literal of an entry", first, last, text)
                return
        if isinstance(element, dict) and not _is_entry(element):
            if isinstance(nested := _list_of(element), list):
                self._take_facts(element)
            else:
                nested = _unfold(element)
            if nested is not None and depth < DEPTH_LIMIT:
                for item in nested:
                    self._take_element(item, first, last, text, depth + 1)
                return
            if _ERROR_KEYS & element.keys():
                self.reject("api_error", json.dumps(element)[:200], first, last, text)
                return
        if not isinstance(element, dict):
            self.reject("not_json", f"a {type(element).__name__} where an entry should be", first, last, text)
            return
        entry = read_entry(element)
        if entry["title"] is None:
            self.reject("no_title", "an entry without a title", first, last, text)
            return
        if self.first_key is None:
            self.first_key = str(next(iter(element)))
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
        key = re.escape(self.first_key) if self.first_key else "paper"
        for found in re.finditer(rf'[,\[\n]\s*(\{{\s*"{key}"\s*:)', self.text[at:]):
            yield at + found.start(1)


def _skip(text: str, at: int) -> int:
    return _GAP.match(text, at).end()  # type: ignore[union-attr]


def _scan_at(text: str, at: int) -> tuple[object, int] | None:
    """The JSON value at a place and where it ends; None where there is none or it is not whole."""
    try:
        return _decoder.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None


def scan_value(text: str) -> object:
    """The JSON value a text starts with, however much follows it; None where it is none."""
    found = _scan_at(text, len(text) - len(text.lstrip()))
    return found[0] if found else None


def _read_literal(text: str) -> dict | None:
    """A dict spelled as a Python literal (or as JSON inside a string), bounded in size and never evaluated as code."""
    if len(text) > LITERAL_LIMIT or not text.lstrip().startswith("{"):
        return None
    text = text.strip()
    if (plain := _read_plain_repr(text)) is not None:
        return plain
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        found = _scan_at(text, len(text) - len(text.lstrip()))
        value = found[0] if found else None
    return value if isinstance(value, dict) else None


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


def _is_entry(element: dict) -> bool:
    return isinstance(element.get("paper"), dict) or read_entry(element)["title"] is not None


def _unfold(element: dict) -> list | None:
    """The entries of an object that is a table of columns, or names each entry or list of them; None for others."""
    title = element.get("title")
    if isinstance(title, list | dict) and title:
        # Column by column, as data frames are written.
        places = range(len(title)) if isinstance(title, list) else title
        columns_of = {name: values for name, values in element.items() if type(values) is type(title)}
        return [{name: _at(values, place) for name, values in columns_of.items()} for place in places]
    values = list(element.values())
    if not values or element.keys() & _ERROR_KEYS:
        return None
    if all(isinstance(value, list) and value and isinstance(value[0], dict) for value in values):
        return [item for value in values for item in value]
    if all(isinstance(value, dict) and _is_entry(value) for value in values):
        return [{"id": name, **value} for name, value in element.items()]
    return None


def _at(values: list | dict, place: object) -> object:
    if isinstance(values, dict):
        return values.get(place)
    return values[place] if isinstance(place, int) and place < len(values) else None


def _list_of(element: dict) -> object:
    return next((element[key] for key in _LIST_KEYS if isinstance(element.get(key), list)), None)


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
    if not isinstance(paper, dict):
        content = element.get("content")
        return columns.read_record({**element, **_unwrap(content)} if isinstance(content, dict) else element)
    arxiv_id, arxiv_version = fields.read_arxiv_id(paper.get("id"))
    authors = fields.read_texts(paper.get("authors"))
    return {
        "title": fields.read_text(paper.get("title")) or fields.read_text(element.get("title")),
        "abstract": fields.read_text(paper.get("summary")) or fields.read_text(element.get("summary")),
        "arxiv_id": arxiv_id,
        "arxiv_version": arxiv_version,
        "authors": authors,
        "author_count": len(authors) if authors is not None else None,
        "published_at": fields.read_instant(paper.get("publishedAt")),
        "listed_at": fields.read_instant(paper.get("submittedOnDailyAt")),
        "upvotes": fields.read_int(paper.get("upvotes")),
        "comment_count": fields.read_int(element.get("numComments")),
        "submitter": fields.read_name(paper.get("submittedOnDailyBy")) or fields.read_name(element.get("submittedBy")),
        "organization": fields.read_name(paper.get("organization")) or fields.read_name(element.get("organization")),
        "code_url": fields.read_text(paper.get("githubRepo")),
        "github_stars": fields.read_int(paper.get("githubStars")),
        "project_url": fields.read_text(paper.get("projectPage")),
        "ai_summary": fields.read_text(paper.get("ai_summary")),
        "ai_keywords": fields.read_texts(paper.get("ai_keywords")),
        "keywords": fields.read_texts(paper.get("keywords")),
    }
