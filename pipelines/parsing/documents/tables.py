"""Tables that list papers: which column is the title's, and each row as a record."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from .. import columns, fields
from ..plausibility import count_words
from . import wording
from .blocks import PARAGRAPH, ROW, Block, Run, fold, join
from .titles import find_title

#: Words of a column of texts, and of one of titles.
_TEXT_WORDS, _TITLE_WORDS = 25, 3
#: Share of rows that must have what makes a column or a table.
_MOST = 0.5
#: Rows that are asked what their columns hold.
_ASKED = 300
#: Columns of what beside a title says nothing but which paper it is.
_IDS = frozenset({"doi", "arxiv", "arxivid"})
_DATE_HEADER = re.compile(r"date|day|published|released?|日期|时间|時間", re.IGNORECASE)
_RULE = re.compile(r":?[-–—]++:?")
_PEOPLE_HEADER = re.compile(r"author|作者|著者|저자", re.IGNORECASE)


@dataclass
class Row:
    """A paper in a row of a table."""

    record: dict[str, object]
    first_line: int
    last_line: int
    ignored: list[str]
    #: Whether its authors stand in the cell of its title.
    has_people_behind_title: bool = False


def find_rows(blocks: Sequence[Block]) -> tuple[list[Row], list[Block]]:
    """The papers in the tables among blocks, and the blocks that are no part of such a table."""
    tables: dict[int, list[Block]] = defaultdict(list)
    for block in blocks:
        if block.kind == ROW:
            tables[block.table].append(block)
    listed: set[int] = set()
    rows: list[Row] = []
    for number, members in tables.items():
        found = _read_table(members)
        if found:
            listed.add(number)
            rows += found
    rest = [block for block in blocks if block.kind != ROW or block.table not in listed]
    return rows, rest


def _read_table(members: Sequence[Block]) -> list[Row]:
    head = members[0] if members[0].is_header or _names_columns(members[0]) else None
    body = [row for row in members if row is not head and not row.is_header and not _is_joint(row, head)]
    width = max((len(row.cells) for row in members), default=0)
    if not body or width < 2:
        return []
    names = [fold(join(cell)).strip("*_ ") for cell in head.cells] if head else []
    names += [""] * (width - len(names))
    title = _find_title_column(names, body[:_ASKED], width)
    if title is None:
        return []
    texts = _find_text_column(names, body[:_ASKED], width, title)
    rows = [row for row in (_read_row(row, names, title, texts) for row in body) if row]
    named = sum(1 for row in rows if row.has_people_behind_title)
    if named and 2 * named >= len(rows) > named:
        rows = [row for row in (_read_row(row, names, title, texts, expects_people=True) for row in body) if row]
    return rows if _lists_papers(rows, names, len(body)) else []


def _is_joint(row: Block, head: Block | None) -> bool:
    """Whether a row is the header once more or the line under it: a table that another was put behind (`cat`)."""
    cells = [fold(join(cell)).strip("*_ ").lower() for cell in row.cells]
    if any(cells) and all(_RULE.fullmatch(cell) for cell in cells):
        return True
    return head is not None and cells == [fold(join(cell)).strip("*_ ").lower() for cell in head.cells]


def _names_columns(row: Block) -> bool:
    """Whether a first row that is not marked as a header names columns."""
    names = [columns.fold_name(fold(join(cell))) for cell in row.cells]
    known = sum(1 for name in names if name in columns.TITLE_NAMES or wording.fold_label(name))
    return known >= 2 and not any(run.target for cell in row.cells for run in cell)


def _find_title_column(names: Sequence[str], body: Sequence[Block], width: int) -> int | None:
    """The column of titles: what its header says counts, and whether its cells read as titles and lead to papers."""
    best, points = None, 0.0
    for at in range(width):
        cells = [row.cells[at] for row in body if at < len(row.cells) and join(row.cells[at])]
        if not cells:
            continue
        found = [title for cell in cells if (title := find_title(_as_block(cell)))]
        share = len(found) / len(cells)
        if share < _MOST:
            continue
        folded = columns.fold_name(names[at])
        words = median(count_words(title.text) for title in found)
        score = (
            share
            + 2 * (folded in columns.TITLE_NAMES or "title" in folded or folded == "paper")
            + 1.5 * (sum(bool(title.target) for title in found) >= _MOST * len(found))
            + (words >= _TITLE_WORDS)
            - 3 * bool(_PEOPLE_HEADER.search(names[at]) or _DATE_HEADER.search(names[at]))
            - 2 * (wording.fold_label(names[at]) in ("abstract", "summary") or words > _TEXT_WORDS)
            - 0.01 * at
        )
        if score > points:
            best, points = at, score
    return best if points >= 2 else None


def _find_text_column(names: Sequence[str], body: Sequence[Block], width: int, title: int) -> int | None:
    """A column of texts that no header names."""
    for at in range(width):
        if at != title and not wording.fold_label(names[at]):
            words = [count_words(fold(join(row.cells[at]))) for row in body if at < len(row.cells)]
            if words and median(words) >= _TEXT_WORDS:
                return at
    return None


def _is_furniture(text: str) -> bool:
    return any(map(str.isalpha, text)) and wording.is_generic(text)


def _as_block(cell: Sequence[Run]) -> Block:
    return Block(PARAGRAPH, 0, 0, runs=list(cell))


def _read_row(
    row: Block, names: Sequence[str], title_at: int, text_at: int | None, expects_people: bool = False
) -> Row | None:
    """A row as a record; where it expects people behind the title, as most rows have them, one name is enough."""
    cell = row.cells[title_at] if title_at < len(row.cells) else []
    title = find_title(_as_block(cell))
    if title is None:
        return None
    record: dict[str, object] = {"title": wording.strip_number(title.text)}
    targets: list[str] = [title.target] if title.target else []
    targets += [run.target for run in cell if run.target]
    ignored: list[str] = []
    for line in wording.lines_of(title.rest):
        label, at = wording.read_label(line)
        if label:
            record.setdefault(label, line[at:])
        elif wording.find_people(line, may_be_one=expects_people and "authors" not in record):
            record.setdefault("authors", line)
        elif wording.is_prose(line, wording.REMARK_WORDS):
            # The number of a row may stand before its title.
            record.setdefault("abstract", wording.strip_number(line).lstrip(" -–—:") if title.lead else line)
    has_people = "authors" in record
    for at, runs in enumerate(row.cells):
        text = fold(join(runs))
        if at == title_at or not (text or runs):
            continue
        targets += [run.target for run in runs if run.target] + wording.find_addresses(text)
        name = names[at] if at < len(names) else ""
        label = wording.fold_label(name)
        if at == text_at:
            record.setdefault("abstract", text)
        elif _DATE_HEADER.search(name) and fields.read_moment(day := text.strip("*_@ ").replace(".", "-")):
            record.setdefault("published", day)
        elif _PEOPLE_HEADER.search(name) or (not label and wording.are_people(text)):
            record.setdefault("authors", text)
        elif label and not fields.is_missing(text) and (label in _IDS or not _is_furniture(text)):
            record.setdefault(label, text)
        elif name and text and not wording.is_generic(text) and not any(run.target for run in runs):
            ignored.append(name[:60])
    wording.add_links(record, targets)
    return Row(record, row.first_line, row.last_line, ignored, has_people)


def _lists_papers(rows: Sequence[Row], names: Sequence[str], count: int) -> bool:
    """Whether rows are papers: half of them have a link to one, or the header names what papers have."""
    if not rows or len(rows) < _MOST * count:
        return False
    linked = sum(1 for row in rows if row.record.keys() & {"arxiv_id", "doi", "url_abs"})
    labels = {wording.fold_label(name) for name in names}
    facts = labels & {"authors", "abstract", "author", "summary", "arxiv", "arxivid", "doi", "year", "published"}
    has_title = any(columns.fold_name(name) in columns.TITLE_NAMES for name in names)
    return linked >= _MOST * len(rows) or (
        has_title and bool(facts & {"authors", "author", "abstract"}) and len(facts) > 0
    )
