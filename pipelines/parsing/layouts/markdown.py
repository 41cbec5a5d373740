"""Markdown: lists, tables, cards and notes of papers; captures of pages go to `captures`.

The grammar is pulldown-cmark's (`documents.commonmark`), finding papers is `documents`'. What belongs here: telling
Markdown of papers from other text, and notes of one paper, whose front matter has the fields.
"""

import itertools
import re
import tomllib
from collections.abc import Sequence

import yaml

from .. import columns, fields, furniture, lines
from ..documents import wording
from ..documents.blocks import HEADING, ROW, Block, Run, fold
from ..documents.cards import find_note
from ..documents.commonmark import read_markdown
from ..documents.reader import DocumentReader
from ..files import Source
from ..findings import Findings, merge
from . import captures

NAME = "markdown"

#: Bytes looked at.
_HEAD = 1 << 16
#: Front matter longer than this is none.
_FRONT_CHARACTERS = 1 << 16
_FRONT = re.compile(rb"\s{0,20}(?:---|\+\+\+)[ \t]*\n(?:.{0,4000}\n){1,400}?(?:---|\+\+\+|\.\.\.)[ \t]*(?:\n|$)")
_FRONT_TITLE = re.compile(rb"^\"?title\"?\s*[:=]\s*\S", re.MULTILINE | re.IGNORECASE)
_PROPERTIES = re.compile(rb"(?:[\w-]{1,40}::[^\n]*\n){0,40}?(?:original-)?title:: ?\S")
#: The line under the header of a table.
_TABLE = re.compile(rb"^[^\n|]{0,20}\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)++\|?[ \t]*+$", re.MULTILINE)
_PAPER_LINK = re.compile(
    rb"(?:arxiv\.org/(?:abs|pdf|html)/|doi\.org/10\.|/papers/\d{4}\.|openreview\.net/|aclanthology\.org/|thecvf\.com/"
    rb"|neurips\.cc/paper|mlr\.press/v|\.pdf[)\"# ])",
    re.IGNORECASE,
)
_HEADING = re.compile(rb"^(?:> ?)?#{1,6} \S|^\S[^\n]*\n={3,}[ \t]*$|(?:\A|\n\n)\S[^\n]*\n-{3,}[ \t]*$", re.MULTILINE)
#: One of them is in every text with a heading, and one of the others in every text with such a label.
_HEADING_MARKS = ((b"#", b"# "), (b"=", b"\n==="), (b"-", b"\n---"))
_RULE_MARKS = ((b"--", b"-- "), (b"=", b"== "), (b"*", b"** "))
_PLAIN_TITLES = tuple(word.encode() for word in ("title:", "标题", "题目"))
#: Labels of text that is no Markdown, and a heading that no other text has.
_PLAIN_TITLE = re.compile("^(?:title:[ \t]|(?:标题|题目)[:：])".encode(), re.MULTILINE | re.IGNORECASE)
_MARKED = re.compile(rb"^(?:> ?)?#{1,6} \S|^[-*+] \*\*|\]\(", re.MULTILINE)
_ITEM = re.compile(rb"^[ \t>]*(?:[-*+]|\d{1,4}[.)])[ \t]+\S", re.MULTILINE)
_BOLD = re.compile(rb"^[ \t>]*(?:\d{1,4}[.)][ \t]+)?(?:\*\*|__|\[)[^\n]{8,400}?(?:\*\*|__|\]\()", re.MULTILINE)
_RULED = re.compile(
    rb"^(?:-{2,22}|={2,22}|\*{2,22}) +\S[^\n]{3,300}?(?<! ) ++(?:-{2,22}|={2,22}|\*{2,22})[ \t]*$", re.MULTILINE
)
_LABEL_HEADING = re.compile(
    rb"^(?:> ?)?#{1,6} *(?:abstract|authors?|summary|tl;?dr)\b|^[ \t>]*(?:[-*+] )?(?:\*\*|__)(?:abstract|authors?)\b"
    rb"|<summary>\s{0,20}(?:<[a-z]{1,9}>)?\s{0,20}abstract",
    re.IGNORECASE | re.MULTILINE,
)
_PARAGRAPH = re.compile(rb"^[^#\s>|-].{200,}$", re.MULTILINE)
_PROPERTY = re.compile(r"[\w-]{1,40}:: ?")
_NOTE_LINK = re.compile(r"\[\[([^\[\]]*)\]\]")
_KIND_NAMES = ("layout", "type", "genre", "publication_types", "category", "item-type", "itemType", "entrytype")
#: What says that a note is one of a paper.
_PAPER_TYPES = re.compile(r"paper|article|proceedings|publication|thesis|preprint", re.IGNORECASE)


