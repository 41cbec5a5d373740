"""Captures of a page of papers as Markdown: titles and abstracts are links to /papers/<id>.

What capture tools write is not quite Markdown: abstracts of several paragraphs inside one link, brackets left open,
each tool with escapes of its own, which are told from TeX's by the page as a whole. So links are found here, and not by
a parser of the standard; written Markdown is `markdown`'s.

A card is a title and everything up to the next card: the abstract (a link with the title's target, or the paragraphs
below), the author count, the organisation, the submitter, code and comment links, and the date of publication, which
stands after the entry. The vote link stands before the title. Anything else on a line of its own is boilerplate where
it is known furniture, and rejected where it is not.
"""

import html
import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import NamedTuple

from .. import dates, fields, furniture, lines
from ..files import Source
from ..findings import Findings, Recorder
from ..reader import SourceReader
from ..targets import classify_target

NAME = "markdown"

_BRACKET = re.compile(r"\\.|[\[\]]", re.DOTALL)
_TARGET = re.compile(r"\s*+<?([^\s()<>]*+(?:\([^\s()]*+\)[^\s()]*+)*+)>?(?:\s++\"[^\"\n]*+\")?\s*+\)")
_PAPER_LINK = re.compile(rb"\]\([^)\s]{0,200}/papers/\d{4}\.\d{4,5}(?!\d|\.(?:png|jpe?g|webp))")
#: Links that only a page of papers has: relative, to its votes, its comments, or showing how many authors there are.
_PAGE_MARK = re.compile(
    rb"\]\(/papers/\d|/login\?next=|/papers/\d{4}\.\d{4,5}(?:v\d+)?#community|\d authors?\b[\s\\*\]-]{0,20}\]\(",
    re.IGNORECASE,
)
#: What a person or a script writes that lists papers, and no page shows.
_WRITTEN = re.compile(
    rb"^\|.*\||^[ \t>]*+\W{0,12}(?:authors|(?:up)?votes?|abstract|summary)[*_]*\s?:", re.MULTILINE | re.IGNORECASE
)
#: Characters at each end of a page that show what tool wrote it.
_STRETCH = 1 << 15
#: Longest target with its title, in characters.
_TARGET_LIMIT = 4_000
#: Brackets left open that are looked back to, and characters of marks before what begins a line.
_OPEN_LIMIT, _MARKS_LIMIT = 20, 400
#: Where a link leads; brackets in it are closed, so that one that is not does not lead to the end of the page.
_INLINE = r"\([^()\s]*+(?:\([^()\s]*+\)[^()\s]*+)*+"
_IMAGE = re.compile(rf"!\[[^\]\n]{{0,1000}}+\]{_INLINE}(?:\s++\"[^\"\n]{{0,1000}}+\")?\)")
_LINK = re.compile(rf"\[([^\[\]]*+)\]{_INLINE}\)")
_LINK_OR_TITLED = re.compile(rf"\[[^\[\]]*+\]{_INLINE}(?:\s\"[^\"]{{0,1000}}+\")?\)")
_BREAK = re.compile(r"(?:\\{1,2}[ \t]*+|(?<![ \t])[ \t]{2,}+)\n")
_DRESSED = re.compile(r"[\\\n\t&!#*\[\xa0]|^ | $|  ")
_TITLE_BREAK = re.compile(r"\\{1,2}(?:[ \t]*\n\s*|\s{2,})|\n\s*")
_HEADING_MARK = re.compile(r"^#{1,6}[ \t]+|(?<![ \t])[ \t]++#{1,6}$")
#: Characters that tools escape wherever they stand; what else TeX puts behind a backslash is left to it.
_ESCAPED_ANYWHERE = "_*#~<>|"
#: Brackets, which would end the link; and the grave, but not as the accent of a vowel.
_ESCAPED_IN_LINKS = r"[\[\]]|`(?:(?![aeiouAEIOU])|(?<=`\\`))"
#: Signs that tools escape at all; a single backslash before another is TeX's.
_ESCAPED_BY_TOOLS = frozenset("_*#~<>|`[].+-!")
_SIGNS = frozenset(string.punctuation)
#: What pandoc escapes, and no other tool; so many of them that it is no accident.
_QUOTES = "\"'"
_FEWEST_QUOTES = 5
_ESCAPED_BY_PANDOC = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~^$@\"'-])")
_ESCAPABLE = frozenset("\\`*_{}[]()#+.!|<>~-")
_ESCAPED_ALWAYS = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
_ESCAPED_BRACKETS = re.compile(r"\\([\[\]])")
_BACKSLASHES = re.compile(r"\\(\\*)(\n|\s{2,}|.?)", re.DOTALL)
#: `1\. First` is no list, and no TeX.
_ESCAPED_NUMBER = re.compile(r"^(\d+)\\([.)])")
_AUTHORS = re.compile(r"(?:^|[\s*·-])(\d[\d,]*) authors?\b")
_SUBMITTED = re.compile(r"submitted by\W*$", re.IGNORECASE)
_DAY = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}"
_DATE = re.compile(
    rf"(?:^|[\s·|*_]|published on )({_DAY}(?:, \d{{4}})?|\d{{4}}-\d{{2}}-\d{{2}})(?=$|[\s·|*_\[])",
    re.MULTILINE | re.IGNORECASE,
)
#: What most pages have behind an abstract; what stands before the date begins none.
_PLAIN_DATE = re.compile(
    rf"\s*+\[\d++ authors?\]\(/papers/[\d.]++\)\s*+· ({_DAY}, \d{{4}})(?=$|[\s·|*_\[])", re.MULTILINE | re.IGNORECASE
)
#: Attributes pandoc puts behind links, spans and headings; its fences.
_ATTRIBUTES = re.compile(r"(?<=[)\]\w])(?:[ \t]?\{[.#:][^{}\n]{0,300}\})+")
_FENCE = re.compile(r"^:{3,}.*$", re.MULTILINE)
_DEFINITION = re.compile(r"^[ \t]{0,3}\[([^\]\n]{1,100})\]:[ \t]*<?(\S{1,2000}?)>?(?:[ \t]+[\"'(].*)?$", re.MULTILINE)
_REFERENCE = re.compile(r"\]\[([^\]\n]{0,100})\]")
#: A label of the paragraph that is the abstract, and of those that are something else.
_ABSTRACT_LABEL = re.compile(r"^[*_]*(?:abstract|summary)[*_]*\s*[:.]\s*[*_]*\s*", re.IGNORECASE)
_OTHER_LABEL = re.compile(
    r"^[*_]*(?:authors?|by|links?|url|pdf|arxiv|code|date|published|venue|categories|subjects|comments)[*_]*\s*:",
    re.IGNORECASE,
)
#: A paragraph that is in italics from end to end: people, as a rule.
_ITALIC = re.compile(r"^([*_])(?!\1)[^*_\n]{1,2000}\1$")
_DRESSING = re.compile(r"[\s*_#>|·•`-]+")


