"""Saved HTML pages: the JSON that new ones carry in data-props, what a page of one paper says of itself, cards, lists.

Where the page's own JSON is there it is read, for it has every field; else its meta elements; else the cards of a page
of papers; else the JSON of its scripts; else whatever `documents` finds in lists, tables and sections.
"""

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from .. import columns, dates, fields, furniture, lines, targets
from ..documents import alike, hypertext, wording
from ..documents.blocks import HEADING, ROW, Block, fold, merge
from ..documents.reader import DocumentReader
from ..files import Source
from ..findings import Findings
from . import api_json

NAME = "html"

_START = re.compile(
    rb"\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?>.{0,2000}?-->)\s*+)*+<(?:!doctype\s++(?:html|netscape-)|html|head|body|main|div|article|section|"
    rb"table|ul|ol|dl|h[1-6]|p|meta|title)\b",
    re.I | re.S,
)
#: A page written in Markdown may begin with a tag.
_MARKDOWN = re.compile(rb"^(?:> ?)?(?:#{1,6} \S|\|[ :|-]{3,500}\|[ \t]*$|[-*] \S.*\]\()", re.MULTILINE)
_HTML = re.compile(rb"<!doctype html|<html\b|<body\b", re.IGNORECASE)
#: More articles than stand in one stretch.
_STRETCH = 1_000_000
#: Objects inside objects that are looked into for a page's data.
_DEPTH = 8
#: Words of a text that may be an abstract.
_FEW_WORDS = 8
#: Words of a link that may be a title where nothing else says so: `PDF` and `View abstract` are none.
_FEW_TITLE_WORDS = 3
_AUTHORS = re.compile(r"\b(\d[\d,]{0,15}) authors?\b", re.I)
_VOTE_WORDS = re.compile(r"upvote|\s", re.I)
#: Meta elements that say what paper a page is of, without their prefix, and those of which there are several.
_META = re.compile(r"(?:citation|dc|dcterms|prism|eprints|bepress_citation|wkhealth)[._](?P<name>[\w.]+)")
_SEVERAL = frozenset(("author", "authors", "creator", "keywords", "keyword", "subject", "creators_name"))
#: What they say of the author named before them, as objects that are people have it.
_DETAILS = {"author_institution": "places", "author_orcid": "orcids"}
_META_NAMES = {
    "creator": "authors",
    "author": "authors",
    "creators_name": "authors",
    "online_date": "published_online",
    "date.issued": "issued",
    "date": "publication_date",
    "keyword": "keywords",
    "subject": "keywords",
    "abstract_html_url": "url",
    "identifier": "identifier",
    "arxiv_id": "arxiv_id",
}


@dataclass(slots=True)
class _Piece:
    """A stretch of visible text: the lines it stands on, what it says, the link and the block around it."""

    first: int
    last: int
    text: str
    href: str | None
    block: str
    instant: str | None = None
    article: int = 0


def recognise(source: Source) -> tuple[float, str]:
    """Score a source as a saved page by how it starts."""
    head = source.head(1 << 14)
    if source.is_binary or not _START.match(head):
        return 0.0, "does not start as HTML"
    if not _HTML.search(head) and _MARKDOWN.search(source.head(1 << 16)):
        return 0.0, "Markdown that begins with a tag"
    if b"/papers/" in source.data or b"data-props" in source.data:
        return 0.95, "HTML with links to papers"
    return 0.7, "HTML"


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    return _Page.read_all(sources)


