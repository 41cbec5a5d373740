"""What the blocks of one paper say: labelled values, people, days, links, the abstract, and what nobody reads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .. import dates, fields, furniture
from . import wording
from .blocks import CODE, HEADING, ITEM, ROW, RULE, Block, Run, fold, join, split_lines
from .titles import Title

#: What speaks for a paper: a title that links to one, labels, people, one paper linked to, prose.
OWN_LINK, LABELLED, NAMED, ONE_LINK, PROSE = 4, 3, 2, 2, 1
#: Characters of a line of people and a venue.
_LINE_OF_PEOPLE = 400
#: Papers that an item may link to and still be about one.
_FEW_LINKS = 4
#: Fields that hold an address or an id: where the links lead says more than what they show.
_ADDRESSES = frozenset(
    ("url", "arxiv", "arxivid", "pdf", "doi", "code", "github", "githubrepo", "paper", "codeurl", "eprint")
)
#: Labels of short values, which end where the next label begins, known or not.
_SHORT = frozenset(("authors", "author", "keywords", "keyword", "year", "published", "date", "doi", "arxiv", "url"))
_UNKNOWN_LABEL = re.compile(r"([A-Z][\w-]{1,20}(?: [\w-]{1,20})?): (?=\S)")
#: In place of a label whose value nobody reads.
_NOBODYS = "-"
_SEGMENTS = re.compile(r"(?<!\s)\s++[|·•]\s+")
_YEAR = re.compile(r"(?<![\d./-])((?:19[5-9]|20[0-4])\d)(?![\d./-])")
_DAY = re.compile(r"(?<![\d./-])(\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?)(?![\d./-])")
#: People and a year in brackets, before what is said of a paper.
_ASIDE = re.compile(r"^(?:(?:\([^()]{0,200}\)|\[[^\[\]]{0,60}\])\s*[:–—|.-]*\s*)+")
#: Where a part of a line behind a title ends.
_PARTS = re.compile(r"[.()\[\]|]\s*|\s[-–—]\s")
_FOOT = re.compile(r"https?://\S+")
_END_OF_PEOPLE = re.compile(r";| - ")
#: Words of a part of a line that counts, names or dates a paper.
_FACT_WORDS = 12
#: Such parts on one line.
_FACTS = 8
#: What a day stands behind and before: `Published on Jan 3, 2025`, `03 Jan 2025 (modified: 04 Jan 2025)`.
_ON = re.compile(r"^(?:published|posted|submitted)(?: on|:)? (?=\S)", re.IGNORECASE)
_REVISED = re.compile(r"(?<!\s)\s++\((?:last )?(?:modified|revised|updated)\b[^()]{0,60}\)$", re.IGNORECASE)
#: Characters of a line with a day.
_LINE_OF_DAY = 100
#: An entry of BibTeX on show, which is a way to cite the paper and no text of it.
_CITATION = re.compile(r"@[a-z]{3,20}\s?\{", re.IGNORECASE)


@dataclass
class Said:
    """What is said of one paper."""

    record: dict[str, object] = field(default_factory=dict)
    #: How much of it speaks for a paper, and whether labels do.
    evidence: int = 0
    is_labelled: bool = False
    #: Characters of its text.
    prose: int = 0
    paragraph_count: int = 0
    #: Whether there are lists or code in it.
    has_parts: bool = False
    first_line: int = 0
    last_line: int = 0
    #: Names of parts no field is read from.
    ignored: list[str] = field(default_factory=list)


def read_blocks(
    blocks: Sequence[Block], at: int, title: Title, paragraph_limit: int | None = None, expects_people: bool = False
) -> Said:
    """What blocks say of the paper whose title stands in the one at a place.

    paragraph_limit: its text has so many paragraphs at most. expects_people: the other papers of the page have people
    behind their titles, so that one name is enough.
    """
    reading = _Reading(blocks, at, title, paragraph_limit, expects_people)
    reading.read()
    return reading.said


class _Reading:
    """One card, block by block."""

    def __init__(
        self, blocks: Sequence[Block], at: int, title: Title, paragraph_limit: int | None, expects_people: bool
    ) -> None:
        self.blocks = blocks
        self.at = at
        self.title = title
        self.said = Said()
        self.values: dict[str, list[str]] = {}
        self.targets: list[str] = []
        #: The field that blocks below a heading or a label go to; "-" for one nobody reads.
        self.section = ""
        self.section_level = 0
        self.paragraph_limit = paragraph_limit
        self.expects_people = expects_people
        #: Whether what stands around it says that a name is one.
        self.is_named = False
        #: Whether people were links to pages about them, of which more may follow.
        self.has_list_of_people = False
        self.is_quoted = False
        self.paragraphs: list[str] = []
        self.items: list[str] = []
        self.last = self.blocks[self.at].last_line

    def read(self) -> None:
        """Take block after block."""
        for block in self.blocks[: self.at]:
            self.targets += block.targets
        self._read_runs(self.title.rest, is_title=True)
        for block in self.blocks[self.at + 1 :]:
            self._read_block(block)
        self._finish()

    def _read_block(self, block: Block) -> None:
        if block.kind == HEADING:
            if self.section == "-" and block.level > self.section_level:
                return
            text = fold(block.text)
            label, at = wording.read_label(text)
            self.section = wording.fold_label(text)
            if label and not self.section:
                self._add(label, text[at:], block.targets)
            elif not self.section:
                self.section = "-"
                self.section_level = block.level
                self.said.ignored.append(text[:60])
            elif self.section:
                self.said.is_labelled |= self.section in ("abstract", "summary", "authors")
        elif block.kind == ROW:
            cells = [fold(join(cell)) for cell in block.cells]
            if len(cells) == 2 and self.section != "-" and (label := wording.fold_label(cells[0])):
                self._add(label, cells[1], block.targets)
        elif block.kind == CODE:
            self.said.has_parts = True
            if self.section == "abstract":
                self._add("abstract", fold(block.text), [])
        elif block.kind != RULE:
            self.said.has_parts |= block.kind == ITEM
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
            targets = [run.target for run in line if run.target] + wording.find_addresses(text)
            segments = [part for part in _SEGMENTS.split(text) if part] if len(text) < 2_000 else [text]
            labels = [wording.read_label(part) for part in segments]
            if sum(bool(label) for label, _ in labels) > 1 or (len(segments) == 1 and labels and labels[0][0]):
                for part, (label, at) in zip(segments, labels, strict=True):
                    if label:
                        self._add(label, part[at:], targets if len(segments) == 1 else _targets_of(line, part))
                    else:
                        self._take_targets(_targets_of(line, part))
                    if label:
                        open_label = label
                        self.section = label if not part[at:].strip() else ""
                continue
            whole = wording.fold_label(text)
            if whole and not targets and not plain and len(text) < 40:
                self.section = open_label = whole
                self.said.is_labelled |= whole in ("abstract", "authors")
            elif open_label in _SHORT and (found := _UNKNOWN_LABEL.match(text)):
                # A page of properties has labels of its writer's: `Status: Reading` is no author.
                self.said.ignored.append(found[1])
                self._take_targets(targets)
                open_label = _NOBODYS
            elif open_label == _NOBODYS:
                self._take_targets(targets)
            elif open_label:
                self._add(open_label, text, targets)
            else:
                plain.append(line)
        if plain:
            self._read_plain(plain, block, is_title)

    def _read_plain(self, plain: list[list[Run]], block: Block | None, is_title: bool) -> None:
        targets = [run.target for line in plain for run in line if run.target]
        targets += [address for line in plain for address in wording.find_addresses(join(line))]
        text = "\n".join(row for line in plain if (row := _show(line)))
        folded = fold(text)
        if self.section:
            self._add(self.section, text, targets)
            return
        self.targets += targets
        if wording.is_generic(_FOOT.sub("", folded)):
            return
        if _CITATION.match(folded):
            self.said.ignored.append("bibtex")
            return
        if len(plain) == 1 and self._take_facts(plain[0], folded):
            return
        if (votes := wording.read_votes(folded)) is not None:
            self.values.setdefault("upvotes", []).append(str(votes))
        elif (count := wording.read_author_count(folded)) is not None:
            self.values.setdefault("authorcount", []).append(str(count))
        elif (day := _read_day(folded)) is not None and day.year:
            self.values.setdefault("published", []).append(day.text)
        elif furniture.is_furniture(folded):
            return
        elif (
            block is not None
            and block.role in ("authors", "author", "byline")
            and (people := wording.find_people(folded, may_go_on=True, may_be_one=True))
        ):
            self.values.setdefault("authors", []).append(people)
        elif self.has_list_of_people and self._add_person(plain):
            return
        elif not self.paragraphs and "authors" not in self.values and self._take_people(plain, is_title):
            if is_title or block is None or len(plain) > 1:
                self._read_remark(plain, folded)
        elif is_title:
            self._read_remark(plain, folded)
        elif wording.is_prose(folded):
            self._take_prose(text, block)

    def _take_facts(self, line: Sequence[Run], folded: str) -> bool:
        """Take a line of facts with marks between them, `Ada Quill, Bo Reed · 2501.01234 · 👍 4`; whether it is one."""
        segments = [part.strip() for part in _SEGMENTS.split(folded) if part.strip()]
        if not 1 < len(segments) <= _FACTS:
            return False
        facts: dict[str, str] = {}
        for segment in segments:
            is_expected = self.expects_people and segment == segments[0]
            people = wording.find_people(segment, may_be_one=is_expected)
            self.is_named |= bool(people) and is_expected
            if people:
                facts.setdefault("authors", people)
            elif (votes := wording.read_votes(segment)) is not None:
                facts.setdefault("upvotes", str(votes))
            elif (count := wording.read_author_count(segment)) is not None:
                facts.setdefault("authorcount", str(count))
            elif (day := _read_day(segment)) is not None and day.year:
                facts.setdefault("published", day.text)
            elif len(segment.split()) > _FACT_WORDS:
                return False
        if not facts or ("authors" in facts and "authors" in self.values):
            return False
        for name, value in facts.items():
            self.values.setdefault(name, []).append(value)
        return True

    def _take_prose(self, text: str, block: Block | None) -> None:
        """Take a paragraph; not what follows a quoted one, nor more of them than other papers have."""
        if block is not None and block.kind == ITEM:
            self.items.append(text)
            return
        is_quoted = block is not None and block.is_quoted
        if self.paragraphs and self.is_quoted and not is_quoted:
            return
        if self.paragraph_limit is None or len(self.paragraphs) < self.paragraph_limit:
            self.paragraphs.append(text)
            self.is_quoted = is_quoted

    def _take_people(self, plain: list[list[Run]], is_title: bool) -> bool:
        """Take authors from a line of names, or from the names in italics or in front behind a title."""
        for line in plain[:3]:
            text = fold("".join(run.text for run in line))
            if not is_title and (byline := _read_byline(text)):
                self.values["authors"], self.values["year"] = [byline[0]], [byline[1]]
                return True
            italic = fold("".join(run.text for run in line if run.is_emphasis))
            if is_title:
                parts = [part for part in _PARTS.split(text.strip(" .,;:-–—()")) if any(map(str.isalpha, part))]
                fronts, expected = [italic, text, *parts[:2]], parts[:1]
            else:
                before = _front_of(text)
                fronts, expected = [*before, italic, text], before or [italic, text]
            are_linked = _are_person_links(line)
            for front in fronts:
                is_known = (are_linked and front == text) or (self.expects_people and front in expected)
                people = wording.find_people(front, is_title, may_be_one=is_known or front == italic == text)
                if people:
                    self.values["authors"] = [people]
                    self.is_named |= is_known
                    self.has_list_of_people = are_linked and front == text
                    return True
        return False

    def _add_person(self, plain: list[list[Run]]) -> bool:
        """Take one more person of a list that has an item for each; whether a block is one."""
        text = fold("".join(run.text for run in plain[0]))
        people = wording.find_people(text, may_be_one=True) if len(plain) == 1 and _are_person_links(plain[0]) else ""
        if people:
            self.values["authors"][0] += f", {people}"
        return bool(people)

    def _read_remark(self, plain: list[list[Run]], folded: str) -> None:
        """What stands behind a title on its line: a day, a year, a sentence or two; a venue is none of these."""
        bare = _FOOT.sub("", folded)
        days = {day[1] for day in _DAY.finditer(bare)}
        years = {year[1] for year in _YEAR.finditer(bare)}
        if len(days) == 1 and fields.read_moment(days.copy().pop().replace(".", "-")):
            self.values.setdefault("published", []).append(days.pop().replace(".", "-"))
        elif not days and len(years) == 1:
            self.values.setdefault("year", []).append(years.pop())
        rows = [_show(line) for line in plain]
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
        self.said.is_labelled |= label in ("abstract", "authors", "arxiv", "doi", "published", "title")
        self._take_targets(targets, label)
        if label not in _ADDRESSES and wording.is_generic(_FOOT.sub("", value)):
            # `🔗 read` below an abstract, and no part of it. A number or a date is one of a word's letters only.
            value = value if any(map(str.isdigit, _FOOT.sub("", value))) else ""
        if label in _ADDRESSES and targets:
            value = f"{value} {targets[0]}" if label in ("arxiv", "arxivid", "doi") else targets[0]
        if value.strip():
            self.values.setdefault(label, []).append(value.strip())

    def _take_targets(self, targets: Sequence[str], label: str = "") -> None:
        """Where links lead that are of this paper: those in notes and lists of related work are of others."""
        if label not in wording.ELSEWHERE:
            self.targets += targets

    def _finish(self) -> None:
        said, values, own = self.said, self.values, self.title.target
        record: dict[str, object] = {"title": self.title.text}
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
        wording.add_links(record, [own, *self.targets])
        said.record = record
        said.paragraph_count = len(self.paragraphs)
        said.prose = len(str(record.get("abstract") or ""))
        said.first_line = self.blocks[0].first_line
        said.last_line = max(self.last, self.blocks[self.at].last_line)
        said.evidence = self._weigh()

    def _weigh(self) -> int:
        """How much speaks for a paper. Links to several papers speak for a list of them, unless more is said."""
        papers = [target for target in self.targets if wording.find_paper(target)]
        ids = {wording.read_id(target) or target for target in papers if wording.find_paper(target) != "other"}
        few = _FEW_LINKS if self.blocks[self.at].kind == ITEM or not ids else 2
        is_one = bool(papers) and len(ids or papers) < few
        evidence = OWN_LINK if self.title.target else ONE_LINK * is_one
        is_named = self.is_named or any(map(wording.are_people, self.values.get("authors", ())))
        evidence += LABELLED * self.said.is_labelled + NAMED * is_named
        return evidence + PROSE * bool(self.said.prose) if evidence or not papers else 0


def _show(line: Sequence[Run]) -> str:
    """The text of a line, without links that only say what is behind them."""
    return fold("".join(run.text for run in line if not (run.target and wording.is_generic(run.text))))


def _are_person_links(line: Sequence[Run]) -> bool:
    """Whether all words of a line are links to pages about people."""
    return all(wording.is_person(run.target) for run in line if any(map(str.isalpha, run.text)))


def _front_of(text: str) -> list[str]:
    """What stands before a semicolon or a dash on a line, behind which a venue follows; none where names follow."""
    found = _END_OF_PEOPLE.search(text) if len(text) < _LINE_OF_PEOPLE else None
    if found is None or wording.find_people(text[found.end() :].split(";")[0], may_be_one=True):
        return []
    return [text[: found.start()]]


def _read_day(text: str) -> dates.PrintedDate | None:
    """The day that a line names, alone or with what is said of it: `Published on Jan 3, 2025`."""
    return dates.read_date_line(_REVISED.sub("", _ON.sub("", text))) if len(text) <= _LINE_OF_DAY else None


def _read_byline(text: str) -> tuple[str, str] | None:
    """People and year of what search engines show below a title: `A Quill - Journal of Moss, 2025 - moss.example`."""
    parts = text[:_LINE_OF_PEOPLE].split(" - ")
    if len(text) > _LINE_OF_PEOPLE or not 1 < len(parts) < 4:
        return None
    year = _YEAR.search(parts[1][-4:])
    is_host = len(parts) == 2 or (" " not in parts[2] and "." in parts[2])
    people = wording.find_people(parts[0], may_be_one=True) if year and is_host else ""
    return (people, year[1]) if year and people else None


def _targets_of(line: Sequence[Run], part: str) -> list[str]:
    return [run.target for run in line if run.target and run.text.strip() and run.text.strip() in part]