class _Link(NamedTuple):
    """A link: where it stands in the text, what it shows, where it leads, and what kind of place that is."""

    start: int
    end: int
    shown: str
    target: str
    kind: str
    #: The arXiv id of the paper it leads to, or whose vote it is.
    arxiv_id: str | None


@dataclass
class _Card:
    """A title and where its parts stand."""

    start: int
    title: str
    title_end: int
    arxiv_id: str | None
    #: Links [first_link, last_link) are the card's, once the cards are cut.
    title_link: int = 0
    first_link: int = 0


def is_capture(head: bytes) -> bool:
    """Whether the beginning of a source is that of a capture: links to papers with what a page has around them."""
    return _PAPER_LINK.search(head) is not None and (_PAGE_MARK.search(head) is not None or not _WRITTEN.search(head))


def count_links(head: bytes) -> int:
    """Links to papers."""
    return len(_PAPER_LINK.findall(head))


def shows_links_only(head: bytes) -> bool:
    """Whether one of the first lines shows nothing but links and images."""
    return any(_is_link_only(row) for row in head.decode(errors="replace").split("\n", 50)[:50])


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    return _Page.read_all(sources)


def _resolve(text: str) -> str:
    """The text, line for line, with pandoc's attributes gone and links by reference leading where they do."""
    # What a tool does it does from the beginning, and definitions stand at an end: no need to search all of a page.
    ends = text[:_STRETCH] + text[-_STRETCH:]
    if "\n:::" in ends or ends.startswith(":::") or "{." in ends or "{#" in ends:
        text = _FENCE.sub("", _ATTRIBUTES.sub("", text))
    if "]: " in ends:
        known = {name.lower(): target for name, target in _DEFINITION.findall(text)}
        text = _REFERENCE.sub(
            lambda found: f"]({target})" if (target := known.get(found[1].lower())) else found[0], text
        )
    return text


