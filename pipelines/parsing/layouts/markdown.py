"""Markdown captures of a page: titles and abstracts as links to /papers/<id>, or headings with paragraphs below.

A card is a title and everything up to the next card: the abstract (a link with the title's target, or the paragraphs
below), the author count, the organisation, the submitter, code and comment links, and the date of publication, which
stands after the entry. The vote link stands before the title. Anything else on a line of its own is boilerplate where
it is known furniture, and rejected where it is not.
"""

import html
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.parsing import dates, fields, furniture, lines
from pipelines.parsing.files import Source
from pipelines.parsing.findings import Findings, Recorder

NAME = "markdown"

_PAPER = re.compile(r"/papers/(\d{4}\.\d{4,5})(?:v\d+)?(#community)?$")
_VOTE = re.compile(r"/login\?next=(?:%2F|/)papers(?:%2F|/)(\d{4}\.\d{4,5})")
_ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf|html)/(\d{4}\.\d{4,5})")
_PROFILE = re.compile(r"^(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co))?/[\w.-]+/?$")
_CODE = re.compile(r"^https?://(?:www\.)?(?:github|gitlab|bitbucket)\.(?:com|org)/[\w.-]+/[\w.-]+")
_BRACKET = re.compile(r"\\.|!?\[|\]\(|\]", re.DOTALL)
_TARGET = re.compile(r"\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)>?(?:\s+\"[^\"\n]*\")?\s*\)")
_HEADING = re.compile(r"^(#{1,6})[ \t]+(\S.*?)[ \t#]*$|^([^\n#>*\[!-][^\n]*)\n(?:=+|-{3,})[ \t]*$", re.MULTILINE)
_IMAGE = re.compile(r"!\[[^\]\n]*\]\([^)\s]*(?:\s+\"[^\"\n]*\")?\)")
_BREAK = re.compile(r"(?:\\{1,2}|(?<![ \t])[ \t]{2,})[ \t]*\n")
_TITLE_BREAK = re.compile(r"\\{1,2}\s+|\n\s*")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
_AUTHORS = re.compile(r"(?:^|[\s*·-])(\d[\d,]*) authors?\b")
_SUBMITTED = re.compile(r"submitted by\W*$", re.IGNORECASE)
_DATE = re.compile(
    r"(?:^|[\s·|*_]|published on )"
    r"((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}(?:, \d{4})?|\d{4}-\d{2}-\d{2})"
    r"(?=$|[\s·|*_\[])",
    re.MULTILINE | re.IGNORECASE,
)
_DRESSING = re.compile(r"[\s*_#>|·•`-]+")


@dataclass
class _Link:
    """A link: where it stands in the text, what it shows and where it leads."""

    start: int
    end: int
    shown: str
    target: str


@dataclass
class _Card:
    """A title and where its parts stand."""

    start: int
    title: str
    title_end: int
    arxiv_id: str | None


def recognise(source: Source) -> tuple[float, str]:
    """Score a source as Markdown: links or headings with links to papers; headings over long paragraphs are weaker."""
    head = source.data[: 1 << 16]
    signs = (b"](", b"\n# ", b"\n## ", b"\n### ", b"\n#### ", b"\n====", b"\n----")
    if source.is_binary or not any(sign in b"\n" + head for sign in signs):
        return 0.0, "no Markdown"
    links = len(re.findall(rb"\]\([^)\s]{0,200}/papers/\d{4}\.\d{4,5}", head))
    if links:
        return 0.85, f"Markdown links to papers ({links} in the first 64 KB)"
    headings = len(re.findall(rb"^#{1,4} \S", head, re.MULTILINE))
    paragraphs = len(re.findall(rb"^[^#\s-].{200,}$", head, re.MULTILINE))
    if headings > 1 and paragraphs and headings * 3 >= paragraphs:
        return 0.5, f"{headings} Markdown headings over paragraphs"
    return 0.0, "no Markdown of papers"


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    recorder = Recorder()
    for number, source, reason in sources:
        _Page(number, source, recorder).read(reason)
    return recorder.findings()


def _find_links(text: str) -> list[_Link]:
    """All links, inner before outer, in the order they end. One pass over the brackets."""
    links: list[_Link] = []
    opened: list[int] = []
    for found in _BRACKET.finditer(text):
        token = found[0]
        if token[0] == "\\":
            continue
        if token[-1] == "[":
            opened.append(found.start())
        elif token == "]":
            if opened:
                opened.pop()
        elif opened:
            target = _TARGET.match(text, found.end())
            start = opened.pop()
            if target is None or text[start] == "!":
                continue
            # A bracket left open inside an abstract must not cut it: a link to a paper starts where its line does.
            if _PAPER.search(target[1]) and not _starts_line(text, start):
                for depth, earlier in enumerate(reversed(opened), start=1):
                    if (not links or earlier >= links[-1].end) and _starts_line(text, earlier):
                        start = earlier
                        del opened[-depth:]
                        break
            links.append(_Link(start, target.end(), text[start + 1 : found.start()], target[1]))
    return sorted(links, key=lambda link: link.start)


