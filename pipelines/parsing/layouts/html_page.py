"""Saved HTML pages: the JSON that new ones carry in data-props, <article> cards, or the older <h3> headings.

Where the page's own JSON is there it is read, for it has every field; else the cards are. One pass over the tags with a
regular expression: it is several times faster than a full parser and takes broken markup as it comes.
"""

import html
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from .. import dates, fields, furniture, lines, targets
from ..files import Source
from ..findings import Findings
from ..reader import SourceReader
from . import api_json

NAME = "html"

_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|main|div|article|section)\b",
    re.I | re.S,
)
#: A tag or comment, whole; of a tag, whether it closes, its name and what else is in it.
_TAG = re.compile(
    r"(<!--(?:.*?-->|.*\Z)|<(/?)([a-zA-Z][\w:-]*)((?:[^<>\"']|\"[^\"]{0,4000}\"|'[^']{0,4000}')*+)>)",
    re.S,
)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.I)
_TIME = re.compile(r"\bdatetime\s*=\s*[\"']([^\"']*)", re.I)
_PROPS = re.compile(r"data-props\s*=\s*([\"'])")
_SCRIPT = re.compile(r"<(script)\b[^>]{0,500}\bjson[^>]{0,500}>|<(pre)\b[^>]{0,500}>\s*(?=[\[{])", re.I)
#: Objects inside objects that are looked into for a page's data.
_DEPTH = 8
#: Words of a text that may be an abstract.
_FEW_WORDS = 8
#: Words of a link that may be a title where nothing else says so: `PDF` and `View abstract` are none.
_FEW_TITLE_WORDS = 3
_AUTHORS = re.compile(r"\b(\d[\d,]*) authors?\b", re.I)
#: What a tag does to the text around it.
_HIDES, _IS_CHROME, _ENTERS, _LINKS, _NAMES, _BREAKS = range(1, 7)


class _Roles(dict[str | None, int]):
    """Roles by tag, in small letters or as they come; 0 for tags that change nothing."""

    def __missing__(self, name: str | None) -> int:
        return self.get(name.lower(), 0) if name else 0


_ROLE_OF: dict[str | None, int] = {
    **dict.fromkeys(("script", "style", "head", "svg", "noscript", "template"), _HIDES),
    **dict.fromkeys(("nav", "header", "footer"), _IS_CHROME),
    "article": _ENTERS,
    # arXiv's listings are definition lists.
    "dt": _ENTERS,
    "a": _LINKS,
    # The block a text stands in is known by these.
    **dict.fromkeys(("p", "h1", "h2", "h3", "h4", "h5", "h6", "time"), _NAMES),
    **dict.fromkeys(("li", "div", "td", "th", "section", "main", "ul", "button", "label", "br"), _BREAKS),
    **dict.fromkeys(("span", "img", "b", "i", "em", "strong", "sub", "sup", "code", "path", None), 0),
}
_ROLES = _Roles(_ROLE_OF)


@dataclass(slots=True)
class _Piece:
    """A stretch of visible text: where it stands, what it says, the link and the block around it."""

    start: int
    end: int
    text: str
    href: str | None
    block: str
    instant: str | None = None


def recognise(source: Source) -> tuple[float, str]:
    """Score a source as a saved page by how it starts."""
    if source.is_binary or not _START.match(source.data[: 1 << 14]):
        return 0.0, "does not start as HTML"
    if b"/papers/" in source.data or b"data-props" in source.data:
        return 0.95, "HTML with links to papers"
    return 0.7, "HTML"


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    return _Page.read_all(sources)