class _Page(DocumentReader):
    """One saved page on its way through."""

    NAME = NAME

    def read(self) -> str | None:
        # Of pages joined to one file a parser of HTML would read the first alone.
        remarks = [self._read_page(*page) for page in hypertext.part_pages(self.text)]
        if any(remark is not None for remark in remarks):
            self.ledger.mark_open(lines.BOILERPLATE)
        return "; ".join(dict.fromkeys(remark for remark in remarks if remark)) or None

    def _read_page(self, page: str, before: int) -> str | None:
        """Read a page, before which stand so many lines; returns what is to be said of it, None where it is none."""
        if self._read_alike(page, before):
            return ""
        self.root, self.before = hypertext.parse_html(page), before
        if self.root is None:
            return None
        if found := self._read_props():
            self.takes_wording = False
            self._place_pieces(_find_pieces(hypertext.read_elements(self.root, before)))
            return f"{found} entries from the JSON in its attributes"
        blocks = hypertext.read_elements(self.root, before)
        if self._read_meta(blocks):
            return "one paper, from the page's meta elements"
        pieces = _find_pieces(blocks)
        if (heads := _find_heads(pieces)) and not _is_table_of(blocks, heads):
            # A tree takes several times the memory of its page; the cards are all in the pieces.
            self.root = None
            blocks.clear()
            self._read_cards(pieces, heads)
            return ""
        if found := self._read_scripts():
            self._place_pieces(pieces)
            return f"{found} entries from the JSON of its scripts"
        self.root = None
        pieces.clear()
        self.read_blocks(blocks)
        return ""

    def _read_alike(self, page: str, before: int) -> bool:
        """Read a page of cards most of which are articles of one markup; false where it is another page."""
        if (found := alike.find_articles(page)) is None:
            return False
        marked, stretches = found
        self.root, self.before = hypertext.parse_html(marked), before
        if self.root is None or self._gather_meta() or self._gather_linked_data() or hypertext.find_props(self.root):
            return False
        blocks = hypertext.read_elements(self.root, before)
        self.root = None
        pieces: list[_Piece] = []
        for block in blocks:
            if (number := alike.read_mark(block)) is None:
                pieces += _find_pieces([block])
            else:
                pieces += _fill_pieces(stretches.pop(0), block.first_line, number)
        heads = _find_heads(pieces) if not stretches else []
        if not heads or _is_table_of(blocks, heads):
            return False
        self._read_cards(pieces, heads)
        return True

    def _lines_of(self, element: Any, text: str) -> tuple[int, int]:
        first = max(1, min(self.before + (element.sourceline or 1), len(self.ledger.classes)))
        return first, min(first + text.count("\n"), len(self.ledger.classes))

    def _read_scripts(self) -> int:
        """Take entries from JSON in script elements, where frameworks leave a page's data, or in `pre`, where browsers
        show JSON; returns how many.
        """
        before = self.entry_count
        for script in self.root.iter("script", "pre"):
            value = (script.text if script.tag == "script" else "".join(script.itertext())) or ""
            if script.tag == "script" and "json" not in " ".join(script.attrib.values()).lower():
                continue
            if value.lstrip()[:1] not in ("{", "["):
                continue
            first, last = self._lines_of(script, value)
            for entry in _search_entries(api_json.scan_value(value)):
                self.add_entry(entry, first, last)
        return self.entry_count - before

    def _read_props(self) -> int:
        """Take entries from data-props attributes; returns how many."""
        count = 0
        for element in hypertext.find_props(self.root):
            value = element.get("data-props") or ""
            props = api_json.scan_value(value) if "aper" in value else None
            entries = _entries_of(props) if isinstance(props, dict) else []
            if entries and isinstance(props, dict) and (day := fields.read_text(props.get("dateString"))):
                # The page of a day says which day's list it is.
                self.facts |= {"date_text": day[:40], "is_list_date": True}
            first, last = self._lines_of(element, value)
            for entry in entries:
                count += 1
                self.add_entry(entry, first, last)
        return count

    def _read_meta(self, blocks: Sequence[Block]) -> bool:
        """Take the paper that a page's meta elements or linked data name; whether there is one."""
        record = self._gather_meta() or self._gather_linked_data()
        if not record:
            return False
        roles = [block for block in blocks if block.role in ("abstract", "summary") and block.kind != ROW]
        if not record.get("abstract") and roles:
            texts = [fold(block.text) for block in roles if block.kind != HEADING]
            said = [text for text in texts if not furniture.is_furniture(text) and not wording.read_label(text)[0]]
            record["abstract"] = "\n\n".join(said) or None
        entry = columns.read_record(record)
        if entry["title"] is None:
            return False
        self.ignore(columns.list_ignored(record))
        first = self.before + (next((el.sourceline for el in self.root.iter("meta", "script")), 1) or 1)
        self.add_entry(entry, first, max([first, *(block.last_line for block in roles)]))
        return True

    def _gather_meta(self) -> dict[str, object]:
        record: dict[str, object] = {}
        #: In the order of the page, each once.
        several: dict[str, dict[str, None]] = {}
        details: dict[str, dict[str, list[str]]] = {}
        person = ""
        for name, content in hypertext.find_meta(self.root):
            found = _META.match(name)
            if found is None:
                continue
            key = _META_NAMES.get(found["name"], found["name"])
            if found["name"] == "authors":
                # PubMed's: all in one, each with a semicolon.
                record[key] = [name.strip() for name in content.split(";") if name.strip()]
            elif found["name"] in _DETAILS and person:
                # Behind the name of the author it is about.
                details.setdefault(person, {}).setdefault(_DETAILS[found["name"]], []).append(content)
            elif found["name"] in _SEVERAL:
                # A page may name everybody twice: what it says the second time is not asked.
                is_person = found["name"] == "author" and content not in several.get("authors", {})
                person = content if is_person else ""
                several.setdefault(key, {})[content] = None
            else:
                record.setdefault(key, content)
        for key, contents in several.items():
            if key not in record:
                record[key] = [_tell(text, **details[text]) if text in details else text for text in contents]
        is_paper = record.get("title") and record.keys() & {"authors", "arxiv_id", "doi", "abstract", "pdf_url"}
        return record if is_paper and record.keys() - {"title", "publication_date", "identifier"} else {}

    def _gather_linked_data(self) -> dict[str, object]:
        """The article in a script of schema.org's terms, if it is one of science."""
        for script in self.root.iter("script"):
            if "ld+json" not in (script.get("type") or ""):
                continue
            for item in _list_things(api_json.scan_value(script.text or "")):
                if "ScholarlyArticle" in json.dumps(item.get("@type", "")):
                    record = dict(item)
                    record["title"] = record.pop("headline", None) or record.pop("name", None)
                    record.setdefault("abstract", record.pop("description", None))
                    return {name: value for name, value in record.items() if not name.startswith("@")}
        return {}

    def _read_cards(self, pieces: list[_Piece], heads: list[int]) -> None:
        """Cut the pieces of a page of papers into cards at their titles."""
        # What stands above a title and votes for its paper is the card's.
        starts = [_find_start(pieces, index, before) for before, index in zip([-1, *heads], heads, strict=False)]
        self._place_pieces(pieces[: starts[0]])
        for begin, end in itertools.pairwise([*starts, len(pieces)]):
            self._read_card(pieces[begin:end])

    def _read_card(self, card: list[_Piece]) -> None:
        entry: dict[str, object] = {"title": None, "abstract": None}
        used: list[_Piece] = []
        spare: list[_Piece] = []
        before = ""
        for piece in card:
            if self._take_piece(entry, piece, before):
                used.append(piece)
            else:
                spare.append(piece)
            before = piece.text
        if entry["title"] is None:
            self._place_pieces(card)
            return
        if entry["abstract"] is None and (prose := next(filter(_is_prose, spare), None)):
            # Tools that keep nothing but the text put it into whatever they like.
            entry["abstract"] = prose.text
            used = sorted([*used, prose], key=attrgetter("first"))
        last = max([piece.last for piece in used])
        self.add_entry(entry, used[0].first, last)
        self._place_pieces([piece for piece in spare if piece.first > last])

    def _take_piece(self, entry: dict[str, object], piece: _Piece, before: str) -> bool:
        """Take a piece for the field it shows; whether there is one."""
        words = piece.text
        kind, arxiv_id = targets.classify_target(piece.href) if piece.href else ("", None)
        if piece.instant and (instant := fields.read_instant(piece.instant)):
            entry["published_at"] = instant
        elif kind == "paper" and entry["title"] is None and not _find_count(words):
            entry["title"], entry["arxiv_id"] = words, arxiv_id
        elif kind == "vote" or (entry["title"] is None and fields.read_int(words) is not None):
            entry["upvotes"] = fields.read_int(words if words.isdigit() else _VOTE_WORDS.sub("", words))
        elif kind == "comments":
            entry["comment_count"] = fields.read_int(words)
        elif _find_count(words) and (found := _AUTHORS.search(words[:60])):
            entry["author_count"] = fields.read_int(found[1])
        elif (
            entry["title"]
            and entry["abstract"] is None
            and (piece.block == "p" or kind == "paper")
            and words != entry["title"]
        ):
            entry["abstract"] = words
        elif kind == "code":
            entry.setdefault("code_url", piece.href)
            entry.setdefault("github_stars", fields.read_int(re.sub(r"(?i)github|\s", "", words)))
        elif before.lower().startswith("submitted by"):
            entry.setdefault("submitter", words)
        elif kind == "profile" and not furniture.is_furniture(words) and entry["title"]:
            entry.setdefault("organization", words)
        elif entry["title"] and (day := _read_day(words)) is not None:
            entry.setdefault("published_at", day)
        else:
            return False
        return True

    def _place_pieces(self, pieces: Sequence[_Piece]) -> None:
        """Class the text outside cards: dates, and sentences, which are rejected; short labels are furniture."""
        for piece in pieces:
            day = dates.read_date_line(piece.text) if len(piece.text) < 40 else None
            if day is not None and day.is_possible():
                self.take_date(day)
                self.ledger.mark(lines.DATE, piece.first, piece.last)
            elif day is not None:
                self.reject("impossible_date", "no such day", piece.first, piece.last, piece.text)
            elif len(piece.text) < 40 and piece.block != "chrome" and dates.is_relative(piece.text):
                self.take_relative_date(piece.text)
                self.ledger.mark(lines.DATE, piece.first, piece.last)
            elif len(piece.text.split()) >= 8 and not furniture.is_furniture(piece.text) and piece.block != "chrome":
                if 0 in self.ledger.classes[piece.first - 1 : piece.last]:
                    self.reject("unknown_text", "text outside every card", piece.first, piece.last, piece.text)


