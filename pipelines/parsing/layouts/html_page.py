"""Saved HTML pages: the JSON that new ones carry in data-props, <article> cards, or the older <h3> headings.

Where the page's own JSON is there it is read, for it has every field; else the cards are. One pass over the tags with a
regular expression: it is several times faster than a full parser and takes broken markup as it comes.
"""

import html
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.parsing import dates, fields, furniture, lines
from pipelines.parsing.files import Source
from pipelines.parsing.findings import Findings, Recorder
from pipelines.parsing.layouts import api_json

NAME = "html"

_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|main|div|article|section)\b",
    re.I | re.S,
)
_TAG = re.compile(
    r"<!--(?:.*?-->|.*\Z)|<(?P<end>/?)(?P<name>[a-zA-Z][\w:-]*)(?P<rest>(?:[^<>\"']|\"[^\"]{0,4000}\"|'[^']{0,4000}')*+)>",
    re.S,
)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.I)
_TIME = re.compile(r"\bdatetime\s*=\s*[\"']([^\"']*)", re.I)
_PROPS = re.compile(r"\bdata-props\s*=\s*([\"'])")
_PAPER = re.compile(r"/papers/(\d{4}\.\d{4,5})(?:v\d+)?(#community)?$")
_VOTE = re.compile(r"/login\?next=(?:%2F|/)papers(?:%2F|/)\d{4}\.\d{4,5}", re.I)
_PROFILE = re.compile(r"^(?:https?://(?:www\.)?huggingface\.co)?/[\w.-]+/?$")
_CODE = re.compile(r"^https?://(?:www\.)?(?:github|gitlab|bitbucket)\.(?:com|org)/[\w.-]+/[\w.-]+")
_AUTHORS = re.compile(r"\b(\d[\d,]*) authors?\b", re.I)
_HIDDEN = {"script", "style", "head", "svg", "noscript", "template"}
_CHROME = {"nav", "header", "footer"}
_BLOCKS = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "div",
    "td",
    "th",
    "article",
    "section",
    "main",
    "ul",
    "time",
    "button",
    "label",
    "a",
    "br",
}


@dataclass
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
    recorder = Recorder()
    for number, source, reason in sources:
        _Page(number, source, recorder).read(reason)
    return recorder.findings()


class _Page:
    """One saved page on its way through."""

    def __init__(self, number: int, source: Source, recorder: Recorder) -> None:
        self.number = number
        self.source = source
        self.recorder = recorder
        self.text = source.data.decode(errors="replace")
        self.ledger = lines.LineLedger(source.data)
        self.facts: dict[str, object] = {}
        self.counted_at, self.counted_line = 0, 1

    def read(self, reason: str) -> None:
        found = self._read_props()
        pieces, starts = _find_pieces(self.text)
        if found:
            reason = f"{reason}; {found} entries from the JSON in its attributes"
            self._place_pieces(pieces)
        else:
            self._read_cards(pieces, starts)
        self.ledger.mark_open(lines.BOILERPLATE)
        self.recorder.add_dump(self.number, self.source, self.ledger, NAME, reason, **self.facts)

    def _line_at(self, at: int) -> int:
        if at < self.counted_at:
            self.counted_at, self.counted_line = 0, 1
        self.counted_line += self.text.count("\n", self.counted_at, at)
        self.counted_at = at
        return self.counted_line

    def _read_props(self) -> int:
        """Take entries from data-props attributes and blank those out, so that they are no text; returns how many."""
        count, kept, at = 0, [], 0
        while found := _PROPS.search(self.text, at):
            end = self.text.find(found[1], found.end())
            end = len(self.text) if end < 0 else end
            value = self.text[found.end() : end]
            first, last = self._line_at(found.end()), self._line_at(end)
            props = api_json.scan_value(html.unescape(value)) if "aper" in value else None
            entries = _entries_of(props) if isinstance(props, dict) else []
            if entries and isinstance(props, dict) and isinstance(day := props.get("dateString"), str):
                # The page of a day says which day's list it is.
                self.facts |= {"date_text": day[:40], "is_list_date": True}
            for entry in entries:
                count += 1
                self.ledger.mark(lines.ENTRY, first, last)
                self.recorder.entries.append({"source": self.number, "first_line": first, "last_line": last, **entry})
            # The line feeds stay, so that lines keep their numbers.
            kept += [self.text[at : found.end()], "\n" * value.count("\n")]
            at = end
        self.text = "".join(kept) + self.text[at:]
        self.counted_at, self.counted_line = 0, 1
        return count

    def _read_cards(self, pieces: list[_Piece], starts: list[int]) -> None:
        """Cut the pieces into cards at the articles or, without them, at the headings that link to a paper."""
        heads = [
            index
            for index, piece in enumerate(pieces)
            if piece.block.startswith("h") and piece.block != "hidden" and piece.href and _PAPER.search(piece.href)
        ]
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
            self._read_card(card)

    def _read_card(self, card: list[_Piece]) -> None:
        entry: dict[str, object] = {"title": None, "abstract": None}
        used: list[_Piece] = []
        before = ""
        for piece in card:
            paper = _PAPER.search(piece.href or "")
            words = piece.text
            if piece.instant and (instant := fields.read_instant(piece.instant)):
                entry["published_at"] = instant
            elif paper and not paper[2] and entry["title"] is None and not _AUTHORS.search(words):
                entry["title"], entry["arxiv_id"] = words, paper[1]
            elif _VOTE.search(piece.href or "") or (entry["title"] is None and fields.read_int(words) is not None):
                entry["upvotes"] = fields.read_int(re.sub(r"(?i)upvote|\s", "", words))
            elif paper and paper[2]:
                entry["comment_count"] = fields.read_int(words)
            elif found := _AUTHORS.search(words[:60]):
                entry["author_count"] = fields.read_int(found[1])
            elif (
                entry["title"]
                and entry["abstract"] is None
                and (piece.block == "p" or paper)
                and words != entry["title"]
            ):
                entry["abstract"] = words
            elif piece.href and _CODE.match(piece.href):
                entry.setdefault("code_url", piece.href)
                entry.setdefault("github_stars", fields.read_int(re.sub(r"(?i)github|\s", "", words)))
            elif before.lower().startswith("submitted by"):
                entry.setdefault("submitter", words)
            elif piece.href and _PROFILE.match(piece.href) and not furniture.is_furniture(words) and entry["title"]:
                entry.setdefault("organization", words)
            elif entry["title"] and (day := _read_day(words)) is not None:
                entry.setdefault("published_at", day)
            else:
                before = words
                continue
            before = words
            used.append(piece)
        if entry["title"] is None:
            self._place_pieces(card)
            return
        first = self._line_at(used[0].start)
        last = self._line_at(used[-1].start + len(self.text[used[-1].start : used[-1].end].rstrip()))
        self.ledger.mark(lines.ENTRY, first, last)
        entry["flags"] = [] if entry["abstract"] else ["no_abstract"]
        self.recorder.entries.append({"source": self.number, "first_line": first, "last_line": last, **entry})
        self._place_pieces([piece for piece in card if piece.start > used[-1].start])

    def _place_pieces(self, pieces: list[_Piece]) -> None:
        """Class the text outside cards: dates, and sentences, which are rejected; short labels are furniture."""
        for piece in pieces:
            day = dates.read_date_line(piece.text) if len(piece.text) < 40 else None
            first = self._line_at(piece.start)
            last = self._line_at(piece.start + len(self.text[piece.start : piece.end].rstrip()))
            if day is not None and day.is_possible():
                self.facts.setdefault("date_text", day.text)
                self.ledger.mark(lines.DATE, first, last)
            elif len(piece.text.split()) >= 8 and not furniture.is_furniture(piece.text) and piece.block != "chrome":
                if 0 in self.ledger.classes[first - 1 : last]:
                    self.ledger.mark(lines.REJECTED, first, last)
                    self.recorder.add_reject(
                        self.number, "unknown_text", "text outside every card", first, last, piece.text
                    )