def _starts_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip(" \t#*->+0123456789.")


def _clean(shown: str) -> str:
    """What a reader sees of Markdown text: no images, no escapes, no entities."""
    # Looking for the sign first is many times cheaper than running a pattern over every abstract.
    if "![" in shown:
        shown = _IMAGE.sub("", shown)
    if "\n" in shown:
        shown = _BREAK.sub("\n", shown)
    if "\\" in shown:
        shown = _ESCAPE.sub(r"\1", shown)
    return (html.unescape(shown) if "&" in shown else shown).strip()


def _clean_title(shown: str) -> str:
    return " ".join(_clean(_TITLE_BREAK.sub(" ", shown)).strip("#* \t").split())


def _count_authors(shown: str) -> int | None:
    """The number in `3 authors`, where a text is that and not an abstract that says it somewhere."""
    found = _AUTHORS.search(_IMAGE.sub("", shown)) if len(shown) < 2_000 and "author" in shown else None
    return fields.read_int(found[1]) if found and len(found.string.strip(" \n\\-*·")) < 40 else None


class _Page:
    """One capture on its way through."""

    def __init__(self, number: int, source: Source, recorder: Recorder) -> None:
        self.number = number
        self.source = source
        self.recorder = recorder
        self.text = source.data.decode(errors="replace")
        self.ledger = lines.LineLedger(source.data)
        self.links = _find_links(self.text)
        self.link_starts = [link.start for link in self.links]

    def read(self, reason: str) -> None:
        cards = self._find_cards()
        starts = [self._start_of(card, before) for before, card in zip([None, *cards], cards, strict=False)]
        at, line = 0, 1
        facts: dict[str, object] = {}
        for card, start, end in zip(cards, starts, [*starts[1:], len(self.text)], strict=True):
            entry, last = self._read_card(card, start, end)
            line += self.text.count("\n", at, start)
            last_line = line + self.text.count("\n", start, last)
            at = start
            self.ledger.mark(lines.ENTRY, line, last_line)
            self.recorder.entries.append({"source": self.number, "first_line": line, "last_line": last_line, **entry})
        rows = self.text.split("\n")
        for number, row in enumerate(rows[: len(self.ledger.classes)], start=1):
            if self.ledger.classes[number - 1] == 0:
                self._place_line(number, row, facts)
        self.recorder.add_dump(self.number, self.source, self.ledger, NAME, reason, **facts)

    def _place_line(self, number: int, row: str, facts: dict[str, object]) -> None:
        """Class a line outside every card: the page's date, furniture, or nothing known (left for the rejects)."""
        shown = _clean(re.sub(r"\[([^\[\]]*)\]\([^)\s]*\)", r"\1", _IMAGE.sub("", row)))
        shown = _DRESSING.sub(" ", shown).strip()
        day = dates.read_date_line(shown)
        if day is not None and day.is_possible():
            facts.setdefault("date_text", day.text)
            self.ledger.mark(lines.DATE, number, number)
        elif day is not None:
            self.ledger.mark(lines.REJECTED, number, number)
            self.recorder.add_reject(self.number, "impossible_date", "no such day", number, number, row)
        elif not shown or furniture.is_furniture(shown) or _is_link_only(row) or _is_front_matter(row):
            self.ledger.mark(lines.BOILERPLATE, number, number)

    def _find_cards(self) -> list[_Card]:
        """Titles: the first text link of each run of links to one paper, or a heading over a paragraph."""
        cards: list[_Card] = []
        for link in self.links:
            found = _PAPER.search(link.target)
            if found is None or found[2]:
                continue
            if cards and cards[-1].arxiv_id == found[1]:
                continue
            title = _clean_title(link.shown)
            if not title or _count_authors(link.shown) is not None:
                continue
            cards.append(_Card(link.start, title, link.end, found[1]))
        return cards or list(self._find_headings())

    def _find_headings(self) -> Iterator[_Card]:
        headings = list(_HEADING.finditer(self.text))
        for found, after in zip(headings, [*headings[1:], None], strict=True):
            shown = found[2] or found[3]
            title = _clean_title(re.sub(r"\[([^\[\]]*)\]\([^)\s]*\)", r"\1", shown))
            below = self.text[found.end() : after.start() if after else len(self.text)]
            is_known = furniture.is_furniture(title) or dates.read_date_line(title) is not None
            if title and not is_known and (found[1] or "##") != "#" and _first_paragraph(below):
                arxiv_id = next((m[1] for m in (_ARXIV.search(below), _PAPER.search(shown)) if m), None)
                yield _Card(found.start(), title, found.end(), arxiv_id)

    def _links_between(self, start: int, end: int) -> list[_Link]:
        return self.links[bisect_left(self.link_starts, start) : bisect_left(self.link_starts, end)]

    def _start_of(self, card: _Card, before: _Card | None) -> int:
        """Where the card starts: at its vote link if that stands before the title, else at its title's line."""
        start = self.text.rfind("\n", 0, card.start) + 1
        floor = before.title_end if before else 0
        for link in self._links_between(floor, card.start):
            vote = _VOTE.search(link.target)
            if vote and vote[1] == card.arxiv_id:
                return self.text.rfind("\n", 0, link.start) + 1
        return start

    def _read_card(self, card: _Card, start: int, end: int) -> tuple[dict[str, object], int]:
        """The entry in a card, and where its last line that was read ends."""
        entry: dict[str, object] = {"title": card.title, "abstract": None, "arxiv_id": card.arxiv_id}
        last = card.title_end
        rest_at = card.title_end
        for link in self._links_between(start, end):
            shown = _clean(link.shown)
            paper, vote = _PAPER.search(link.target), _VOTE.search(link.target)
            if vote:
                entry["upvotes"] = fields.read_int(re.sub(r"(?i)upvote|\s", "", shown))
            elif link.start <= card.start:
                continue
            elif paper and paper[2]:
                entry["comment_count"] = fields.read_int(shown)
            elif paper and (count := _count_authors(link.shown)) is not None:
                entry["author_count"] = count
            elif paper and entry["abstract"] is None and shown and shown != card.title:
                entry["abstract"] = shown
                rest_at = link.end
            elif _CODE.match(link.target) and link.target not in str(entry["abstract"]):
                entry.setdefault("code_url", link.target)
                entry.setdefault("github_stars", fields.read_int(re.sub(r"(?i)github|\s", "", shown)))
            elif _PROFILE.match(link.target) and shown and not furniture.is_furniture(shown):
                who = (
                    "submitter"
                    if _SUBMITTED.search(self.text[max(card.title_end, link.start - 40) : link.start])
                    else "organization"
                )
                entry.setdefault(who, shown)
            elif not (paper or _ARXIV.search(link.target)):
                continue
            last = max(last, link.end)
        if entry["abstract"] is None and (paragraphs := _first_paragraph(self.text[rest_at:end])):
            stop, entry["abstract"] = paragraphs
            last, rest_at = max(last, rest_at + stop), rest_at + stop
        tail = self.text[rest_at:end]
        if "author_count" not in entry and (authors := _AUTHORS.search(tail)):
            entry["author_count"] = fields.read_int(authors[1])
            last = max(last, rest_at + authors.end())
        if printed := _DATE.search(tail):
            day = dates.read_date_line(printed[1])
            entry["published_at"] = fields.read_instant(day.on()) if day and day.year else None
            last = max(last, rest_at + printed.end())
        entry["flags"] = [] if entry["abstract"] else ["no_abstract"]
        return entry, min(last, end) - 1