def _find_count(words: str) -> re.Match[str] | None:
    """How many authors a text says there are near its beginning."""
    # Looking for the word is many times faster than for the pattern.
    return _AUTHORS.search(words[:80]) if "author" in words[:80].lower() else None


def _find_pieces(blocks: Sequence[Block]) -> list[_Piece]:
    """The texts of blocks, cut where a link begins or ends; links inside a paragraph cut nothing."""
    pieces: list[_Piece] = []
    for block in blocks:
        where, runs = (block.first_line, block.last_line), block.runs
        # Most blocks are one text or one link.
        is_one = len(runs) == 1 and not block.cells
        for text, href in ((runs[0].text, runs[0].target),) if is_one else _part(block):
            if folded := fold(text):
                pieces.append(_Piece(*where, folded, href or None, block.tag, block.when or None, block.article))
    return pieces


def _fill_pieces(articles: Sequence[alike.Article], line: int, number: int) -> list[_Piece]:
    """The texts of a stretch of articles that begins on a line; their numbers are below those of other articles."""
    pieces: list[_Piece] = []
    for place, (feeds, form, words) in enumerate(articles, start=1):
        start, article = line + feeds, -place - _STRETCH * number
        for first, last, text, target, tag, when in form.places:
            pieces.append(
                _Piece(
                    start + first, start + last, fold(words[text]), words[target].strip() or None, tag,
                    words[when] or None, article,
                )
            )  # fmt: skip
    return pieces