def _find_links(text: str) -> list[_Link]:
    """All links, inner before outer, in the order they start. One pass over the brackets.

    Text is read from one `](` to the next, which is many times faster than looking at every bracket: most pieces hold
    nothing but the one bracket that opens the next link.
    """
    links: list[_Link] = []
    opened: list[int] = []
    at = stop = 0
    is_escaped = False
    has_escapes = "\\[" in text
    while stop < len(text):
        # One sign is found many times faster than two, and most of these are followed by the other.
        close = text.find("]", at)
        stop = close if close < 0 or text.startswith("(", close + 1) else text.find("](", close)
        is_bare = stop == close
        stop = stop if stop >= 0 else len(text)
        scan = at
        if opened and not is_escaped:
            start = opened.pop()
            is_image = start > 0 and text[start - 1] == "!"
            end = text.find(")", at, at + _TARGET_LIMIT) if not is_image else -1
            target = text[at:end] if end >= 0 else ""
            kind, arxiv_id = classify_target(target) if end >= 0 else ("odd", None)
            if kind == "odd" and not is_image and (found := _TARGET.match(text, at, at + _TARGET_LIMIT)):
                target, end = found[1], found.end() - 1
                kind, arxiv_id = classify_target(target)
            if kind != "odd":
                scan = end + 1
                # A bracket left open inside an abstract must not cut it: a link to a paper starts where its line does.
                if opened and arxiv_id and kind != "vote" and not _starts_line(text, start):
                    for depth, earlier in enumerate(reversed(opened[-_OPEN_LIMIT:]), start=1):
                        if (not links or earlier >= links[-1].end) and _starts_line(text, earlier):
                            start = earlier
                            del opened[-depth:]
                            break
                # Past the checks of its own constructor, which cost as much as all of the above.
                links.append(tuple.__new__(_Link, (start, scan, text[start + 1 : at - 2], target, kind, arxiv_id)))
        if not is_bare or (has_escapes and text.find("\\[", at, stop) >= 0):
            for bracket in _BRACKET.finditer(text, scan, stop):
                if bracket[0] == "[":
                    opened.append(bracket.start())
                elif bracket[0] == "]" and opened:
                    opened.pop()
        else:
            while (scan := text.find("[", scan, stop)) >= 0:
                opened.append(scan)
                scan += 1
        is_escaped = text.startswith("\\", stop - 1) and _ends_in_escape(text[at:stop])
        at = stop + 2
    return sorted(links)


def _ends_in_escape(piece: str) -> bool:
    return (len(piece) - len(piece.rstrip("\\"))) % 2 == 1


def _starts_line(text: str, at: int) -> bool:
    start = text.rfind("\n", max(0, at - _MARKS_LIMIT), at) + 1
    return (start > 0 or at < _MARKS_LIMIT) and not text[start:at].strip(" \t#*->+0123456789.")