def _first_paragraph(below: str) -> tuple[int, str] | None:
    """The paragraphs of plain text at the front of what is below a title, and where they end; None without any."""
    kept: list[str] = []
    stop = at = 0
    for block in re.split(r"(\n\s*\n)", below):
        shown = block.strip()
        plain = _clean(re.sub(r"\[([^\[\]]*)\]\([^)\s]*\)", r"\1", shown))
        is_label = furniture.is_furniture(plain.strip("#*_ ")) or not plain or _AUTHORS.search(plain[:20]) is not None
        is_other = shown.startswith(("#", "-", "*", "[", "!", "|", "·", "<")) and not shown.startswith("**")
        if shown and not is_label and (is_other or dates.read_date_line(plain)):
            break
        if shown and is_label and kept:
            break
        if shown and not is_label:
            kept.append(plain)
            stop = at + len(block.rstrip())
        at += len(block)
    return (stop, "\n\n".join(kept)) if kept else None


def _is_link_only(row: str) -> bool:
    """Whether a line shows nothing but links and images."""
    bare = re.sub(r"\[[^\[\]]*\]\([^)\s]*(?:\s\"[^\"]*\")?\)", "", _IMAGE.sub("", row))
    return bare != row and not _DRESSING.sub("", bare)


def _is_front_matter(row: str) -> bool:
    """Whether a line is a `key: value` of a capture tool's header."""
    return re.match(r"^[a-zA-Z_ ]{2,20}: \S", row) is not None and len(row) <= furniture.LINE_LIMIT
