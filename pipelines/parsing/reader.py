"""The base of layouts that read one content at a time: the loop over sources, the place in the text, the ledger.

A layout derives from SourceReader and says in `read` what it makes of `text`; entries and rejects go through
`add_entry` and `reject`, so that every line they stand on is accounted for. Layouts that work on a whole batch at once
(text) do without.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import ClassVar

from . import dates, lines, resource_types
from .files import Source
from .findings import Findings, Recorder
from .plausibility import read_as_papers

#: Names kept of fields that no field of an entry takes.
IGNORED_LIMIT = 1_000


class SourceReader:
    """One source on its way through a layout."""

    #: The name of the layout in raw.dumps.
    NAME: ClassVar[str]
    #: Whether wording alone makes an entry here, so that the whole has to read as papers.
    takes_wording = False

    def __init__(self, number: int, source: Source, recorder: Recorder) -> None:
        """Start at the beginning of a source; number is its place in the batch."""
        self.number = number
        self.source = source
        self.recorder = recorder
        self.ledger = self.open_ledger(source)
        #: Facts of the dump besides its counts: see findings.DUMP_FIELDS.
        self.facts: dict[str, object] = {}
        #: Why the source was recognised.
        self.reason = ""
        self.entry_count = 0
        self.ignored: Counter[str] = Counter()
        self._counted_at, self._counted_line = 0, 1

    @staticmethod
    def open_ledger(source: Source) -> lines.LineLedger:
        """The ledger a source begins with: all lines of its data."""
        return lines.LineLedger(source.data)

    @classmethod
    def read_all(cls, sources: Sequence[tuple[int, Source, str]]) -> Findings:
        """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
        recorder = Recorder()
        for number, source, reason in sources:
            reader = cls(number, source, recorder)
            reader.reason = reason
            before = len(recorder.entries), len(recorder.rejects)
            remark = reader.read()
            if reader.takes_wording and not reader.read_as_papers(recorder.entries[before[0] :]):
                remark = reader.refuse_whole("titles and texts that do not read as papers", *before)
            reason = f"{reason}; {remark}" if remark else reason
            facts = {"ignored_fields": reader.list_ignored(), **reader.facts}
            recorder.add_dump(number, source, reader.ledger, cls.NAME, reason, **facts)
            # What is read of it stands in the findings: neither its bytes nor its text are held any longer.
            source.data = b""
            del reader
        return recorder.findings()

    def read_as_papers(self, entries: Sequence[Mapping[str, object]]) -> bool:
        """Whether the entries of a layout that takes wording are believed; see plausibility."""
        return read_as_papers(entries)

    def refuse_whole(self, why: str, entries_before: int, rejects_before: int) -> str:
        """One reject in place of all that was recorded since there were so many entries and rejects; returns why."""
        del self.recorder.entries[entries_before:], self.recorder.rejects[rejects_before:]
        self.entry_count = 0
        self.ledger.open_all()
        written = [number for first, last in self.ledger.spans(0) for number in (first, last)]
        self.reject("unknown_layout", why, written[0], written[-1], self.text)
        return why

    def read(self) -> str | None:
        """Read the whole text; returns what is to be said beside the reason. Lines left open become rejects."""
        raise NotImplementedError

    @cached_property
    def text(self) -> str:
        """The content, decoded."""
        return self.source.data.decode(errors="replace")

    def line_at(self, at: int) -> int:
        """Line number of a character; cheapest asked for in rising order, so that each stretch is counted once."""
        if at < self._counted_at:
            self._counted_at, self._counted_line = 0, 1
        self._counted_line += self.text.count("\n", self._counted_at, at)
        self._counted_at = at
        return self._counted_line

    def ignore(self, names: Iterable[str]) -> None:
        """Note fields of one record that held a value and that no field of an entry takes.

        However many names a hostile file makes up, a stated number of them is kept.
        """
        names = list(names)
        if len(self.ignored) + len(names) <= IGNORED_LIMIT:
            self.ignored.update(names)
            return
        for name in names:
            if name in self.ignored or len(self.ignored) < IGNORED_LIMIT:
                self.ignored[name] += 1

    def list_ignored(self) -> list[dict[str, object]]:
        """What `ignore` was told, by name, as raw.dumps has it."""
        counts: Counter[str] = Counter()
        for name, count in self.ignored.items():
            # A name out of JSON can hold half a surrogate pair, which no UTF-8 column can.
            counts[name if name.isascii() else name.encode("utf-8", "replace").decode()] += count
        return [{"field": name, "count": count} for name, count in sorted(counts.items())]

    def add_entry(self, entry: dict[str, object], first_line: int, last_line: int, flags: Sequence[str] = ()) -> None:
        """Record an entry that has a title and stands on these lines; flags it comes with itself are kept.

        One that says under `resource_types` that it is of another kind than papers are is refused.
        """
        kind = resource_types.find_other(entry.pop("resource_types")) if "resource_types" in entry else None
        # On arXiv there are papers alone: a table may say `Dataset` of a paper that brings one.
        if kind is not None and not entry.get("arxiv_id"):
            detail = f"by the type it states ({kind[:60]!r}) no paper"
            self.reject("other_kind", detail, first_line, last_line, str(entry["title"]))
            return
        if not entry.get("authors") and resource_types.is_paratext(str(entry["title"])):
            detail = "by its title what stands around the papers of an issue"
            self.reject("other_kind", detail, first_line, last_line, str(entry["title"]))
            return
        self.ledger.mark(lines.ENTRY, first_line, last_line)
        self.entry_count += 1
        entry["source"] = self.number
        entry["first_line"], entry["last_line"] = first_line, last_line
        unread = entry.get("flags")
        noticed = [*flags, *unread] if isinstance(unread, list) else flags
        entry["flags"] = sorted(noticed if entry.get("abstract") else [*noticed, "no_abstract"])
        self.recorder.entries.append(entry)

    def take_date(self, day: dates.PrintedDate) -> None:
        """Take a line for the date of the dump: the first one counts, and any before a relative one."""
        if "date_text" not in self.facts or dates.is_relative(str(self.facts["date_text"])):
            self.facts["date_text"] = day.text

    def take_relative_date(self, text: str) -> None:
        """Keep `Yesterday` as printed where nothing says more."""
        self.facts.setdefault("date_text", text)

    def reject(self, reason: str, detail: str, first_line: int, last_line: int, text: str) -> None:
        """Record a stretch that is no entry."""
        self.ledger.mark(lines.REJECTED, first_line, last_line)
        self.recorder.add_reject(self.number, reason, detail, first_line, last_line, text)