def recognise(source: Source) -> tuple[float, str]:
    """Score a source as Markdown of papers: links to papers in tables, lists or headings, front matter, labels."""
    if source.is_binary or source.is_blank:
        return 0.0, "no text"
    head = source.head(_HEAD)
    if captures.is_capture(head):
        return 0.85, f"Markdown links to papers ({captures.count_links(head)} in the first 64 KB)"
    if (front := _FRONT.match(head)) and _FRONT_TITLE.search(front[0]):
        return 0.65, "Markdown behind front matter with a title"
    if _PROPERTIES.match(head):
        return 0.65, "a note with properties, a title among them"
    if b"|" in head and (rules := len(_TABLE.findall(head))):
        return 0.86, f"{rules} Markdown tables"
    # Most text has no mark of Markdown: looking for one is many times faster than for links to papers.
    headings = len(_HEADING.findall(head)) if _has_mark(head, _HEADING_MARKS) else 0
    has_links = b"](" in head
    has_rules = _has_mark(head, _RULE_MARKS) and _RULED.search(head) is not None
    links = len(_PAPER_LINK.findall(head)) if headings or has_links or has_rules else 0
    if head.lstrip()[:1] in (b"{", b"[{", b"<") and not (links and headings):
        return 0.0, "no Markdown"
    folded = head.lower()
    if any(mark in folded for mark in _PLAIN_TITLES) and _PLAIN_TITLE.search(head) and not _MARKED.search(head):
        return 0.0, "labelled text"
    if has_rules and (links or _LABEL_HEADING.search(head)):
        return 0.6, "titles between rules"
    if headings and (links or _LABEL_HEADING.search(head)):
        return 0.6, f"{headings} Markdown headings, {links} links to papers in the first 64 KB"
    if links > 1 and has_links and ((items := len(_ITEM.findall(head))) or _BOLD.search(head)):
        return 0.6, f"{items} Markdown items, {links} links to papers in the first 64 KB"
    paragraphs = len(_PARAGRAPH.findall(head))
    if headings > 1 and paragraphs and headings * 3 >= paragraphs:
        return 0.5, f"{headings} Markdown headings over paragraphs"
    if has_links and not paragraphs and captures.shows_links_only(head):
        return 0.3, "lines of Markdown links, none of them to a paper"
    return 0.0, "no Markdown of papers"