def _entries_of(found: dict) -> list[dict[str, object]]:
    """The papers in the JSON of one data-props attribute."""
    listed = next((found[key] for key in ("dailyPapers", "papers", "data") if isinstance(found.get(key), list)), None)
    if listed is None:
        listed = [found] if isinstance(found.get("paper"), dict) else []
    entries = [api_json.read_entry(item) for item in listed if isinstance(item, dict)]
    return [{**entry, "flags": [] if entry["abstract"] else ["no_abstract"]} for entry in entries if entry["title"]]


def _read_day(text: str) -> object:
    day = dates.read_date_line(text.removeprefix("Published on ").strip(" ·")) if len(text) < 50 else None
    return fields.read_instant(day.on()) if day else None


def _find_pieces(text: str) -> tuple[list[_Piece], list[int]]:
    """All visible text with its link and block, and where each <article> starts."""
    pieces: list[_Piece] = []
    articles: list[int] = []
    hidden: list[str] = []
    chrome = 0
    href: str | None = None
    block, instant = "", None
    is_new, at = True, 0
    for tag in _TAG.finditer(text):
        if not hidden and tag.start() > at and (shown := _read_shown(text[at : tag.start()])):
            if pieces and not is_new and pieces[-1].block == (block or "") and pieces[-1].href == href:
                pieces[-1].text += (" " if text[at].isspace() or text[pieces[-1].end - 1].isspace() else "") + shown
                pieces[-1].end = tag.start()
            else:
                start = at + len(text[at : tag.start()]) - len(text[at : tag.start()].lstrip())
                pieces.append(_Piece(start, tag.start(), shown, href, "chrome" if chrome else block, instant))
            is_new = False
        at = tag.end()
        name = (tag["name"] or "").lower()
        if hidden:
            if tag["end"] and name == hidden[-1]:
                hidden.pop()
            continue
        if tag["end"]:
            if name in _CHROME:
                chrome = max(0, chrome - 1)
            if name == "a":
                href = None
            if name == block:
                block, instant = "", None
        elif name in _HIDDEN and not tag["rest"].endswith("/"):
            hidden.append(name)
        elif name in _CHROME:
            chrome += 1
        elif name == "article":
            articles.append(tag.start())
        elif name == "a":
            found = _HREF.search(tag["rest"])
            href = html.unescape(next(filter(None, found.groups()), "")) if found else None
        elif name in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "time"):
            block = name
            found = _TIME.search(tag["rest"]) if name == "time" else None
            instant = found[1] if found else None
        if name in _BLOCKS and not (name == "a" and block == "p"):
            is_new = True
    return pieces, articles


def _read_shown(raw: str) -> str:
    return " ".join(html.unescape(raw).split())