def _find_escapes(texts: Sequence[str]) -> re.Pattern[str] | None:
    """What the page's tool escaped, as a pattern whose group is what was meant; None where it escaped nothing.

    A backslash before `_` may be Markdown's or TeX's, and only the page as a whole tells. Where every one of many
    quotes has a backslash, or backslashes before signs are doubled, the tool escaped whatever could be mistaken. Else,
    where one stands before a sign that only TeX escapes, TeX was left alone: brackets alone, which would end a link,
    are Markdown's, if none stands without a backslash. Else a character counts as escaped if the page never shows it
    without its backslash.
    """
    behind: Counter[str] = Counter()
    is_doubled = is_doubled_before_sign = False
    for text in texts:
        for found in _BACKSLASHES.finditer(text) if "\\" in text else ():
            further, after = found.groups()
            if after.isspace() and after != " ":
                # A line break, which ends in one or two.
                continue
            is_doubled |= further != ""
            is_doubled_before_sign |= further != "" and after in _SIGNS
            if len(further) % 2 == 0:
                behind[after] += 1
    is_tex_left = not behind.keys() <= _ESCAPABLE

    @cache
    def join_all() -> str:
        return "\n".join(texts)

    def is_always(char: str) -> bool:
        return join_all().count(char) == join_all().count("\\" + char)

    if sum(behind[char] for char in _QUOTES if behind[char] and is_always(char)) >= _FEWEST_QUOTES:
        return _ESCAPED_BY_PANDOC
    if is_doubled_before_sign or (is_doubled and not is_tex_left):
        return _ESCAPED_ALWAYS
    if is_tex_left and any(char in _SIGNS and char not in _ESCAPED_BY_TOOLS for char in behind):
        brackets = [char for char in "[]" if behind[char]]
        return _ESCAPED_BRACKETS if brackets and all(map(is_always, brackets)) else None
    if is_tex_left and not any(char in _SIGNS and is_always(char) for char in behind):
        return None
    consistent = [char for char in sorted(_ESCAPED_ANYWHERE) if behind[char] and is_always(char)]
    return re.compile(rf"\\({'|'.join([_ESCAPED_IN_LINKS, *map(re.escape, consistent)])})")


def _clean(shown: str, escapes: re.Pattern[str] | None = _ESCAPED_ALWAYS) -> str:
    """What a reader sees of Markdown text: no images, no escapes, no entities."""
    # Looking for the sign first is many times cheaper than running a pattern over every abstract.
    if "![" in shown:
        shown = _IMAGE.sub("", shown)
    if "\n" in shown:
        shown = _BREAK.sub("\n", shown)
    if "\\" in shown:
        shown = _ESCAPED_NUMBER.sub(r"\1\2", shown) if shown[:1].isdigit() else shown
        shown = escapes.sub(r"\1", shown) if escapes else shown
    return (html.unescape(shown) if "&" in shown else shown).strip()


def _clean_title(shown: str, escapes: re.Pattern[str] | None) -> str:
    # Most titles have nothing to take off; finding that out costs a fifth of taking it off.
    if not _DRESSED.search(shown):
        return shown
    title = " ".join(_clean(_TITLE_BREAK.sub(" ", shown), escapes).split())
    # A mark, not the `#` of a hash tag nor the `*` of a name.
    title = _HEADING_MARK.sub("", title)
    if title.startswith("**") and title.endswith("**"):
        title = title.strip("* ")
    return title


def _count_authors(shown: str) -> int | None:
    """The number in `3 authors`, where a text is that and not an abstract that says it somewhere."""
    return None if len(shown) >= 2_000 or "author" not in shown else _read_author_count(shown)


@lru_cache(maxsize=200)
def _read_author_count(shown: str) -> int | None:
    shown = shown.strip("[]")
    found = _AUTHORS.search(_IMAGE.sub("", shown) if "![" in shown else shown)
    return fields.read_int(found[1]) if found and len(found.string.strip(" \n\\-*·")) < 40 else None