def _part(block: Block) -> Iterator[tuple[str, str]]:
    """The texts of a block and where each leads."""
    for runs in block.cells or (block.runs,):
        if len(runs) == 1:
            yield runs[0].text, runs[0].target
        elif block.tag == "p":
            href = next((run.target for run in runs if run.target), "") if len(merge(runs)) == 1 else ""
            yield "".join(run.text for run in runs), href
        else:
            yield from _by_target(runs)


def _by_target(runs: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for target, group in itertools.groupby(runs, key=attrgetter("target")):
        yield "".join(run.text for run in group), target


def _find_start(pieces: Sequence[_Piece], index: int, before: int) -> int:
    """Where the card of a title begins: with its article, or at the votes for its paper, which may stand above it."""
    if pieces[index].article:
        return next(at for at in range(before + 1, index + 1) if pieces[at].article == pieces[index].article)
    _, arxiv_id = targets.classify_target(pieces[index].href or "")
    start = index
    for at in range(index - 1, max(before, index - 6), -1):
        kind, voted = targets.classify_target(pieces[at].href or "")
        if kind == "vote" and voted == arxiv_id:
            start = at
    return start


def _tell(name: str, places: Sequence[str] = (), orcids: Sequence[str] = ()) -> dict[str, object]:
    """A person as `columns` reads one."""
    return {"name": name, "affiliations": list(places), "orcid": next(iter(orcids), None)}


def _find_heads(pieces: Sequence[_Piece]) -> list[int]:
    """The titles of a page of papers: headings that link to a paper, or else the first texts of some words that do."""
    heads = [
        index
        for index, piece in enumerate(pieces)
        if piece.block.startswith("h") and piece.href and targets.PAPER.search(piece.href)
    ]
    return heads or _find_linked(pieces)


def _find_linked(pieces: Sequence[_Piece]) -> list[int]:
    """The first text of some words that links to each paper."""
    found: list[int] = []
    last_id: str | None = None
    for index, piece in enumerate(pieces):
        kind, arxiv_id = targets.classify_target(piece.href) if piece.href else ("", None)
        is_title = len(piece.text.split()) >= _FEW_TITLE_WORDS and not _AUTHORS.search(piece.text[:80])
        if kind == "paper" and arxiv_id != last_id and is_title and piece.block != "chrome":
            found.append(index)
            last_id = arxiv_id
    return found


def _is_table_of(blocks: Sequence[Block], heads: Sequence[int]) -> bool:
    """Whether papers are rows of a table that names its columns, which say more than links do."""
    rows = [block for block in blocks if block.kind == ROW]
    return any(row.is_header for row in rows) and len(rows) > len(heads)


def _is_prose(piece: _Piece) -> bool:
    """Whether a text outside paragraphs may be an abstract."""
    return (
        not piece.href
        and piece.block != "chrome"
        and not piece.block.startswith("h")
        and len(piece.text.split()) >= _FEW_WORDS
        and not furniture.is_furniture(piece.text)
    )


def _list_things(found: object) -> Iterator[dict]:
    """The objects in linked data: itself, those of a list, those of its graph."""
    for item in found if isinstance(found, list) else [found]:
        if isinstance(item, dict):
            yield item
            if isinstance(graph := item.get("@graph"), list):
                yield from (thing for thing in graph if isinstance(thing, dict))


def _search_entries(found: object, depth: int = 0) -> list[dict[str, object]]:
    """The papers anywhere in the data of a page: those of the first list that has any."""
    if isinstance(found, list):
        return _entries_of({"data": found})
    if isinstance(found, dict) and depth < _DEPTH:
        if entries := _entries_of(found):
            return entries
        return next((entries for value in found.values() if (entries := _search_entries(value, depth + 1))), [])
    return []


def _entries_of(found: dict) -> list[dict[str, object]]:
    """The papers in the JSON of one data-props attribute."""
    listed = next((found[key] for key in ("dailyPapers", "papers", "data") if isinstance(found.get(key), list)), None)
    if listed is None:
        listed = [found] if isinstance(found.get("paper"), dict) else []
    entries = [api_json.read_entry(item) for item in listed if isinstance(item, dict)]
    return [entry for entry in entries if entry["title"]]


def _read_day(text: str) -> object:
    day = dates.read_date_line(text.removeprefix("Published on ").strip(" ·")) if len(text) < 50 else None
    return fields.read_instant(day.on()) if day else None
