"""Papers among the blocks of a document: which blocks are titles, and what belongs to each.

A page shows its papers in one way: as headings of one level, items of one depth, lines that are links or in bold. Each
way is tried; it is worth as much as the blocks between its titles speak for papers: a title that links to one, labels
(`Authors:`, `Abstract`), one paper linked to, prose. The way worth most is the page's; another is believed beside it
only where titles link to papers and stand outside.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from . import wording
from .blocks import CODE, DEFINITION, HEADING, ITEM, PARAGRAPH, ROW, RULE, TERM, Block, Run, fold, join, split_lines
from .reading import OWN_LINK, PROSE, Said, read_blocks
from .titles import Title, find_title

#: Prose and title of a paper that nothing else speaks for, on a page where most are spoken for.
_LONGPROSE, _LONG_TITLE = 300, 4
#: Blocks that may stand in an item before its title.
_LEADING = 3
#: Lines of a block in which a title with a label is looked for.
_LABELS_LOOKED_AT = 12
#: Characters of the median text under headings that nothing else speaks for.
_SHORT_ABSTRACT, _LONG_ABSTRACT = 200, 4_000


class Style(NamedTuple):
    """A way of showing titles."""

    kind: str
    #: Level of a heading, depth of an item.
    level: int


@dataclass
class Card:
    """A title, the blocks that belong to it, and what they say."""

    style: Style
    #: Index of the first block, and behind the last.
    start: int
    stop: int
    title: Title
    said: Said


def find_cards(blocks: Sequence[Block]) -> list[Card]:
    """The papers among blocks, in order; rows of tables that list papers are not asked for here."""
    if note := find_note(blocks):
        return [note]
    candidates: dict[Style, list[tuple[int, Title]]] = defaultdict(list)
    for index, block in enumerate(blocks):
        for style, title in _find_styles(block):
            candidates[style].append((index, title))
    found = {style: _cut(blocks, style, titles) for style, titles in candidates.items()}
    believed = {style: kept for style, cards in found.items() if (kept := _believe(cards))}
    ranked = sorted(believed, key=lambda style: (-sum(card.said.evidence for card in believed[style]), style))
    chosen: list[Card] = []
    #: Which blocks stand in a card that is chosen.
    taken = bytearray(len(blocks))
    for style in ranked:
        cards = believed[style]
        if chosen:
            apart = (card for card in cards if not any(taken[card.start : card.stop]))
            cards = [card for card in apart if card.said.evidence >= OWN_LINK]
            cards = cards if len(cards) > 1 else []
        chosen += cards
        for card in cards:
            taken[card.start : card.stop] = b"\1" * (card.stop - card.start)
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
    said = read_blocks(blocks[tops[0] :], 0, found)
    card = Card(Style(HEADING, 1), tops[0], len(blocks), found, said)
    card.said.record["title"] = wording.strip_number(found.text)
    return card if title or said.is_labelled else None


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
    rows = split_lines(block.runs)
    for row in rows[:_LABELS_LOOKED_AT]:
        text = fold(join(row))
        label, at = wording.read_label(text)
        if label in ("title", "papertitle") and wording.may_be_title(text[at:], is_linked=True):
            target = next((run.target for run in row if wording.find_paper(run.target)), "")
            rest = [run for other in rows if other is not row for run in (*other, Run("\n"))]
            yield Style("labelled", block.depth), Title(text[at:], target, rest)
            return
    label = wording.read_label(fold(join(rows[0])))[0] if rows else ""
    if label:
        return
    if block.kind == PARAGRAPH and block.role != "title" and not any(run.target or run.is_strong for run in block.runs):
        return  # words alone are no title, as an item's would be
    title = find_title(block)
    if title is None or not _may_head(title):
        return
    if block.kind == ITEM:
        yield Style(ITEM, block.depth), title
    elif block.kind in (TERM, DEFINITION):
        yield Style(block.kind, block.depth), title
    elif title.target and wording.strip_number(title.lead + " ").strip() == "":
        yield Style("link", block.depth), title
    elif len(block.runs) == 1 and block.runs[0].target and not wording.is_local(block.runs[0].target):
        # A site's own page of a paper: nothing but what stands below says so.
        yield Style("own page", block.depth), title
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
        start -= _count_leading(blocks, start, style)
        starts.append(start)
    is_loose = style.kind == ITEM and _are_loose(blocks, style, [index for index, _ in titles])
    cards: list[Card] = []
    for place, (index, title) in enumerate(titles):
        next_start = starts[place + 1] if place + 1 < len(titles) else len(blocks)
        stop = index + 1
        while stop < next_start and not _ends(blocks[stop], style, is_loose):
            stop += 1
        start = starts[place]
        limit = None
        if place + 1 == len(titles):
            # What stands below the last paper of a page is the page's: it has no more paragraphs than the others.
            limit = max((card.said.paragraph_count for card in cards), default=0) or None
        cards.append(Card(style, start, stop, title, read_blocks(blocks[start:stop], index - start, title, limit)))
    _expect_people(blocks, cards, [index for index, _ in titles])
    return cards


def _expect_people(blocks: Sequence[Block], cards: Sequence[Card], indices: Sequence[int]) -> None:
    """Read cards without people once more where most others have some: one name alone is a name in such company."""
    alone = [at for at, card in enumerate(cards) if "authors" not in card.said.record]
    if not 0 < 2 * len(alone) <= len(cards):
        return
    for at in alone:
        card = cards[at]
        within = blocks[card.start : card.stop]
        card.said = read_blocks(within, indices[at] - card.start, card.title, card.said.paragraph_count, True)


def _count_leading(blocks: Sequence[Block], start: int, style: Style) -> int:
    """How many blocks stand in an item before its title, the first of them with links to the paper; few words each."""
    if style.kind not in ("role", "labelled", "strong", "link"):
        return 0
    for count in range(1, min(start, _LEADING) + 1):
        block = blocks[start - count]
        text = fold(block.text)
        if block.kind not in (ITEM, PARAGRAPH) or wording.may_be_title(text) or wording.is_prose(text):
            return 0
        if block.kind == ITEM:
            return count if any(map(wording.find_paper, block.targets)) else 0
    return 0


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


def _believe(cards: Sequence[Card]) -> list[Card]:
    """The cards that something speaks for; prose alone only where it is long, or where nothing else speaks for any."""
    spoken = [card for card in cards if card.said.evidence > PROSE]
    if not spoken:
        return _believe_prose([card for card in cards if card.said.evidence])
    is_ruled = 2 * len(spoken) >= len(cards)
    return [
        card
        for card in cards
        if card.said.evidence > PROSE
        or (is_ruled and card.said.prose >= _LONGPROSE and len(card.title.text.split()) >= _LONG_TITLE)
    ]


def _believe_prose(cards: Sequence[Card]) -> list[Card]:
    """Headings over paragraphs and nothing else: papers only where each is one heading, written as titles are, over one
    text of an abstract's length. Posts and manuals have sections in sections, lists and code.
    """
    if len(cards) < 2 or any(card.said.ignored or card.said.has_parts for card in cards):
        return []
    is_titled = sum(map(_is_title_case, (card.title.text for card in cards))) >= len(cards) / 2
    is_long = _SHORT_ABSTRACT <= median(card.said.prose for card in cards) <= _LONG_ABSTRACT
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
            card.said.record["title"] = wording.strip_number(card.title.text)