class _Page(SourceReader):
    """One capture on its way through."""

    NAME = NAME
    takes_wording = True

    def __init__(self, number: int, source: Source, recorder: Recorder) -> None:
        super().__init__(number, source, recorder)
        self.text = _resolve(self.text)
        self.links = _find_links(self.text)
        self.escapes = self._find_escapes() if "\\" in self.text else None

    def _find_escapes(self) -> re.Pattern[str] | None:
        shown = [link.shown for link in self.links if link.kind == "paper" and not link.shown.startswith("![")]
        # Without links it is the whole page that says how it was written.
        return _find_escapes(shown or [self.text])

    def read(self) -> None:
        cards = self._find_cards()
        starts = [self._start_of(card, before) for before, card in zip([None, *cards], cards, strict=False)]
        ends = [*starts[1:], len(self.text)]
        for card, after, start, end in zip(cards, [*cards[1:], None], starts, ends, strict=False):
            links = self.links[card.first_link : after.first_link if after else len(self.links)]
            entry, last = self._read_card(card, links, end)
            self.add_entry(entry, self.line_at(start), self.line_at(last))
        rows = self.text.split("\n")
        for first, last in self.ledger.spans(0):
            for number in range(first, last + 1):
                self._place_line(number, rows[number - 1])

    def _place_line(self, number: int, row: str) -> None:
        """Class a line outside every card: the page's date, furniture, or nothing known (left for the rejects)."""
        shown = _clean(_LINK.sub(r"\1", _IMAGE.sub("", row)))
        shown = _DRESSING.sub(" ", shown).strip()
        day = dates.read_date_line(shown)
        if day is not None and day.is_possible():
            self.take_date(day)
            self.ledger.mark(lines.DATE, number, number)
        elif dates.is_relative(shown):
            self.take_relative_date(shown)
            self.ledger.mark(lines.DATE, number, number)
        elif day is not None:
            self.reject("impossible_date", "no such day", number, number, row)
        elif (
            not shown
            or furniture.is_furniture(shown)
            or _is_link_only(row)
            or _is_front_matter(row)
            or _DEFINITION.match(row)
            or (_OTHER_LABEL.match(row) and len(row) <= furniture.LINE_LIMIT)
        ):
            self.ledger.mark(lines.BOILERPLATE, number, number)

    def _find_cards(self) -> list[_Card]:
        """Titles: the first text link of each run of links to one paper."""
        cards: list[_Card] = []
        last_id = None
        for index, link in enumerate(self.links):
            if link.kind != "paper" or link.arxiv_id == last_id:
                continue
            shown = link.shown
            # A thumbnail alone shows no title.
            title = (
                ""
                if shown.startswith("![](") and shown.find(")") == len(shown) - 1
                else _clean_title(shown, self.escapes)
            )
            if not title or _count_authors(link.shown) is not None:
                continue
            cards.append(_Card(link.start, title, link.end, link.arxiv_id, index))
            last_id = link.arxiv_id
        return cards

    def _start_of(self, card: _Card, before: _Card | None) -> int:
        """Where the card starts: at its vote link if that stands before the title, else at its title's line."""
        floor = before.title_end if before else 0
        # Cards on one line begin where the title before ends.
        start = max(floor, self.text.rfind("\n", floor, card.start) + 1)
        index = card.title_link
        while index and self.links[index - 1].start >= floor:
            index -= 1
            link = self.links[index]
            if link.kind == "vote" and link.arxiv_id == card.arxiv_id:
                start = max(floor, self.text.rfind("\n", floor, link.start) + 1)
                break
        card.first_link = card.title_link
        while card.first_link and self.links[card.first_link - 1].start >= start:
            card.first_link -= 1
        return start

    def _read_card(self, card: _Card, links: list[_Link], end: int) -> tuple[dict[str, object], int]:
        """The entry in a card, and where its last line that was read ends."""
        entry: dict[str, object] = {"title": card.title, "abstract": None, "arxiv_id": card.arxiv_id}
        last = card.title_end
        rest_at = card.title_end
        for link in links:
            kind = link.kind
            if kind == "vote":
                entry["upvotes"] = _read_count(link.shown)
            elif link.start <= card.start:
                continue
            elif kind == "comments":
                entry["comment_count"] = _read_count(link.shown)
            elif kind == "paper":
                if (count := _count_authors(link.shown)) is not None:
                    entry["author_count"] = count
                elif entry["abstract"] is None and (shown := _clean(link.shown, self.escapes)) and shown != card.title:
                    entry["abstract"] = shown
                    rest_at = link.end
            elif kind == "code" and link.target not in str(entry["abstract"]):
                entry.setdefault("code_url", link.target)
                entry.setdefault("github_stars", _read_count(link.shown))
            elif kind == "profile" and (shown := _clean(link.shown)) and not furniture.is_furniture(shown):
                who = (
                    "submitter"
                    if _SUBMITTED.search(self.text[max(card.title_end, link.start - 40) : link.start])
                    else "organization"
                )
                entry.setdefault(who, shown)
            elif kind != "arxiv":
                continue
            last = max(last, link.end)
        if entry["abstract"] is None and (paragraphs := _first_paragraph(self.text[rest_at:end], self.escapes)):
            stop, entry["abstract"] = paragraphs
            last, rest_at = max(last, rest_at + stop), rest_at + stop
        tail = self.text[rest_at:end]
        if "author_count" not in entry and (authors := _AUTHORS.search(tail)):
            entry["author_count"] = fields.read_int(authors[1])
            last = max(last, rest_at + authors.end())
        if printed := _PLAIN_DATE.match(tail) or _DATE.search(tail):
            entry["published_at"] = _read_day(printed[1])
            last = max(last, rest_at + printed.end())
        return entry, min(last, end) - 1


