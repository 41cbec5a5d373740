"""How a table of characters is written: its delimiter, its quotes and escapes, and where its header stands.

What belongs here: what is found out from the first lines, by trying. Reading the rows is for `records`.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Protocol

from .. import columns, fields, identifiers
from ..plausibility import TITLE_WORDS, count_words, read_as_papers

DELIMITERS = ",\t;|"
#: Lines before the header that say where a table is from.
PREAMBLE = 5
#: Rows tried; longest name of a column.
_SAMPLE, _LONGEST_NAME = 60, 80
#: A column of abstracts and one of titles are told by these, where no name says so.
_ABSTRACT_CHARACTERS, _TITLE_CHARACTERS, _TITLE_WORDS, _FEW = 150, 250, 4, 3
HINT = re.compile(r"\ufeff?sep=.\s*$")
_ESCAPED = re.compile(r'\\(["\\])')
_SENTENCE_END = re.compile(r"[.!?…)\"'。]\s*$")


class Peekable(Protocol):
    """Lines of which the next ones can be looked at."""

    def peek(self, count: int) -> list[str]:
        """So many of the next lines, or all there are."""


class Rows(Protocol):
    """What csv.reader gives: the values of rows, and how many lines they have taken."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]:
        """Itself."""

    def __next__(self) -> list[str]:
        """The values of the next row."""


@dataclass
class Dialect:
    """How the rows of one table are written."""

    delimiter: str = ","
    quoting: int = csv.QUOTE_MINIMAL
    #: Whether quotes inside quotes have a backslash before them (MySQL, Spark) instead of standing twice.
    is_escaped: bool = False
    #: Lines before the first row (or header).
    preamble: int = 0
    #: The columns, where no header names them or its names say nothing.
    names: list[str] = field(default_factory=list)
    #: Whether a line of names stands before the rows.
    has_header: bool = True
    reason: str = ""

    def reader(self, rows: Iterator[str], strict: bool = True) -> Rows:
        """The values of rows, one list after another; raises csv.Error for a quote that goes astray."""
        lines = map(self.unescape, rows) if self.is_escaped else rows
        return csv.reader(lines, delimiter=self.delimiter, quoting=self.quoting, strict=strict)  # type: ignore[arg-type]

    @staticmethod
    def unescape(row: str) -> str:
        """A line whose quotes with a backslash stand twice instead."""
        return _ESCAPED.sub(lambda found: '""' if found[1] == '"' else "\\", row) if "\\" in row else row


def is_header(values: Sequence[str]) -> bool:
    """Whether a row is one of names, of which one is a title and one more is known."""
    if not 1 < len(values) <= 2_000 or max(map(len, values)) > _LONGEST_NAME:
        return False
    names = {columns.fold_name(value.strip().strip('"')) for value in values}
    if names.isdisjoint(columns.TITLE_NAMES) and not names >= columns.TAG_NAMES:
        if names.isdisjoint(columns.WEAK_TITLE_NAMES):
            return False
        return not names.isdisjoint(columns.PAPER_NAMES | {"url", "link", "arxivurl", "pdf", "paperurl"})
    return len(names) - len(columns.find_ignored(names)) > 1


def may_be_table(lines: Sequence[str]) -> bool:
    """Whether one of the first written lines may be a header, or the first one a row: asked of every text there is."""
    if lines and ("\t" in lines[0] or '"' in lines[0]):
        return True
    return any(
        is_header(split_line(line, delimiter))
        for line in lines
        for delimiter in DELIMITERS
        if delimiter in line and (len(line) < _LONGEST_NAME or line.find(delimiter) < _LONGEST_NAME)
    )


def find_dialect(lines: Sequence[str]) -> Dialect | None:
    """How the table is written whose first lines these are; None where they are none of papers."""
    written = [number for number, line in enumerate(lines) if line.strip() and not HINT.match(line)][:PREAMBLE]
    for number in written:
        line = lines[number].lstrip("\ufeff")
        if _is_foreign(line):
            return None
        for delimiter in sorted(DELIMITERS, key=lambda mark: -line.count(mark)):
            if delimiter not in line or not (is_simple := is_header(split_line(line, delimiter))):
                continue
            if is_simple and (found := _choose(lines[number:], delimiter)) is not None:
                found.preamble = number
                return found
    return _find_by_content(lines, written[0]) if written else None


