"""Outlines in which papers are headings or blocks with properties: Org-mode's drawers, Logseq's `title:: ...`.

What belongs here: cutting an outline into nodes, and which of them are papers. Notes are about anything, so a node is
one only where its properties say what papers alone have; everything else in the file is the writer's own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .. import columns, findings, lines
from ..files import Source
from ..findings import Findings
from ..reader import SourceReader

_HEAD_BYTES = 1 << 16
_ORG_NODE = re.compile(rb"^\*{1,20} \S", re.MULTILINE)
_ORG_DRAWER = re.compile(rb"^[ \t]{0,40}:PROPERTIES:[ \t]*$", re.MULTILINE | re.IGNORECASE)
_ORG_SETTING = re.compile(rb"\s{0,100}+(?:#[^\n]{0,500}+\n){0,20}?#\+[A-Za-z_]{2,30}:", re.IGNORECASE)
_BLOCK_TITLE = re.compile(rb"^[ \t]{0,40}(?:- |  )(?:original-)?title:: ?\S", re.MULTILINE)
_BULLET = re.compile(rb"^[ \t]{0,40}- ", re.MULTILINE)

_HEADING = re.compile(
    r"(\*{1,20}) ++(?:(?:TODO|DONE|NEXT|WAIT|WAITING|HOLD|READ|READING|STARTED|SOMEDAY|CANCELL?ED|IDEA) ++)?"
    r"(?:\[#[A-Z0-9]\] ++)?(\S.*+)?"
)
_ORG_TAGS = re.compile(r":[\w@#%:]{1,500}+")
_PLANNING = re.compile(r"\s{0,40}(?:SCHEDULED|DEADLINE|CLOSED):")
_ORG_PROPERTY = re.compile(r"\s{0,40}:([\w-]{1,60})\+?:(?:\s+(.*))?$")
_ORG_FILE = re.compile(r"#\+([\w-]{1,40}):\s*(.*)$")
_ORG_LINK = re.compile(r"\[\[([^\[\]]{1,2000})\](?:\[([^\[\]]{1,1000})\])?\]")
_LOGSEQ_PROPERTY = re.compile(r"([\w-]{1,60}):: ?(.*)$")
_LOGSEQ_LINK = re.compile(r"\[\[([^\[\]]{0,500})\]\]")
#: Headings under a paper whose text is the abstract.
_ABSTRACTS = frozenset({"abstract", "summary"})
#: Properties that say what papers have beside people; an id or a DOI needs nothing beside it.
_PAPER_NAMES = frozenset("journal booktitle venue conference proceedings abstract btype entrytype year".split())
_PAPER_TYPES = re.compile(r"article|paper|proceedings|preprint|thesis", re.IGNORECASE)
_TYPE_NAMES = ("btype", "type", "item-type", "entrytype", "category")
#: Properties in which the programs keep their own records.
_OWN_NAMES = frozenset("id collapsed created modified created-at updated-at effort archive_time template".split())


def recognise(source: Source) -> tuple[float, str]:
    """Certain of headings with drawers, or settings of Org over headings, and of blocks with a title as a property."""
    head = b"" if source.is_binary else source.head(_HEAD_BYTES)
    if b"*" in head and b"* " in head and (b":PROPERTIES:" in head or b":properties:" in head or b"#+" in head):
        if _ORG_NODE.search(head) and (_ORG_DRAWER.search(head) or _ORG_SETTING.match(head)):
            return 0.95, "headings of Org mode"
    if b"::" in head and b":: " in head and _BLOCK_TITLE.search(head) and _BULLET.search(head):
        return 0.9, "blocks with properties, a title among them"
    return 0.0, "no outline"


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    org = [source for source in sources if source[2].startswith("headings")]
    logseq = [source for source in sources if not source[2].startswith("headings")]
    return findings.merge([_OrgReader.read_all(org), _LogseqReader.read_all(logseq)])


@dataclass
class _Node:
    """A heading or a block: how deep it stands, its words, its properties, and the lines of text under it."""

    level: int
    first: int
    text: str
    given: dict[str, str] = field(default_factory=dict)
    rows: list[str] = field(default_factory=list)
    is_abstract: bool = False


class _OutlineReader(SourceReader):
    """One outline on its way through."""

    def read(self) -> str | None:
        """Read node by node; what is no paper's is the writer's own."""
        before = len(self.recorder.entries), len(self.recorder.rejects)
        rows = self.text.split("\n")
        nodes = self.cut(rows)
        papers = [self._is_paper(node) for node in nodes]
        for at, node in enumerate(nodes):
            if papers[at]:
                # A paper ends at the next one, and where what it holds does.
                after = range(at + 1, len(nodes))
                end = next((to for to in after if papers[to] or nodes[to].level <= node.level), len(nodes))
                self._add(
                    node, nodes[at + 1 : end], nodes[end].first - 1 if end < len(nodes) else len(self.ledger.classes)
                )
        if not self.entry_count:
            return self.refuse_whole(f"{self.reason} without the properties of a paper", *before)
        self.ledger.mark_open(lines.BOILERPLATE)
        return None

    def cut(self, rows: list[str]) -> list[_Node]:
        """The nodes of the outline in order."""
        raise NotImplementedError

    def _is_paper(self, node: _Node) -> bool:
        if not node.given or not _find_title(node):
            return False
        entry = columns.read_record({**node.given, "title": _find_title(node)})
        if entry["arxiv_id"] or entry["doi"]:
            return True
        kinds = " ".join(node.given.get(name, "") for name in _TYPE_NAMES)
        return bool(entry["authors"]) and (
            not _PAPER_NAMES.isdisjoint(node.given) or _PAPER_TYPES.search(kinds) is not None
        )

    def _add(self, node: _Node, inside: Sequence[_Node], last: int) -> None:
        record: dict[str, object] = dict(node.given)
        notes = len(" ".join(node.rows).strip()) > 0
        for child in inside:
            for name, value in child.given.items():
                record.setdefault(name, value)
            if child.is_abstract and "abstract" not in record:
                record["abstract"] = "\n".join(child.rows).strip()
            elif child.text or "".join(child.rows).strip():
                notes = True
        record["title"] = _find_title(node)
        entry = columns.read_record(record)
        self.ignore(name for name in columns.list_ignored(record) if name.lower() not in _OWN_NAMES)
        if notes:
            self.ignore(["notes"])
        self.add_entry(entry, node.first, last)


def _find_title(node: _Node) -> str:
    title = node.given.get("original-title") or node.given.get("title") or node.text
    return " ".join(title.split()).removeprefix("@")


class _OrgReader(_OutlineReader):
    """Headings of Org mode; the file itself is a node where properties stand over all of them."""

    NAME = "org"

    def cut(self, rows: list[str]) -> list[_Node]:
        """The file, then its headings."""
        nodes = [_Node(0, 1, "")]
        is_in_drawer, may_begin = False, True
        for number, row in enumerate(rows, start=1):
            node = nodes[-1]
            if row.startswith("*") and (found := _HEADING.match(row)):
                node = _Node(len(found[1]), number, "")
                node.text = _bare(_without_tags(found[2] or ""), node.given)
                node.is_abstract = node.text.lower().strip(":") in _ABSTRACTS
                nodes.append(node)
                is_in_drawer, may_begin = False, True
            elif is_in_drawer:
                if row.strip().upper() == ":END:":
                    is_in_drawer = False
                elif (found := _ORG_PROPERTY.match(row)) and found[2]:
                    node.given.setdefault(found[1].lower(), _bare(found[2], {}))
            elif may_begin and row.strip().upper() == ":PROPERTIES:":
                is_in_drawer = True
            elif node.level == 0 and (found := _ORG_FILE.match(row)):
                if found[1].lower() == "title":
                    node.given["title"] = found[2].strip()
            elif row.strip() and not _PLANNING.match(row):
                may_begin = node.level == 0 and row.startswith("#")
                node.rows.append(row.strip())
        return nodes


def _without_tags(text: str) -> str:
    """A heading without the tags behind it, which are one word between colons."""
    words = text.strip().rsplit(" ", 1)
    return words[0] if len(words) > 1 and words[1].endswith(":") and _ORG_TAGS.fullmatch(words[1]) else text


def _bare(text: str, links: dict[str, str]) -> str:
    """A text without the marks of links, of which an address is kept under `url`."""

    def show(found: re.Match[str]) -> str:
        links.setdefault("url", found[1])
        return found[2] or found[1]

    return _ORG_LINK.sub(show, text).strip()


class _LogseqReader(_OutlineReader):
    """Blocks of Logseq: bullets, the properties of which stand on lines of their own."""

    NAME = "logseq"

    def cut(self, rows: list[str]) -> list[_Node]:
        """The page, then its blocks."""
        nodes = [_Node(-1, 1, "")]
        for number, row in enumerate(rows, start=1):
            bare = row.lstrip(" \t")
            is_block = bare.startswith("- ") or bare == "-"
            if is_block:
                # A tab is as deep as the two spaces of a bullet.
                nodes.append(_Node(len(row[: len(row) - len(bare)].replace("\t", "  ")), number, ""))
                bare = bare[2:]
            node, bare = nodes[-1], bare.strip()
            if found := _LOGSEQ_PROPERTY.match(bare):
                if value := _LOGSEQ_LINK.sub(r"\1", found[2]).strip(' "'):
                    node.given.setdefault(found[1].lower(), _tags(found[1], value))
            elif is_block:
                node.text = _LOGSEQ_LINK.sub(r"\1", bare)
            elif bare:
                node.rows.append(bare)
        return nodes


def _tags(name: str, value: str) -> str:
    """The words of tags without their hashes."""
    return re.sub(r"(?:^|(?<=[\s,]))#", "", value) if name.lower() in ("tags", "keywords") else value
