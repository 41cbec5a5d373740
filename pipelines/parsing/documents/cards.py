"""Papers among the blocks of a document: which blocks are titles, and what belongs to each.

A page shows its papers in one way: as headings of one level, items of one depth, lines that are links or in bold. Each
way is tried; it is worth as much as the blocks between its titles speak for papers: a title that links to one, labels
(`Authors:`, `Abstract`), one paper linked to, prose. The way worth most is the page's; another is believed beside it
only where titles link to papers and stand outside.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from .. import dates, fields, furniture
from . import wording
from .blocks import CODE, DEFINITION, HEADING, ITEM, PARAGRAPH, ROW, RULE, TERM, Block, Run, fold, join, split_lines
from .titles import Title, find_title

#: What speaks for a paper.
_OWN_LINK, _LABELLED, _ONE_LINK, _PROSE = 4, 3, 2, 1
#: Prose and title of a paper that nothing else speaks for, on a page where most are spoken for.
_LONG_PROSE, _LONG_TITLE = 300, 4
#: Characters of the median text under headings that nothing else speaks for.
_SHORT_ABSTRACT, _LONG_ABSTRACT = 200, 4_000
#: Fields that hold an address or an id: where the links lead says more than what they show.
_ADDRESSES = frozenset(
    ("url", "arxiv", "arxivid", "pdf", "doi", "code", "github", "githubrepo", "paper", "codeurl", "eprint")
)
_SEGMENTS = re.compile(r"\s+[|·•]\s+|\s{2,}(?=[^\W\d_][\w ]{0,20}:\s)")
_YEAR = re.compile(r"(?<![\d./-])((?:19[5-9]|20[0-4])\d)(?![\d./-])")
_DAY = re.compile(r"(?<![\d./-])(\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?)(?![\d./-])")
#: People and a year in brackets, before what is said of a paper.
_ASIDE = re.compile(r"^\([^()]{0,200}\)\s*[:–—-]*\s*")
_FOOT = re.compile(r"https?://\S+")


class Style(NamedTuple):
    """A way of showing titles."""

    kind: str
    #: Level of a heading, depth of an item.
    level: int


@dataclass
class Card:
    """A title, the blocks that belong to it, and what they say."""

    style: Style
    #: Index of the first block, of the one with the title, and behind the last.
    start: int
    at: int
    stop: int
    title: Title
    record: dict[str, object] = field(default_factory=dict)
    evidence: int = 0
    prose: int = 0
    #: Whether there are lists or code in it.
    has_parts: bool = False
    first_line: int = 0
    last_line: int = 0
    #: Names of parts no field is read from.
    ignored: list[str] = field(default_factory=list)


def find_cards(blocks: Sequence[Block]) -> list[Card]:
    """The papers among blocks, in order; rows of tables that list papers are not asked for here."""
    if note := find_note(blocks):
        return [note]
    candidates: dict[Style, list[tuple[int, Title]]] = defaultdict(list)
    for index, block in enumerate(blocks):
        for style, title in _find_styles(block):
            candidates[style].append((index, title))
    found = {style: _cut(blocks, style, titles) for style, titles in candidates.items()}
    for cards in found.values():
        for card in cards:
            _Reading(blocks, card).read()
    believed = {style: kept for style, cards in found.items() if (kept := _believe(cards))}
    ranked = sorted(believed, key=lambda style: (-sum(card.evidence for card in believed[style]), style))
    chosen: list[Card] = []
    for style in ranked:
        cards = believed[style]
        if chosen:
            cards = [card for card in cards if _is_apart(card, chosen) and card.evidence >= _OWN_LINK]
            cards = cards if len(cards) > 1 else []
        chosen += cards
    chosen.sort(key=lambda card: card.start)
    _strip_numbers(chosen)
    return chosen


def find_note(blocks: Sequence[Block], title: str = "") -> Card | None:
    """The one paper a page is about: its only heading of the first level, or that of a title known otherwise.

    Without such a title only where the page says under that heading who wrote it or what its abstract is.
    """
    tops = [index for index, block in enumerate(blocks) if block.kind == HEADING and block.level == 1]
    if title:
        tops = [index for index in tops if fold(blocks[index].text).lower() == fold(title).lower()][:1]
    if len(tops) != 1 or not (found := find_title(blocks[tops[0]])) or not _may_head(found):
        return None
    card = Card(Style(HEADING, 1), tops[0], tops[0], len(blocks), found)
    reading = _Reading(blocks, card)
    reading.read()
    card.record["title"] = wording.strip_number(found.text)
    return card if title or reading.is_labelled else None


def _find_styles(block: Block) -> Iterator[tuple[Style, Title]]:
    """The ways in which a block may be a title."""
    if block.kind in (ROW, RULE, CODE) or not block.runs:
        return
    if block.kind == PARAGRAPH and (ruled := wording.read_ruled(block.text.split("\n", 1)[0].strip())):
        first = split_lines(block.runs)[0]
        yield Style("ruled", 0), Title(ruled, "", _behind(block.runs, first))
        return
    if block.kind == HEADING:
        title = find_title(block)
        if title and _may_head(title):
            yield Style(HEADING, block.level), title
        return
    first = split_lines(block.runs)[:1]
    label, at = wording.read_label(fold(join(first[0]))) if first else ("", 0)
    if label in ("title", "papertitle"):
        text = fold(join(first[0]))[at:]
        if wording.may_be_title(text, is_linked=True):
            target = next((run.target for run in first[0] if wording.find_paper(run.target)), "")
            yield Style("labelled", block.depth), Title(text, target, _behind(block.runs, first[0]))
        return
    if label:
        return
    title = find_title(block)
    if title is None or not _may_head(title):
        return
    if block.kind == ITEM:
        yield Style(ITEM, block.depth), title
    elif block.kind in (TERM, DEFINITION):
        yield Style(block.kind, block.depth), title
    elif title.target and wording.strip_number(title.lead + " ").strip() == "":
        yield Style("link", block.depth), title
    elif title.is_strong and not title.lead and len(join(title.rest)) < 400:
        yield Style("strong", block.depth), title
    elif block.role == "title":
        yield Style("role", 0), title


def _behind(runs: Sequence[Run], first: Sequence[Run]) -> list[Run]:
    rest = "".join(run.text for run in first)
    text = "".join(run.text for run in runs)
    return [Run(text[text.find(rest) + len(rest) :])] if len(text) > len(rest) else []


def _may_head(title: Title) -> bool:
    return wording.may_be_title(title.text, is_linked=bool(title.target)) and not wording.is_page_title(title.text)


def _cut(blocks: Sequence[Block], style: Style, titles: Sequence[tuple[int, Title]]) -> list[Card]:
    """The cards of one style: each goes on to the next title, or to what stands above it."""
    starts = []
    for index, _ in titles:
        start = index
        # In lists of definitions the links stand in the term, and the title below.
        while start and blocks[start - 1].kind == TERM and style.kind != TERM:
            start -= 1
        starts.append(start)
    is_loose = style.kind == ITEM and _are_loose(blocks, style, [index for index, _ in titles])
    cards = []
    for place, (index, title) in enumerate(titles):
        limit = starts[place + 1] if place + 1 < len(titles) else len(blocks)
        stop = index + 1
        while stop < limit and not _ends(blocks[stop], style, is_loose):
            stop += 1
        cards.append(Card(style, starts[place], index, stop, title))
    return cards


def _are_loose(blocks: Sequence[Block], style: Style, indices: Sequence[int]) -> bool:
    """Whether the items of a list have their text below, outside the list."""
    behind = [blocks[index + 1] for index in indices[:-1] if index + 1 < len(blocks)]
    loose = sum(1 for block in behind if block.depth < style.level and block.kind == PARAGRAPH)
    return bool(behind) and 2 * loose >= len(behind)


def _ends(block: Block, style: Style, is_loose: bool) -> bool:
    """Whether a block is above a card of this style, and no part of it."""
    if block.kind == HEADING:
        if style.kind == "ruled" or wording.fold_label(block.text) or wording.read_label(block.text)[0]:
            return style.kind == HEADING and block.level < style.level
        return block.level <= style.level if style.kind == HEADING else True
    if style.kind == ITEM:
        if block.kind == ITEM:
            return block.depth <= style.level
        return block.depth < style.level and not is_loose
    return False


def _is_apart(card: Card, chosen: Sequence[Card]) -> bool:
    return all(card.stop <= other.start or card.start >= other.stop for other in chosen)


def _believe(cards: Sequence[Card]) -> list[Card]:
    """The cards that something speaks for; prose alone only where it is long, or where nothing else speaks for any."""
    spoken = [card for card in cards if card.evidence > _PROSE]
    if not spoken:
        return _believe_prose([card for card in cards if card.evidence])
    is_ruled = 2 * len(spoken) >= len(cards)
    return [
        card
        for card in cards
        if card.evidence > _PROSE
        or (is_ruled and card.prose >= _LONG_PROSE and len(card.title.text.split()) >= _LONG_TITLE)
    ]


def _believe_prose(cards: Sequence[Card]) -> list[Card]:
    """Headings over paragraphs and nothing else: papers only where each is one heading, written as titles are, over one
    text of an abstract's length. Posts and manuals have sections in sections, lists and code.
    """
    if len(cards) < 2 or any(card.ignored or card.has_parts for card in cards):
        return []
    is_titled = sum(map(_is_title_case, (card.title.text for card in cards))) >= len(cards) / 2
    is_long = _SHORT_ABSTRACT <= median(card.prose for card in cards) <= _LONG_ABSTRACT
    return list(cards) if is_titled and is_long else []


def _is_title_case(title: str) -> bool:
    """Whether most words of some letters begin with a capital, or the script has none."""
    words = [word for word in re.findall(r"[^\W\d_][\w-]*", title) if len(word) > 3]
    return sum(1 for word in words if not word[0].islower()) >= 0.6 * len(words)


def _strip_numbers(cards: Sequence[Card]) -> None:
    numbered = Counter(card.style for card in cards if wording.has_number(card.title.text))
    counts = Counter(card.style for card in cards)
    for card in cards:
        if 2 * numbered[card.style] >= counts[card.style] > 0 and numbered[card.style]:
            card.record["title"] = wording.strip_number(card.title.text)


class _Reading:
    """One card, block by block."""

    def __init__(self, blocks: Sequence[Block], card: Card) -> None:
        self.blocks = blocks[card.start : card.stop]
        self.card = card
        self.at = card.at - card.start
        self.values: dict[str, list[str]] = {}
        self.targets: list[str] = []
        #: The field that blocks below a heading or a label go to; "-" for one nobody reads.
        self.section = ""
        self.is_open = False
        self.paragraphs: list[str] = []
        self.items: list[str] = []
        self.last = self.blocks[self.at].last_line
        self.is_labelled = False
        self.sections = 0

    def read(self) -> None:
        """Fill the card's record."""
        for block in self.blocks[: self.at]:
            self.targets += block.targets
        self._read_runs(self.card.title.rest, is_title=True)
        for block in self.blocks[self.at + 1 :]:
            self._read_block(block)
        self._finish()

    def _read_block(self, block: Block) -> None:
        if block.kind == HEADING:
            text = fold(block.text)
            label, at = wording.read_label(text)
            self.section = wording.fold_label(text)
            if label and not self.section:
                self._add(label, text[at:], block.targets)
            elif not self.section:
                self.section = "-"
                self.sections += 1
                self.card.ignored.append(text[:60])
            elif self.section:
                self.is_labelled |= self.section in ("abstract", "summary", "authors")
        elif block.kind == ROW:
            cells = [fold(join(cell)) for cell in block.cells]
            if len(cells) == 2 and self.section != "-" and (label := wording.fold_label(cells[0])):
                self._add(label, cells[1], block.targets)
        elif block.kind == CODE:
            self.card.has_parts = True
            if self.section == "abstract":
                self._add("abstract", fold(block.text), [])
        elif block.kind != RULE:
            self.card.has_parts |= block.kind == ITEM
            if self.section != "-":
                self._read_runs(block.runs, block=block)
        if self.section != "-":
            self.last = max(self.last, block.last_line) if block.kind != RULE else self.last

    def _read_runs(self, runs: Sequence[Run], block: Block | None = None, is_title: bool = False) -> None:
        """The lines of a block: labelled ones to their fields, the rest by what it looks like."""
        open_label = ""
        plain: list[list[Run]] = []
        for line in split_lines(runs):
            text = fold("".join(run.text for run in line))
            targets = [run.target for run in line if run.target]
            segments = [part for part in _SEGMENTS.split(text) if part] if len(text) < 2_000 else [text]
            labels = [wording.read_label(part) for part in segments]
            if sum(bool(label) for label, _ in labels) > 1 or (len(segments) == 1 and labels and labels[0][0]):
                for part, (label, at) in zip(segments, labels, strict=True):
                    if label:
                        self._add(label, part[at:], targets if len(segments) == 1 else _targets_of(line, part))
                        open_label = label
                        self.section = label if not part[at:].strip() else ""
                continue
            whole = wording.fold_label(text)
            if whole and not targets and not plain and len(text) < 40:
                self.section = open_label = whole
                self.is_labelled |= whole in ("abstract", "authors")
            elif open_label:
                self._add(open_label, text, targets)
            else:
                plain.append(line)
        if plain:
            self._read_plain(plain, block, is_title)

    def _read_plain(self, plain: list[list[Run]], block: Block | None, is_title: bool) -> None:
        flat = [run for line in plain for run in line]
        self.targets += [run.target for run in flat if run.target]
        shown = [run for run in flat if not (run.target and wording.is_generic(run.text))]
        text = "\n".join(row for line in plain if (row := fold("".join(run.text for run in line if run in shown))))
        folded = fold(text)
        if wording.is_generic(folded) or not folded:
            return
        if self.section and self.section != "-":
            self._add(self.section, text, [run.target for run in flat if run.target])
        elif (votes := wording.read_votes(folded)) is not None:
            self.values.setdefault("upvotes", []).append(str(votes))
        elif (count := wording.read_author_count(folded)) is not None:
            self.values.setdefault("authorcount", []).append(str(count))
        elif furniture.is_furniture(folded):
            return
        elif (day := dates.read_date_line(folded)) is not None and day.year:
            self.values.setdefault("published", []).append(folded)
        elif block is not None and block.role in ("authors", "author", "byline") and len(folded) < 3_000:
            self.values.setdefault("authors", []).append(folded)
        elif not self.paragraphs and "authors" not in self.values and self._take_people(plain, is_title):
            if is_title or block is None or len(plain) > 1:
                self._read_remark(plain, folded)
        elif is_title:
            self._read_remark(plain, folded)
        elif wording.is_prose(folded):
            (self.items if block is not None and block.kind == ITEM else self.paragraphs).append(text)

    def _take_people(self, plain: list[list[Run]], is_title: bool) -> bool:
        """Take authors from a line of names, or from the names in italics or in front behind a title."""
        for line in plain[:3]:
            text = fold("".join(run.text for run in line))
            italic = fold("".join(run.text for run in line if run.is_emphasis))
            fronts = [italic, text]
            if is_title:
                fronts += list(re.split(r"[.(\[|]\s*|\s[-–—]\s", text.strip(" .,;:-–—()")))[:2]
            for front in fronts:
                people = wording.find_people(front, is_title)
                if people:
                    self.values["authors"] = [people]
                    return True
        return False

    def _read_remark(self, plain: list[list[Run]], folded: str) -> None:
        """What stands behind a title on its line: a day, a year, a sentence or two; a venue is none of these."""
        bare = _FOOT.sub("", folded)
        days = {day[1] for day in _DAY.finditer(bare)}
        years = {year[1] for year in _YEAR.finditer(bare)}
        if len(days) == 1 and fields.read_moment(days.copy().pop().replace(".", "-")):
            self.values.setdefault("published", []).append(days.pop().replace(".", "-"))
        elif not days and len(years) == 1:
            self.values.setdefault("year", []).append(years.pop())
        rows = [
            fold("".join(run.text for run in line if not (run.target and wording.is_generic(run.text))))
            for line in plain
        ]
        people = self.values.get("authors", [""])[0]
        for row in rows:
            row = row.lstrip(" -–—:|.,").strip()
            if people and row.startswith(people):
                row = row[len(people) :]
            row = _ASIDE.sub("", row.lstrip(" .,-–—:"))
            is_said = row[-1:] in '.!?。…”"' or wording.is_prose(row, 2 * wording.REMARK_WORDS)
            if is_said and wording.is_prose(row, wording.REMARK_WORDS) and not wording.are_people(row):
                self.paragraphs.append(row)

    def _add(self, label: str, value: str, targets: Sequence[str]) -> None:
        """A value of a field; of addresses the one that is linked to."""
        self.is_labelled |= label in ("abstract", "authors", "arxiv", "doi", "published", "title")
        self.targets += targets
        if label in _ADDRESSES and targets:
            value = f"{value} {targets[0]}" if label in ("arxiv", "arxivid", "doi") else targets[0]
        if value.strip():
            self.values.setdefault(label, []).append(value.strip())

    def _finish(self) -> None:
        card, values = self.card, self.values
        title = card.title
        record: dict[str, object] = {"title": title.text}
        own = title.target
        if own:
            record["url"] = own
        for label, texts in values.items():
            if label in ("abstract", "summary"):
                record[label] = "\n\n".join(texts)
            elif label != "title":
                record.setdefault(label, " ".join(texts) if label in ("authors", "keywords") else texts[0])
        if "abstract" not in record and "summary" not in record:
            prose = self.paragraphs or self.items
            if prose:
                record["abstract"] = "\n\n".join(prose)
        ids = {wording.read_id(target) or target for target in self.targets if wording.find_paper(target)}
        wording.add_links(record, [own, *self.targets])
        card.record = record
        card.prose = len(str(record.get("abstract") or ""))
        card.first_line = self.blocks[0].first_line
        card.last_line = max(self.last, self.blocks[self.at].last_line)
        card.evidence = self._weigh(own, ids)

    def _weigh(self, own: str, ids: set[str]) -> int:
        if own:
            return _OWN_LINK + _LABELLED * self.is_labelled + (_PROSE if self.card.prose else 0)
        if self.is_labelled:
            return _LABELLED + (_PROSE if self.card.prose else 0) + _ONE_LINK * (len(ids) == 1)
        if len(ids) == 1 or (ids and self.card.style.kind in (ITEM, "strong") and len(ids) < 4):
            return _ONE_LINK + (_PROSE if self.card.prose else 0)
        return _PROSE if self.card.prose and not ids else 0


def _targets_of(line: Sequence[Run], part: str) -> list[str]:
    return [run.target for run in line if run.target and run.text.strip() and run.text.strip() in part]