def _is_foreign(line: str) -> bool:
    """Whether a line is the header of a table of goods, jobs or films."""
    for delimiter in DELIMITERS:
        if delimiter in line:
            names = {columns.fold_name(value.strip().strip('"')) for value in split_line(line, delimiter)}
            if columns.are_foreign(names):
                return True
    return False


def find_joined(line: str, dialect: Dialect, feed: "Peekable") -> Dialect | None:
    """How the rows after a line are written, where it is the header of a table divided by another sign."""
    if not _is_other_header(line, dialect.delimiter):
        return None
    for delimiter in DELIMITERS:
        if delimiter != dialect.delimiter and is_header(split_line(line, delimiter)):
            return _choose([line, *feed.peek(_SAMPLE)], delimiter)
    return None


def are_rows(first_line: str, last_line: str, dialect: Dialect, width: int) -> bool:
    """Whether lines that a quote holds together are rows of their own as well: the first and the last one are.

    A line of wording may have as many commas as a row; ids, numbers, dates or addresses in one column of both tell.
    """
    if min(first_line.count(dialect.delimiter), last_line.count(dialect.delimiter)) < width - 1:
        return False
    first, last = (_split_open(line.removesuffix("\n"), dialect) for line in (first_line, last_line))
    return len(first) == len(last) == width and any(
        (kind := _find_kind(one)) is not None and kind == _find_kind(other)
        for one, other in zip(first, last, strict=True)
    )


def is_broken(values: Sequence[str], more: Sequence[str], width: int) -> bool:
    """Whether two short rows may be the parts of one that has a line break in it.

    Then they have as many values together, and what is no wording would stand elsewhere in a row of its own.
    """
    if not values or not more or len(values) + len(more) - 1 != width:
        return False
    kinds = [_find_kind(value) for value in more]
    # Of a row of its own the first value would be of the kind of the other's.
    is_shifted = kinds[0] is None and more[0].strip() != "" and _find_kind(values[0]) is not None
    return is_shifted or any(kind in ("id", "DOI", "address") for kind in kinds[1:])


def _split_open(line: str, dialect: Dialect) -> list[str]:
    """The values of a line by itself, where its last quote may be a stray one."""
    try:
        values = next(dialect.reader(iter([line + "\n"]), strict=False), [])
    except csv.Error:
        return []
    if values and values[-1].endswith("\n"):
        values[-1:] = values[-1][:-1].split(dialect.delimiter)
    return values


def _find_kind(value: str) -> str | None:
    """What a value is that is no wording."""
    value = value.strip(" \"'")
    if not value or len(value) > _LONGEST_NAME:
        return None
    if identifiers.read_arxiv_id(value)[0]:
        return "id"
    if identifiers.read_doi(value):
        return "DOI"
    if fields.read_int(value) is not None or fields.read_moment(value) is not None:
        return "number or date"
    return "address" if "://" in value[:9] else None