class _Page(SourceReader):
    """One saved page on its way through."""

    NAME = NAME
    takes_wording = True

    def read(self) -> str | None:
        found = self._read_props()
        self.takes_wording = not found
        pieces, starts = _find_pieces(self.text)
        if not found and not self._read_cards(pieces, starts):
            found = self._read_scripts()
            remark = f"{found} entries from the JSON of its scripts"
        else:
            remark = f"{found} entries from the JSON in its attributes"
        if found or self.entry_count == 0:
            self._place_pieces(pieces)
        self.ledger.mark_open(lines.BOILERPLATE)
        return remark if found else None

    def _read_scripts(self) -> int:
        """Take entries from JSON in script elements, where frameworks leave a page's data, or in `pre`, where browsers
        show JSON; returns how many.
        """
        for script in _SCRIPT.finditer(self.text):
            end = self.text.find(f"</{script[1] or script[2]}", script.end())
            end = len(self.text) if end < 0 else end
            first, last = self.line_at(script.end()), self.line_at(end)
            value = self.text[script.end() : end]
            for entry in _search_entries(api_json.scan_value(_unescape(value) if script[2] else value)):
                self.add_entry(entry, first, last)
        return self.entry_count

    def _read_props(self) -> int:
        """Take entries from data-props attributes and blank those out, so that they are no text; returns how many."""
        count, kept, at = 0, [], 0
        # Looking for the bare word first is many times faster than for the pattern.
        while (place := self.text.find("data-props", at)) >= 0:
            if (found := _PROPS.match(self.text, place)) is None:
                kept.append(self.text[at : place + 1])
                at = place + 1
                continue
            end = self.text.find(found[1], found.end())
            end = len(self.text) if end < 0 else end
            value = self.text[found.end() : end]
            first, last = self.line_at(found.end()), self.line_at(end)
            props = api_json.scan_value(_unescape(value)) if "aper" in value else None
            entries = _entries_of(props) if isinstance(props, dict) else []
            if entries and isinstance(props, dict) and (day := fields.read_text(props.get("dateString"))):
                # The page of a day says which day's list it is.
                self.facts |= {"date_text": day[:40], "is_list_date": True}
            for entry in entries:
                count += 1
                self.add_entry(entry, first, last)
            # The line feeds stay, so that lines keep their numbers.
            kept += [self.text[at : found.end()], "\n" * value.count("\n")]
            at = end
        if kept:
            self.text = "".join(kept) + self.text[at:]
        return count

    def _read_cards(self, pieces: list[_Piece], starts: list[int]) -> int:
        """Cut the pieces into cards at the articles or, without them, at their titles; returns how many titles.

        Titles are headings that link to a paper; on pages without any, what is labelled `Title:`, or headings over
        paragraphs.
        """
        heads = [
            index
            for index, piece in enumerate(pieces)
            if piece.block.startswith("h")
            and piece.block != "hidden"
            and piece.href
            and targets.PAPER.search(piece.href)
        ]
        is_linked = bool(heads)
        heads = heads or [index for index, piece in enumerate(pieces) if piece.text.startswith("Title: ")]
        heads = heads or _find_linked(pieces)
        heads = heads or [
            index
            for index, (piece, after) in enumerate(itertools.pairwise(pieces))
            if piece.block in _TITLE_BLOCKS and after.block == "p" and len(after.text.split()) >= _FEW_WORDS
        ]
        if not heads:
            return 0
        cards: list[list[_Piece]] = []
        bounds = [at for at in starts if heads and at <= pieces[heads[-1]].start]
        if len(bounds) >= len(heads) > 0:
            edges = [*bounds, len(self.text)]
            at = 0
            for begin, end in itertools.pairwise(edges):
                while at < len(pieces) and pieces[at].start < begin:
                    at += 1
                stop = at
                while stop < len(pieces) and pieces[stop].start < end:
                    stop += 1
                cards.append(pieces[at:stop])
                at = stop
            self._place_pieces([piece for piece in pieces if piece.start < edges[0]])
        else:
            edges_of = [*heads, len(pieces)]
            cards = [pieces[begin:end] for begin, end in itertools.pairwise(edges_of)]
            self._place_pieces(pieces[: edges_of[0]])
        for card in cards:
            self._read_card(card, is_linked)
        return len(heads)

    def _read_card(self, card: list[_Piece], is_linked: bool) -> None:
        entry: dict[str, object] = {"title": None, "abstract": None}
        used: list[_Piece] = []
        spare: list[_Piece] = []
        before = ""
        for piece in card:
            words = piece.text
            kind, arxiv_id = targets.classify_target(piece.href) if piece.href else ("", None)
            has_authors = "author" in words[:80].lower() and _AUTHORS.search(words[:80])
            if piece.instant and (instant := fields.read_instant(piece.instant)):
                entry["published_at"] = instant
            elif kind == "paper" and entry["title"] is None and not has_authors:
                entry["title"], entry["arxiv_id"] = words, arxiv_id
            elif not is_linked and entry["title"] is None and _is_title(piece):
                entry["title"] = words.removeprefix("Title: ")
            elif kind == "arxiv" and not is_linked and entry["title"] is None and _is_long(words):
                entry["title"], entry["arxiv_id"] = words, arxiv_id
            elif kind == "arxiv" and not is_linked:
                entry.setdefault("arxiv_id", arxiv_id)
            elif kind == "vote" or (entry["title"] is None and fields.read_int(words) is not None):
                entry["upvotes"] = fields.read_int(re.sub(r"(?i)upvote|\s", "", words))
            elif kind == "comments":
                entry["comment_count"] = fields.read_int(words)
            elif has_authors and (found := _AUTHORS.search(words[:60])):
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
                before = words
                spare.append(piece)
                continue
            before = words
            used.append(piece)
        if entry["title"] is None:
            self._place_pieces(card)
            return
        if entry["abstract"] is None and (prose := next(filter(_is_prose, spare), None)):
            # Tools that keep nothing but the text put it into whatever they like.
            entry["abstract"] = prose.text
            used = sorted([*used, prose], key=attrgetter("start"))
        first = self.line_at(used[0].start)
        last = self.line_at(used[-1].start + len(self.text[used[-1].start : used[-1].end].rstrip()))
        self.add_entry(entry, first, last)
        self._place_pieces([piece for piece in card if piece.start > used[-1].start])

    def _place_pieces(self, pieces: list[_Piece]) -> None:
        """Class the text outside cards: dates, and sentences, which are rejected; short labels are furniture."""
        for piece in pieces:
            day = dates.read_date_line(piece.text) if len(piece.text) < 40 else None
            first = self.line_at(piece.start)
            last = self.line_at(piece.start + len(self.text[piece.start : piece.end].rstrip()))
            if day is not None and day.is_possible():
                self.take_date(day)
                self.ledger.mark(lines.DATE, first, last)
            elif day is not None:
                self.reject("impossible_date", "no such day", first, last, piece.text)
            elif len(piece.text) < 40 and piece.block != "chrome" and dates.is_relative(piece.text):
                self.take_relative_date(piece.text)
                self.ledger.mark(lines.DATE, first, last)
            elif len(piece.text.split()) >= 8 and not furniture.is_furniture(piece.text) and piece.block != "chrome":
                if 0 in self.ledger.classes[first - 1 : last]:
                    self.reject("unknown_text", "text outside every card", first, last, piece.text)


