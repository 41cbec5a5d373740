"""BibTeX and biblatex: `@type{key, field = value, ...}`, split by bibtexparser, which keeps line numbers.

What belongs here: what values are made of (braces, quotes, numbers, abbreviations, `#` between them), and which field
of an entry a field of BibTeX is. How TeX spells letters is in `tex`, how names are listed in `people`.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bibtexparser.model import (
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    ImplicitComment,
    ParsingFailedBlock,
    String,
)
from bibtexparser.splitter import Splitter

from .. import identifiers, lines, people, publication, tex, venues
from ..files import Source
from ..findings import Findings
from ..reader import SourceReader
from .references.tagged import split_keywords

NAME = "bibtex"

# What is wrong with a file is in its rejects.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

_HEAD_BYTES = 1 << 16
#: Characters kept of what the grammar misses.
_DETAIL = 200
#: Lines of prose before the first entry: more, and the file is something else.
_FEW_LINES = 30
_ENTRY = re.compile(
    rb"^[ \t]{0,20}@[A-Za-z]{2,40}+\s{0,20}+[{(]\s{0,20}+[^\s,{}()=\"%]{0,300}+\s{0,20}+,\s{0,20}+[A-Za-z]",
    re.MULTILINE,
)
_TITLE = re.compile(rb"\btitle\s{0,20}+=\s{0,20}+[{\"\w]", re.IGNORECASE)

#: Fields that are read; every other one is counted.
_READ = frozenset(
    "title subtitle abstract author year date month day doi eprint eprinttype archiveprefix arxivid keywords "
    "keyword author_keywords crossref journal journaltitle booktitle".split()
)
#: Fields in which an arXiv id is only a mention; read where one has it.
_MENTIONS = ("url", "journal", "journaltitle", "howpublished", "note", "number", "publisher", "doi")
#: Fields that name where a paper appeared, best first.
_VENUES = ("journal", "journaltitle", "booktitle")
#: Entries that are settings of a program or lists of other entries.
_SETTINGS = frozenset({"control", "set", "xdata"})
#: What entries inherit from the one they refer to, where they have none of them.
_INHERITED = ("date", "year", "month", "day")
_PART = re.compile(r"\s*(?:#\s*)?(?:(?P<open>[{\"])|(?P<word>[^\s#{}\",=]{1,200}))")
_MORE_FIELDS = re.compile(r"\s*(?P<name>[A-Za-z][\w:-]{0,60})\s{0,20}=")
_MARKS = re.compile(r"\\.|[{}\"]", re.DOTALL)


def recognise(source: Source) -> tuple[float, str]:
    """Certain where the file begins with entries, or with a few lines and then entries, and one has a title."""
    head = source.head(_HEAD_BYTES)
    found = None if source.is_binary or b"@" not in head else _ENTRY.search(head)
    if found is None or not _TITLE.search(head, found.start()):
        return 0.0, "no entries of BibTeX"
    before = [row for row in head[: found.start()].split(b"\n") if row.strip() and row.lstrip()[:1] not in b"%@}"]
    if len(before) > _FEW_LINES or any(row.lstrip().startswith((b"```", b"# ", b"## ", b"<")) for row in before):
        return 0.0, "entries of BibTeX in another text"
    return 0.95, "entries of BibTeX"


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    return _BibtexReader.read_all(sources)


@dataclass
class _Record:
    """An entry as it stands in the file, or what is left of one."""

    first: int
    last: int
    raw: str
    values: dict[str, str]
    error: str = ""
    kind: str = ""


class _BibtexReader(SourceReader):
    """One file on its way through."""

    NAME = NAME

    def read(self) -> None:
        self.abbreviations: dict[str, str] = {}
        self.parents: dict[str, dict[str, str]] = {}
        blocks = Splitter(self.text).split().blocks
        found: list[_Record] = []
        after_failure = False
        for block in blocks:
            if isinstance(block, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock):
                block = block.ignore_error_block or block
            raw = block.raw or ""
            first = (block.start_line or 0) + 1
            last = min(first + raw.rstrip().count("\n"), len(self.ledger.classes))
            if isinstance(block, Entry) and block.entry_type.lower() not in _SETTINGS:
                values = self._read_fields(block)
                self.parents.setdefault(block.key.lower(), values)
                found.append(_Record(first, last, raw, values, kind=block.entry_type))
            elif isinstance(block, ParsingFailedBlock):
                error = str(getattr(block.error, "abort_reason", block.error))
                found.append(_Record(first, last, raw, {}, error[:_DETAIL]))
            elif isinstance(block, ImplicitComment) and after_failure:
                # What is left of the broken entry.
                found[-1].last = last
            else:
                if isinstance(block, String):
                    self.abbreviations[block.key.lower()] = self._read_value(block.value)[0]
                self.ledger.mark(lines.BOILERPLATE, first, last)
            if not isinstance(block, ImplicitComment):
                after_failure = isinstance(block, ParsingFailedBlock)
        for record in found:
            self._take(record)

    def _read_fields(self, block: Entry) -> dict[str, str]:
        """Name, in lower case -> value, of those that hold one; the first of several of a name."""
        fields: dict[str, str] = {}
        for item in block.fields:
            value, more = self._read_value(item.value)
            found = {item.key.lower().strip(): value, **more}
            for name, text in found.items():
                if text.strip():
                    fields.setdefault(name, text)
        return fields

    def _read_value(self, raw: str) -> tuple[str, dict[str, str]]:
        """A value without braces or quotes, its parts put together; and fields behind it, where a comma is missing."""
        if raw[:1] == "{" and raw[-1:] == "}" and raw.find("}", 1) == len(raw) - 1:
            return raw[1:-1], {}
        values: dict[str, list[str]] = {"": []}
        pieces = values[""]
        at = 0
        while found := _PART.match(raw, at):
            if pieces and "#" not in found[0] and (more := _MORE_FIELDS.match(raw, at)):
                pieces = values.setdefault(more["name"].lower(), [])
                at = more.end()
            elif found["word"]:
                pieces.append(self._expand(found["word"]))
                at = found.end()
            else:
                end = _find_close(raw, found.end(), found["open"])
                pieces.append(raw[found.end() : end])
                at = end + 1
        value = "".join(values.pop(""))
        return value, {name: "".join(parts) for name, parts in values.items()}

    def _expand(self, word: str) -> str:
        return self.abbreviations.get(word.lower(), word)

    def _take(self, record: _Record) -> None:
        if record.error:
            self.reject("broken_record", record.error, record.first, record.last, record.raw)
            return
        values = record.values
        parent = self.parents.get(values.get("crossref", "").lower())
        if parent and parent is not values and not any(name in values for name in _INHERITED):
            values = {**values, **{name: parent[name] for name in _INHERITED if name in parent}}
        entry = _read_entry(values)
        if entry["title"] is None:
            self.reject("no_title", "an entry without a title", record.first, record.last, record.raw)
            return
        # `@misc{..., type = {Dataset}}`; the type of a thesis or report says so.
        entry["resource_types"] = [record.kind, values.get("type"), values.get("howpublished")]
        self.add_entry(entry, record.first, record.last)
        mentions = {name for name in _MENTIONS if name in values and _has_id(values[name])}
        self.ignore([name for name in record.values if name not in _READ and name not in mentions])


def _has_id(text: str) -> bool:
    return "arxiv" in text.lower() or identifiers.find_doi([text]) is not None


def _find_close(raw: str, start: int, opening: str) -> int:
    """Where a value that begins with a brace or a quote ends."""
    depth = 0
    for found in _MARKS.finditer(raw, start):
        mark = found[0]
        if mark == "{":
            depth += 1
        elif mark == "}":
            if depth == 0:
                return found.start()
            depth -= 1
        elif mark == '"' and opening == '"' and depth == 0:
            return found.start()
    # Braces that do not match hide the closing quote.
    return len(raw) - 1 if opening == '"' and len(raw) > start and raw[-1] == '"' else len(raw)


def _read_entry(fields: dict[str, str]) -> dict[str, object]:
    title = tex.read_tex(fields.get("title", ""))
    if title and (subtitle := tex.read_tex(fields.get("subtitle", ""))):
        title = f"{title}{'' if title[-1] in ':?!.' else ':'} {subtitle}"
    arxiv_id, arxiv_version = _find_arxiv_id(fields)
    found = people.read_tex_people(tex.decode_accents(fields.get("author", "")).replace("~", " "))
    if isinstance(names := found["authors"], list):
        found["authors"] = [" ".join(tex.drop_braces(name).split()) for name in names]
    words = next((fields[name] for name in ("keywords", "keyword", "author_keywords") if name in fields), None)
    year, month = fields.get("year"), fields.get("month")
    if month and (day := fields.get("day")):
        month = f"{year}-{month}-{day}" if month.strip().isdigit() else f"{month} {day}"
    entry: dict[str, object] = {
        "title": title or None,
        "abstract": tex.read_tex(fields.get("abstract", "")) or None,
        "arxiv_id": arxiv_id,
        "arxiv_version": arxiv_version,
        "doi": identifiers.find_doi(
            tex.drop_braces(fields[name].replace("\\_", "_")) for name in ("doi", "url") if name in fields
        ),
        "keywords": split_keywords([tex.read_tex(words)]) if words else None,
        "venue": next(
            (name for key in _VENUES if (name := venues.read_venue(tex.read_tex(fields.get(key, ""))))), None
        ),
        **found,
    }
    publication.add_publication(entry, fields.get("date"), year, month.replace("~", " ") if month else None)
    return entry


def _find_arxiv_id(fields: dict[str, str]) -> tuple[str | None, int | None]:
    archive = (fields.get("archiveprefix") or fields.get("eprinttype") or "arxiv").strip().lower()
    names = [name for name in ("arxivid", *(("eprint",) if archive == "arxiv" else ())) if name in fields]
    texts = [fields[name] for name in names]
    # A bare number is an id in the field for it, and anything elsewhere.
    texts += [fields[name] for name in _MENTIONS if name in fields and "arxiv" in fields[name].lower()]
    if fields.get("journal", "").strip().lower() == "corr" and fields.get("volume", "").startswith("abs/"):
        texts.append(fields["volume"].removeprefix("abs/"))
    return identifiers.find_arxiv_id(texts)