def _has_mark(head: bytes, marks: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether one of some marks is there; the sign in it is looked for first, for a blank stands everywhere."""
    return any(sign in head and mark in head for sign, mark in marks)


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    captured = [source for source in sources if captures.is_capture(source[1].head(_HEAD))]
    written = [source for source in sources if not captures.is_capture(source[1].head(_HEAD))]
    return merge([captures.parse(captured), _Page.read_all(written)])


class _Page(DocumentReader):
    """One page or note on its way through."""

    NAME = NAME

    def read(self) -> str | None:
        page = read_markdown(self.text)
        blocks = page.blocks
        given = _read_front(page.front, page.front_kind) or _read_properties(self.text)
        title = fields.read_text(given.get("title"))
        note = dict(given) if title and _is_note(given) else {}
        if title and not wording.is_page_title(title) and not _has_heading(blocks, title):
            blocks = [Block(HEADING, 1, 1, [Run(title)], level=1), *blocks]
        if note and title:
            self._add_note(note, page.front_line, blocks, title)
            return None
        before = len(self.recorder.entries), len(self.recorder.rejects)
        count = self.read_blocks(blocks)
        self.ledger.mark_open(lines.BOILERPLATE)
        if given and count and (day := fields.read_moment(given.get("date"))) is not None:
            self.facts |= {"date_text": day.on.isoformat(), "is_list_date": True}
        if not count and (len(self.recorder.rejects) > before[1] or any(map(_says_something, blocks))):
            detail = "Markdown without papers; read are lists, tables and notes of papers"
            self.refuse_whole(detail, *before)
        return None

    def _add_note(self, note: dict[str, object], front_line: int, blocks: Sequence[Block], title: str) -> None:
        """A note of one paper: what its front matter says, and for the rest what stands under its heading."""
        card = find_note(blocks, title)
        record = dict(card.said.record) if card else {}
        if columns.read_record(note)["arxiv_id"]:
            # Links below may be to other papers.
            for name in ("arxiv_id", "url", "url_abs", "doi"):
                record.pop(name, None)
        record |= note
        self.ignore(dict.fromkeys(card.said.ignored) if card else ())
        self.ignore(columns.list_ignored(record))
        self.add_entry(columns.read_record(record), 1, max(front_line, card.said.last_line if card else 1))
        self.ledger.mark_open(lines.BOILERPLATE)


def _read_front(front: str, kind: str) -> dict[str, object]:
    """The values in front matter; empty where there is none or it is no mapping."""
    if not front or len(front) > _FRONT_CHARACTERS:
        return {}
    try:
        value = tomllib.loads(front) if kind == "toml" else yaml.load(front, Loader=yaml.CSafeLoader)
    except (tomllib.TOMLDecodeError, yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError):
        value = _read_loose(front)
    return {str(key): _without_links(item) for key, item in value.items()} if isinstance(value, dict) else {}


def _without_links(value: object) -> object:
    """A value of front matter, or a list of them, without the marks of links between notes."""
    if isinstance(value, list):
        return [_without_links(item) if isinstance(item, str) else item for item in value]
    return _NOTE_LINK.sub(_show_link, value) if isinstance(value, str) and "[[" in value else value


def _show_link(found: re.Match[str]) -> str:
    """What a link between notes shows: what stands behind its bar, or the name of the note."""
    return found[1].rsplit("|", 1)[-1]


def _read_properties(text: str) -> dict[str, object]:
    """Logseq's properties, lines of `key:: value` at the top of a page, without the marks of its links."""
    rows = itertools.takewhile(_PROPERTY.match, text.split("\n"))
    pairs = [row.split("::", 1) for row in rows]
    given: dict[str, object] = {key.strip(): _NOTE_LINK.sub(r"\1", value).strip(' "') for key, value in pairs}
    if title := fields.read_text(given.pop("original-title", None)) or fields.read_text(given.get("title")):
        given["title"] = title.removeprefix("@")
    return given if len(given) > 1 else {}


def _read_loose(front: str) -> dict[str, object]:
    """Lines of `key: value` in what is no YAML: titles with a colon that nobody quoted."""
    pairs = (row.partition(":") for row in front.split("\n") if row[:1].isalpha())
    return {key.strip(): value.strip().strip("\"'") for key, colon, value in pairs if colon and value.strip()}


def _is_note(given: dict[str, object]) -> bool:
    """Whether front matter is that of a paper: it has an abstract, an id, a DOI, or calls itself a publication."""
    entry = columns.read_record(given)
    if entry.get("arxiv_id") or entry.get("doi"):
        return True
    if not entry.get("authors"):
        return False
    names = {columns.fold_name(name) for name in given}
    kinds = " ".join(str(given.get(name, "")) for name in _KIND_NAMES)
    return bool(names & {"abstract", "publication", "venue", "journal", "booktitle", "conference"}) or bool(
        _PAPER_TYPES.search(kinds)
    )


def _says_something(block: Block) -> bool:
    """Whether a block is a row of a table, or a heading that is none of a page's furniture."""
    text = fold(block.text)
    is_heading = block.kind == HEADING and not furniture.is_furniture(text) and not wording.is_page_title(text)
    return is_heading or (block.kind == ROW and len(block.cells) > 1)


def _has_heading(blocks: Sequence[Block], title: str) -> bool:
    wanted = fold(title).lower()
    return any(block.kind == HEADING and fold(block.text).lower() == wanted for block in blocks)