#: Headings that may be a title; the first of a page is the page's.
_TITLE_BLOCKS = frozenset({"h2", "h3", "h4", "h5"})


def _find_linked(pieces: list[_Piece]) -> list[int]:
    """The first text of some words that links to each paper, or else to each page at arXiv."""
    for wanted in ("paper", "arxiv"):
        found: list[int] = []
        last_id: str | None = None
        for index, piece in enumerate(pieces):
            kind, arxiv_id = targets.classify_target(piece.href) if piece.href else ("", None)
            is_title = _is_long(piece.text) and not _AUTHORS.search(piece.text[:80])
            if kind == wanted and arxiv_id != last_id and is_title and piece.block != "chrome":
                found.append(index)
                last_id = arxiv_id
        if found:
            return found
    return []


def _is_title(piece: _Piece) -> bool:
    return piece.block in _TITLE_BLOCKS or piece.text.startswith("Title: ")


def _is_long(words: str) -> bool:
    return len(words.split()) >= _FEW_TITLE_WORDS


def _is_prose(piece: _Piece) -> bool:
    """Whether a text outside paragraphs may be an abstract."""
    return (
        not piece.href
        and piece.block not in ("chrome", *_TITLE_BLOCKS)
        and len(piece.text.split()) >= _FEW_WORDS
        and not furniture.is_furniture(piece.text)
    )


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