@lru_cache(maxsize=10_000)
def _read_day(printed: str) -> datetime | None:
    """When a day with its year begins; of one without it nobody can tell."""
    day = dates.read_date_line(printed)
    return fields.read_instant(day.on()) if day and day.year else None


def _read_count(shown: str) -> int | None:
    """The number a counter shows, its label left out."""
    if shown.isdigit():
        return fields.read_int(shown)
    return fields.read_int(re.sub(r"(?i)upvote|github|\s", "", _clean(shown)))


def _first_paragraph(below: str, escapes: re.Pattern[str] | None) -> tuple[int, str] | None:
    """The paragraphs of plain text at the front of what is below a title, and where they end; None without any."""
    kept: list[str] = []
    stop = at = 0
    for block in re.split(r"(\n\s*\n)", below):
        shown = block.strip()
        plain = _clean(_LINK.sub(r"\1", shown), escapes)
        is_label = furniture.is_furniture(plain.strip("#*_ ")) or not plain or _AUTHORS.search(plain[:20]) is not None
        if not kept and (_OTHER_LABEL.match(shown) or _ITALIC.match(shown)):
            at += len(block)
            continue
        if kept and shown.startswith(("**", "__")) and _OTHER_LABEL.match(shown):
            break
        if not kept and (label := _ABSTRACT_LABEL.match(shown)):
            plain = _clean(shown[label.end() :], escapes)
            shown = plain
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
    bare = _LINK_OR_TITLED.sub("", _IMAGE.sub("", row))
    return bare != row and not _DRESSING.sub("", bare)


def _is_front_matter(row: str) -> bool:
    """Whether a line is a `key: value` of a capture tool's header."""
    return re.match(r"^[a-zA-Z_ ]{2,20}: \S", row) is not None and len(row) <= furniture.LINE_LIMIT
