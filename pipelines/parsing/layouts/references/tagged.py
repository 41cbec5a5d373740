"""Records of tagged lines: cut where their format says, read by rispy, turned into entries.

What belongs here: what RIS, MEDLINE, Web of Science, EndNote and RefWorks have in common. A dialect says how a tag
looks, where a record begins and ends, and which tags are read into which field; the modules beside this one have one
each. A tag that a dialect does not name is a tag all the same: it is counted, and ends the value before it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import rispy

from ... import author_columns, furniture, identifiers, lines, people, publication, venues
from ...files import Source
from ...orcids import Detail
from ...reader import SourceReader

#: Bytes looked at to recognise a dialect.
HEAD_BYTES = 1 << 16
#: What parts the lines of one value while rispy has it; white space, so that folding takes it for that.
_BREAK = "\v"
_UNKNOWN = "unknown"


@dataclass(frozen=True)
class Dialect:
    """How a format of tagged lines is written."""

    #: Layout in raw.dumps, and the format's name for people.
    name: str
    title: str
    #: The beginning of a line that carries a tag, with TAG where the tag stands, and what tags look like.
    line: str
    tag: str
    #: Tag that begins a record, and the one that ends it; without one a blank line before a tag does.
    start: str
    end: str | None
    #: Field -> the tags it is read from, best first.
    fields: dict[str, tuple[str, ...]]
    #: Tags of each line of which is a value of its own.
    line_tags: frozenset[str] = frozenset()
    #: Patterns of lines around the records that say nothing of papers.
    around: str = r"(?!)"
    #: A line that shows the dialect; by default one with the start tag.
    mark: str | None = None
    #: Whether lines may be cut in the middle of words, three spaces before the rest.
    may_be_cut: bool = False
    #: Tags that say what kind of work a record is.
    kinds: tuple[str, ...] = ()
    #: Fields that hold all values of all their tags, not those of the first that has some.
    gathered: tuple[str, ...] = ("doi", "arxiv", "published")

    @cached_property
    def tag_line(self) -> re.Pattern[str]:
        """A line with a tag, which is its only group."""
        return re.compile(self._fill(f"({self.tag})"), re.MULTILINE)

    @cached_property
    def boundary(self) -> re.Pattern[str]:
        """Where a record begins, or the line that ends it."""
        start = self._fill(re.escape(self.start))
        if self.end is not None:
            return re.compile(rf"(?P<end>{self._fill(self.end)}.*$)|(?P<start>{start})", re.MULTILINE)
        return re.compile(rf"(?P<start>{start}|(?<=\n\n){self._fill(self.tag)})", re.MULTILINE)

    def _fill(self, tag: str) -> str:
        return self.line.replace("TAG", tag)

    @cached_property
    def unfolding(self) -> re.Pattern[str]:
        """The break before a line that goes on with the value, and the three spaces that some formats put there."""
        return re.compile(rf"\n(?!{self._fill(self.tag)})(?: {{3}}(?! {{0,20}}$))?", re.MULTILINE)

    @cached_property
    def parser(self) -> rispy.RisParser:
        """What reads one record."""
        known = {tag for tags in self.fields.values() for tag in tags}
        return _make_parser(self)(
            mapping={**{tag: tag for tag in known}, self.start: self.start, "UK": _UNKNOWN},
            list_tags=sorted(known),
            delimiter_tags_mapping={},
        )

    @cached_property
    def mentions(self) -> frozenset[str]:
        """Tags of which nothing is read but ids."""
        ids = {tag for name in ("doi", "arxiv") for tag in self.fields[name]}
        return frozenset(
            ids - {tag for name, tags in self.fields.items() if name not in ("doi", "arxiv") for tag in tags}
        )

    @cached_property
    def shown_by(self) -> re.Pattern[bytes]:
        """What a file of the dialect has near its beginning."""
        mark = self.mark or self._fill(re.escape(self.start))
        return re.compile(mark.encode(), re.MULTILINE)

    def recognise(self, source: Source) -> tuple[float, str]:
        """Certain where records begin as the format says and one has a title."""
        head = source.head(HEAD_BYTES)
        # A bare word is found many times faster than a pattern.
        if source.is_binary or (self.mark is None and self.start.encode() not in head):
            return 0.0, f"no {self.title}"
        if not (found := self.shown_by.search(head)):
            return 0.0, f"no {self.title}"
        if _is_far(head[: found.start()]):
            return 0.0, f"no {self.title}"
        text = head[found.start() :].decode(errors="replace")
        tags = {match[1] for match in self.tag_line.finditer(text)}
        if not tags & {*self.fields["title"]} and len(text) < HEAD_BYTES - 1000:
            return 0.0, f"{self.title} without titles"
        return 0.95, f"records of {self.title}"


def _is_far(before: bytes) -> bool:
    """Whether so much is written before the first record that the file is something else."""
    return sum(1 for row in before.split(b"\n") if row.strip()) > 20


def _make_parser(dialect: Dialect) -> type[rispy.RisParser]:
    class Parser(rispy.RisParser):
        """Lines of one dialect; each holds a whole value."""

        START_TAG = dialect.start
        END_TAG = "\0"

        def parse_line(self, line: str) -> tuple[str, str] | tuple[None, str]:
            """Tag and value of a line."""
            """Tag and value of a line."""
            if line == "\0":
                return line, ""
            found = dialect.tag_line.match(line)
            return (found[1], line[found.end() :].strip(" ")) if found else (None, line.strip(" "))

    return Parser


class TaggedReader(SourceReader):
    """One file of a dialect on its way through."""

    DIALECT: ClassVar[Dialect]

    def read(self) -> None:
        """Read record by record, then what stands around them."""
        self.is_cut = self.DIALECT.may_be_cut and self._find_cut_lines()
        for start, end in self._cut_records():
            self._read_piece(start, end)
        self._mark_around()

    def _cut_records(self) -> Iterator[tuple[int, int]]:
        """Where each record stands, or what is between two."""
        start = scanned = 0
        has_title = False
        for found in self.DIALECT.boundary.finditer(self.text):
            at = found.start() if found["start"] is not None else found.end()
            if self.DIALECT.end is None:
                has_title = has_title or self._has_title(scanned, at)
                scanned = at
                # A blank line parts records where a title stands before it, and one behind it.
                if not self._is_start(at) and not (has_title and self._has_title(at, self._find_next(at))):
                    continue
                has_title = False
            if at > start:
                yield start, at
            start = at
        yield start, len(self.text)

    def _is_start(self, at: int) -> bool:
        found = self.DIALECT.tag_line.match(self.text, at)
        return found is not None and found[1] == self.DIALECT.start

    def _find_next(self, at: int) -> int:
        found = self.DIALECT.boundary.search(self.text, at + 1)
        return found.start() if found else len(self.text)

    def _has_title(self, start: int, end: int) -> bool:
        tags = self.DIALECT.fields["title"]
        return any(found[1] in tags for found in self.DIALECT.tag_line.finditer(self.text, start, end))

    def _read_piece(self, start: int, end: int) -> None:
        dialect = self.DIALECT
        first = dialect.tag_line.search(self.text, start, end)
        while first and re.fullmatch(dialect.around, self._row_at(first.start())):
            first = dialect.tag_line.search(self.text, first.end(), end)
        if first is None:
            return
        if first[1] == dialect.end:
            # The end of a record that never began.
            number = self.line_at(first.start())
            self.ledger.mark(lines.BOILERPLATE, number, number)
            return
        stretch = self.text[first.start() : end].rstrip()
        values = self._read_values(stretch, first[1] == dialect.start)
        entry = self._read_entry(values)
        if isinstance(names := entry["authors"], list):
            entry["author_details"] = self.read_details(stretch, values, names)
        if entry["title"] is None and first[1] != dialect.start:
            # Tags in a stretch that no record begins: what is left of one, and no line is anybody's.
            return
        first_line = self.line_at(first.start())
        last_line = self.line_at(first.start() + len(stretch))
        if entry["title"] is None:
            self.reject("no_title", "a record without a title", first_line, last_line, stretch)
            return
        entry["resource_types"] = [values[tag] for tag in self.DIALECT.kinds if tag in values]
        self.add_entry(entry, first_line, last_line)
        self.ignore([tag for tag, texts in values.items() if not self._is_read(tag, texts)])

    def _is_read(self, tag: str, texts: list[str]) -> bool:
        """Whether a field takes values of a tag; where only an id may be in them, whether one is."""
        if tag not in self.DIALECT.mentions:
            return tag in self.DIALECT.parser.mapping and tag != self.DIALECT.start
        return any(identifiers.find_arxiv_id([text])[0] or identifiers.find_doi([text]) for text in texts)

    def _row_at(self, start: int) -> str:
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].strip()

    def _read_values(self, stretch: str, has_start: bool) -> dict[str, list[str]]:
        """Tag -> its values, as rispy reads them; those of tags that the dialect does not name, too."""
        dialect = self.DIALECT
        unfolded = dialect.unfolding.sub(_BREAK, stretch)
        rows = unfolded.lstrip().split("\n")
        if not has_start:
            rows.insert(0, dialect.start)
        records = dialect.parser.parse_lines(iter([*rows, "\0"]))
        values: dict[str, list[str]] = {}
        for tag, found in records[0].items() if records else ():
            for name, texts in found.items() if tag == _UNKNOWN else [(tag, found)]:
                texts = [texts] if isinstance(texts, str) else texts
                if name and name != dialect.end and any(texts):
                    values[name] = [text for text in texts if text.strip()]
        return values

    def _read_entry(self, values: dict[str, list[str]]) -> dict[str, object]:
        found = {name: self._gather(values, name) for name in self.DIALECT.fields}
        arxiv_id, arxiv_version = identifiers.find_arxiv_id(found["arxiv"])
        entry: dict[str, object] = {
            "title": next(iter(found["title"]), None),
            "abstract": "\n".join(found["abstract"]) or None,
            "arxiv_id": arxiv_id,
            "arxiv_version": arxiv_version,
            "doi": identifiers.find_doi(found["doi"]),
            "keywords": split_keywords(found["keywords"]),
            "venue": venues.read_venue(found["venue"]),
            **people.read_people(found["authors"] + found.get("groups", [])),
        }
        publication.add_publication(entry, *found["published"])
        return entry

    def read_details(self, stretch: str, values: dict[str, list[str]], names: list[str]) -> list[Detail] | None:
        """What a record says of its authors beside their names; here what tags say of people whom they name."""
        given = [(name, self._gather(values, name)) for name in ("oi", "c1") if name in self.DIALECT.fields]
        return author_columns.read_columns(given, names) if given else None

    def _gather(self, values: dict[str, list[str]], name: str) -> list[str]:
        tags = [tag for tag in self.DIALECT.fields[name] if tag in values]
        if name not in self.DIALECT.gathered:
            tags = tags[:1]
        return [text for tag in tags for value in values[tag] for text in self._join_lines(tag, value)]

    def _join_lines(self, tag: str, value: str) -> list[str]:
        if tag in self.DIALECT.line_tags:
            return [text for row in value.split(_BREAK) if (text := " ".join(row.split()))]
        if self.is_cut:
            value = value.replace(_BREAK, "")
        return [" ".join(value.split())]

    def _find_cut_lines(self) -> bool:
        """Whether values go on wherever a line is full, and not between words: then all full lines are equally long.

        Of lines broken between words few are.
        """
        values = (found[0].split("\n") for found in _WRAPPED.finditer(self.text[:HEAD_BYTES]))
        lengths = [len(row) for rows in values for row in rows[:-1]]
        return len(lengths) > 2 and len(set(lengths)) == 1 and lengths[0] > 40

    def _mark_around(self) -> None:
        """Lines of the exporting service before, between and behind records."""
        rows: list[str] | None = None
        around = re.compile(self.DIALECT.around)
        for first, last in self.ledger.spans(0):
            rows = rows or self.text.split("\n")
            for number in range(first, last + 1):
                row = rows[number - 1].strip()
                if around.fullmatch(row) or furniture.is_furniture(row):
                    self.ledger.mark(lines.BOILERPLATE, number, number)


#: Titles and abstracts of Web of Science, with the lines they go on over.
_WRAPPED = re.compile(r"^(?:AB|TI) .*(?:\n   .*)*+", re.MULTILINE)


def split_keywords(texts: list[str]) -> list[str] | None:
    """Keywords of fields with one each, or of one field with several behind semicolons or commas."""
    parts = [part for text in texts for part in text.split(";")]
    if len(parts) == 1:
        parts = parts[0].split(",")
    return [keyword for part in parts if (keyword := part.strip(" *,.\t"))] or None