def _find_pieces(text: str) -> tuple[list[_Piece], list[int]]:
    """All visible text with its link and block, and where each <article> starts."""
    pieces: list[_Piece] = []
    articles: list[int] = []
    terms: list[int] = []
    hidden: list[str] = []
    chrome = 0
    href: str | None = None
    block, instant = "", None
    is_new, at = True, 0
    # Split by its groups, the text comes with all parts of the tags from one call: matches cost as much as the rest.
    parts = _TAG.split(text)
    for raw, tag, closes, name, rest in zip(*(parts[offset:-1:5] for offset in range(5)), strict=True):
        begin, start = at, at + len(raw)
        at = start + len(tag)
        if raw and not hidden and not raw.isspace() and (shown := _read_shown(raw)):
            last = pieces[-1] if pieces and not is_new else None
            if last and last.block == block and last.href == href:
                last.text += (" " if raw[0].isspace() or text[last.end - 1].isspace() else "") + shown
                last.end = start
            else:
                begin += len(raw) - len(raw.lstrip()) if raw[0].isspace() else 0
                pieces.append(_Piece(begin, start, shown, href, "chrome" if chrome else block, instant))
            is_new = False
        role = _ROLES[name]
        if not role:
            continue
        if hidden:
            if closes and name.lower() == hidden[-1]:
                hidden.pop()
            continue
        if role == _HIDES:
            if not closes and not rest.endswith("/"):
                hidden.append(name.lower())
            continue
        if role == _IS_CHROME:
            chrome = max(0, chrome - 1) if closes else chrome + 1
            continue
        if role == _LINKS:
            if closes:
                href = None
            else:
                href = _read_href(rest)
            is_new = is_new or block != "p"
            continue
        is_new = True
        if role == _NAMES:
            name = name.lower()
            if not closes:
                block = name
                found = _TIME.search(rest) if name == "time" else None
                instant = found[1] if found else None
            elif name == block:
                block, instant = "", None
        elif role == _ENTERS and not closes:
            (articles if name in ("article", "ARTICLE") else terms).append(start)
    return pieces, articles or terms


def _read_href(attributes: str) -> str | None:
    """Where an `a` leads; None without a href."""
    # As nearly every tool writes it; the pattern takes the rest.
    begin = attributes.find(' href="')
    if begin >= 0 and (end := attributes.find('"', begin + 7)) >= 0:
        href = attributes[begin + 7 : end]
    else:
        found = _HREF.search(attributes)
        if found is None:
            return None
        href = found[1] or found[2] or found[3] or ""
    return html.unescape(href) if "&" in href else href


def _read_shown(raw: str) -> str:
    """Text as a browser shows it: entities resolved, white space folded."""
    if raw.isspace():
        return ""
    if "&" in raw:
        raw = html.unescape(raw)
    # Splitting an abstract into its words costs more than all of the rest; most have single blanks already.
    if raw.isascii() and raw.isprintable() and "  " not in raw:
        return raw.strip()
    return " ".join(raw.split())


def _unescape(value: str) -> str:
    """Like html.unescape, with the entity that JSON in an attribute is full of taken first and at once."""
    return html.unescape(value.replace("&quot;", '"'))
