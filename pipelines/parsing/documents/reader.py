"""The reader of documents: papers out of blocks into entries, every other line placed."""

import re
from collections.abc import Sequence

from .. import columns, dates, furniture, lines
from ..reader import SourceReader
from . import wording
from .blocks import CODE, HEADING, ROW, RULE, Block, fold, join
from .cards import find_cards
from .tables import find_rows

#: Words of a text outside papers that somebody may miss.
_SENTENCE = 8
#: What arXiv's listings have behind a day: `(showing 50 of 120 entries)`.
_SHOWING = re.compile(r"(?<!\s)\s++\((?:showing|total of|continued)\b[^()]{0,60}\)$", re.IGNORECASE)
_DAY_IN_HEADING = re.compile(r"\(?\b(\d{4}[-./]\d{1,2}[-./]\d{1,2})\b\)?")


class DocumentReader(SourceReader):
    """One document on its way through a layout; `read_blocks` finds its papers."""

    takes_wording = True

    def read_blocks(self, blocks: Sequence[Block]) -> int:
        """Take the papers among blocks; returns how many."""
        rows, rest = find_rows(blocks)
        cards = find_cards(rest)
        found: list[tuple[int, int, dict[str, object]]] = [(row.first_line, row.last_line, row.record) for row in rows]
        found += [(card.said.first_line, card.said.last_line, card.said.record) for card in cards]
        found.sort(key=lambda paper: paper[:2])
        for ignored in [*(row.ignored for row in rows), *(card.said.ignored for card in cards)]:
            self.ignore(dict.fromkeys(ignored))
        days = self._find_days(blocks, {first for first, _, _ in found})
        for first, last, record in found:
            entry = columns.read_record(record)
            self.ignore(columns.list_ignored(record))
            if day := next((day for at, day in reversed(days) if at < first), None):
                entry["section_on"], entry["section_on_text"] = day.on(), day.text
            self.add_entry(entry, first, last)
        self._place(blocks)
        return len(found)

    def _find_days(self, blocks: Sequence[Block], starts: set[int]) -> list[tuple[int, dates.PrintedDate]]:
        """The days that headings name, where there are several: the page lists papers by day."""
        days: list[tuple[int, dates.PrintedDate]] = []
        for block in blocks:
            if block.kind == HEADING and block.first_line not in starts and (day := find_day(fold(block.text))):
                self.take_date(day)
                self.ledger.mark(lines.DATE, block.first_line, block.last_line)
                if day.year is not None:
                    days.append((block.first_line, day))
        return days if len({day.text for _, day in days}) > 1 else []

    def _place(self, blocks: Sequence[Block]) -> None:
        """Class the lines outside papers: dates; sentences, which are rejected; the rest, left open, is furniture."""
        for block in blocks:
            first, last = block.first_line, block.last_line
            if 0 not in self.ledger.classes[first - 1 : last]:
                continue
            text = fold(join(run for cell in block.cells for run in cell) if block.kind == ROW else block.text)
            day = dates.read_date_line(text) if len(text) < 60 else None
            if day is not None and day.is_possible():
                self.take_date(day)
                self.ledger.mark(lines.DATE, first, last)
            elif day is not None:
                self.reject("impossible_date", "no such day", first, last, text)
            elif len(text) < 40 and dates.is_relative(text):
                self.take_relative_date(text)
                self.ledger.mark(lines.DATE, first, last)
            elif (
                block.kind not in (RULE, CODE, HEADING)
                and len(text.split()) >= _SENTENCE
                and not furniture.is_furniture(text)
            ):
                self.reject("unknown_text", "text outside every paper", first, last, text)


def find_day(text: str) -> dates.PrintedDate | None:
    """The day a heading names, alone or behind the name of a page: `Daily Papers (2026-01-12)`."""
    if (day := dates.read_date_line(text)) is not None:
        return day if day.is_possible() else None
    if (bare := _SHOWING.sub("", text)) != text:
        return find_day(bare)
    found = _DAY_IN_HEADING.search(text)
    if found and (wording.is_page_title(text) or len(text.split()) <= 4):
        day = dates.read_date_line(re.sub(r"[./]", "-", found[1]))
        return day if day is not None and day.is_possible() else None
    return None