def split_line(line: str, delimiter: str) -> list[str]:
    """The values of one line by itself; what its quotes leave open is taken as it is."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _choose(lines: Sequence[str], delimiter: str) -> Dialect | None:
    """The way of quoting in which most rows fit the header; None where the rows are of no papers."""
    names = [name.strip() for name in split_line(lines[0].lstrip("\ufeff"), delimiter)]
    # What is behind the header of a table that was joined to it says nothing of this one.
    end = next((at for at, line in enumerate(lines) if at and _is_other_header(line, delimiter)), len(lines))
    lines = lines[:end]
    sample = "\n".join(lines)
    dialects = [Dialect(delimiter)]
    if '\\"' in sample:
        dialects.append(Dialect(delimiter, is_escaped=True))
    if '"' in sample and delimiter == "\t":
        dialects.append(Dialect(delimiter, quoting=csv.QUOTE_NONE))
    tried = [(_try(dialect, lines[1:]), dialect) for dialect in dialects]
    (rows, bad), dialect = max(tried, key=lambda one: sum(len(row) == len(names) for row in one[0][0]) - 2 * one[0][1])
    fits = [row for row in rows if len(row) == len(names)]
    folded = {columns.fold_name(name) for name in names}
    known = len(names) - len(columns.find_ignored(names))
    if rows and 2 * len(fits) < len(rows) + bad and known * 3 < len(names):
        return None
    if folded.isdisjoint(columns.PAPER_NAMES):
        entries = [columns.read_record(dict(zip(names, row, strict=False))) for row in rows]
        if not rows or not _are_papers([entry for entry in entries if entry["title"]]):
            return None
    dialect.reason = f"a header line that names a title column, divided by {delimiter!r}"
    if dialect.is_escaped:
        dialect.reason += ", quotes behind backslashes"
    return dialect


def _is_other_header(line: str, delimiter: str) -> bool:
    """Whether a line is the header of a table divided by another sign."""
    return any(
        mark in line and line.find(mark) < _LONGEST_NAME and is_header(split_line(line, mark))
        for mark in DELIMITERS
        if mark != delimiter
    )


def _are_papers(entries: list[dict[str, object]]) -> bool:
    """Whether rows of a table whose columns many things have are papers: a year alone does not tell."""
    if entries and median(count_words(str(entry["title"])) for entry in entries) >= TITLE_WORDS:
        return True
    dated = ("published_at", "published_on", "published_precision", "published_year")
    return bool(entries) and read_as_papers(
        [{name: value for name, value in entry.items() if name not in dated} for entry in entries]
    )


def _try(dialect: Dialect, lines: Sequence[str]) -> tuple[list[list[str]], int]:
    """The rows of some lines, and how many of them broke off."""
    rows: list[list[str]] = []
    reader = dialect.reader(line + "\n" for line in lines)
    try:
        for row in reader:
            if row:
                rows.append(row)
            if len(rows) >= _SAMPLE:
                break
    except csv.Error as error:
        # The lines end where the sample does, and so may the last row.
        return rows, 0 if "end of data" in str(error) and len(rows) > 1 else 1
    return rows, 0


def _find_by_content(lines: Sequence[str], start: int) -> Dialect | None:
    """A table whose columns have no names that say so, but hold titles and abstracts."""
    first = lines[start]
    for delimiter in "\t,;":
        if delimiter not in first or (delimiter != "\t" and '"' not in "".join(lines[start : start + _FEW])):
            continue
        dialect = Dialect(delimiter, preamble=start, is_escaped='\\"' in "".join(lines[start:]))
        rows, bad = _try(dialect, lines[start:])
        if len(rows) > _FEW and len(rows[-1]) < len(rows[0]):
            del rows[-1]
        if bad or len(rows) < _FEW or {len(row) for row in rows} != {len(rows[0])} or len(rows[0]) < 2:
            continue
        names = _name_by_content(rows[1:])
        if names is None:
            continue
        dialect.has_header = all(len(value) < _LONGEST_NAME for value in rows[0]) and not any(
            name == "abstract" and len(value) > _LONGEST_NAME for name, value in zip(names, rows[0], strict=True)
        )
        if dialect.has_header:
            names = [name or value.strip() for name, value in zip(names, rows[0], strict=True)]
        dialect.names = [name or f"column {number}" for number, name in enumerate(names, start=1)]
        dialect.reason = f"columns that hold titles and abstracts, divided by {delimiter!r}"
        return dialect
    return None


def _name_by_content(rows: list[list[str]]) -> list[str] | None:
    """Names for the columns of rows by what they hold, '' where that says nothing; None without title and abstract."""
    names: list[str] = []
    for values in zip(*rows, strict=True):
        held = [value.strip() for value in values if not fields.is_missing(value)]
        if 2 * len(held) < len(values) or not held:
            names.append("")
            continue
        length, words = median(map(len, held)), median(map(count_words, held))
        is_prose = words >= _TITLE_WORDS and not any("://" in value[:10] for value in held)
        if is_prose and length >= _ABSTRACT_CHARACTERS and 2 * sum(map(_ends_as_prose, held)) > len(held):
            names.append("abstract" if "abstract" not in names else "")
        elif is_prose and length <= _TITLE_CHARACTERS and len(set(held)) > 0.9 * len(held) and not _lists(held):
            names.append("title" if "title" not in names else "")
        elif all(identifiers.read_arxiv_id(value)[0] for value in held):
            names.append("arxiv_id" if "arxiv_id" not in names else "")
        elif all(_is_day(value) for value in held):
            names.append("published_at" if "published_at" not in names else "")
        else:
            names.append("")
    return names if "title" in names and "abstract" in names else None


def _is_day(value: str) -> bool:
    """Whether a value is a day written out; a bare number may be anything."""
    moment = fields.read_moment(value) if not value.isdigit() else None
    return moment is not None and moment.precision == "day"


def _ends_as_prose(value: str) -> bool:
    return _SENTENCE_END.search(value[-5:]) is not None


def _lists(values: list[str]) -> bool:
    """Whether values are lists of names rather than titles."""
    return 2 * sum(value.count(",") + value.count(";") >= 2 for value in values) > len(values)
