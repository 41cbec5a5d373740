"""Labelled text: `Title: ...`, `Authors: ...`, `Abstract: ...`, lists of YAML, arXiv's mails and listings.

A value goes on over line breaks until the next label; a title also ends at a blank line. Nothing says where a record
ends but what comes next: a title again, the label the record began with, or, where records are set apart by rules or
blank lines, the first label behind one. Reference formats, whose fields are named too, are `references` and `bibtex`.
"""

import re
from collections import Counter
from collections.abc import Sequence

from .. import columns, fields, furniture, lines, people, publication
from ..files import Source
from ..findings import Findings
from ..reader import SourceReader

NAME = "labelled"

#: Label, folded -> the field it is read as.
_LABELS = {
    **dict.fromkeys(("title", "paper title"), "title"),
    **dict.fromkeys(("abstract", "summary"), "abstract"),
    **dict.fromkeys(("author", "authors", "author(s)"), "authors"),
    **dict.fromkeys(("url", "link", "pdf", "paper", "arxiv link", "arxiv url", "paper link", "paper url"), "url"),
    **dict.fromkeys(("arxiv", "arxiv id", "arxiv_id", "eprint", "id"), "arxiv"),
    **dict.fromkeys(("published", "publication date", "published on", "date published"), "published"),
    **dict.fromkeys(("date", "submitted", "submitted on", "date (v1)"), "date"),
    "year": "year",
    "doi": "doi",
    **dict.fromkeys(("keywords", "keyword", "key words", "index terms"), "keywords"),
    **dict.fromkeys(("code", "github"), "code"),
    **dict.fromkeys(("venue", "journal", "conference", "booktitle", "期刊"), "venue"),
    **dict.fromkeys(("upvotes", "votes", "likes"), "upvotes"),
    **dict.fromkeys(("标题", "题目", "論文名", "タイトル"), "title"),
    **dict.fromkeys(("摘要", "要旨"), "abstract"),
    **dict.fromkeys(("作者", "著者"), "authors"),
    **dict.fromkeys(("链接", "网址", "リンク"), "url"),
    **dict.fromkeys(("关键词", "キーワード"), "keywords"),
    **dict.fromkeys(("日期", "发布时间", "公開日"), "date"),
}
#: Labels that are known and not read.
_UNREAD = frozenset(
    "comments comment categories category subjects subject updated month day "
    "publisher volume number pages issn isbn archiveprefix primaryclass journal-ref report-no msc-class acm-class "
    "license note editor organization project timestamp tags topics source language institution affiliation "
    "affiliations score rank 机构 单位 备注 分类".split()
)
#: Fields of which one record has several.
_SEVERAL = frozenset({"url", "authors", "keywords", "code", "date"})
#: Headings inside an abstract.
_PARTS_OF_ABSTRACT = frozenset(
    "background objective objectives method methods result results conclusion conclusions purpose aim aims "
    "introduction findings interpretation significance design setting settings participants discussion motivation "
    "importance approach contribution contributions limitations context problem data measurements evaluation".split()
)
#: Characters in which the colon of a label stands.
_LABEL_END = 100
#: Words of a line without a label that may be an abstract.
_FEW_WORDS = 8
_NAMES = "|".join(sorted((re.escape(name) for name in (*_LABELS, *_UNREAD)), key=len, reverse=True))
_LABEL = re.compile(
    # In a list or in bold.
    rf"^[ \t]*+(?:[-*>]\s+|\d{{1,4}}[.)]\s+|\[\d+\]\s*)?(?P<mark>\*{{0,3}})"
    rf"(?:(?P<word>{_NAMES})|(?P<other>[A-Z][\w-]{{1,20}}(?: [\w-]{{2,20}})?))"
    r"(?P=mark)?(?::(?P=mark)(?:\s++|$)|：(?P=mark)\s*+)",
    re.IGNORECASE,
)
#: The id on the first line of a paper in arXiv's mails and listings, which may have no space behind the colon.
_ARXIV = re.compile(r"^\s*(?:\[\d+\]\s*)?(?P<word>arXiv):\s*(?=[\d a-z])", re.IGNORECASE)
#: The number of a paper in Chinese digests, before its title as its authors have it; a translated one follows.
_NUMBERED = re.compile(r"^\s*【\d{1,4}】\s*(?=\S)")
_TRANSLATED = ("标题", "题目")
#: The last line of a paper in arXiv's mails.
_END_OF_MAIL_RECORD = re.compile(r"\\\\ \( ?https?://")
_RULE = re.compile(r"^\s*(?:[-=_*#%]{3,}|[})\\]+|\.\.\.|[\w-]+:|\S.{0,80}[(（]\d{1,4}\s?篇[)）])\s*$")
_BETWEEN = re.compile(r"^\s*[-=_*#%]{3,}\s*$")
_TITLES = re.compile(
    rb"^[ \t]*+(?:(?:[-*>]\s+|\d{1,4}[.)]\s+)?\**(?:paper )?title\**:|(?:%s)(?::|%s))"
    % (b"|".join(word.encode() for word in _TRANSLATED), "：".encode()),
    re.I | re.M,
)
#: A line without a label above the first one of a record: its title, with or without a number before it.
_UNLABELLED = re.compile(
    rb"^(?:\[\d{1,4}\] |\d{1,4}[.)] )?[^\s#>|<*\\-][^\n]{9,300}+\n"
    rb"[ \t]*+(?:authors?|url|link|arxiv(?: id)?|date|published)[ \t]*+:[ \t]*+\S",
    re.I | re.M,
)
_NUMBER = re.compile(r"\s*(?:\[\d{1,4}\]|\d{1,4}[.)])\s+")
#: Fields whose labels follow a title, and lines that it takes at most.
_BELOW_TITLES, _TITLE_LINES = frozenset(("authors", "url", "arxiv", "date", "published")), 3
#: One of them is in every text with such a title.
_TITLE_MARKS = (b"title:", b"title*", *(word.encode() for word in _TRANSLATED))
_ABSTRACTS = re.compile(
    rb"^[ \t]*+(?:[-*>][ \t]++)?(?:\**(?:abstract|summary)\**:|%s|(?:\[\d+\]\s*)?arxiv:\s*\d{4}\.)" % "摘要：".encode(),
    re.I | re.M,
)
_PEOPLE = re.compile(rb"^[ \t]*+(?:[-*>][ \t]++)?\**authors?\**:[ \t]*+\S", re.I | re.M)
_SIZE = re.compile(r"\s{0,10}\(\d{1,9}kb[^()]{0,20}\)", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,2}:\d\d")
#: Where somebody works, behind a name; brackets within brackets in lists of several places.
_PLACE = re.compile(r"\s{0,5}\((?!(?:and |\+ ?)?\d{1,4} (?:more|other))(?:[^()]|\([^()]{0,200}+\)){0,1000}+\)")
_NAME_PARTS = re.compile(r",|\band\b|&|;")


def recognise(source: Source) -> tuple[float, str]:
    """Score a source by its labels of titles and of abstracts, or people, of which there are about as many."""
    head = source.head(1 << 16)
    folded = b"" if source.is_binary else head.lower()
    titles = len(_TITLES.findall(head)) if any(mark in folded for mark in _TITLE_MARKS) else 0
    abstracts = len(_ABSTRACTS.findall(head)) if titles else 0
    if titles and abstracts and titles * 2 >= abstracts - 1:
        return 0.6, f"fields with labels, {titles} titles among them in the first 64 KB"
    if titles > 1 and 2 * len(_PEOPLE.findall(head)) >= titles:
        return 0.55, f"fields with labels, {titles} titles and authors among them in the first 64 KB"
    if not titles and b"abstract" in folded and (titles := len(_UNLABELLED.findall(head))) > 1:
        # Ids below titles alone are a page's.
        labelled = sum(b"arxiv" not in found[0].lower() for found in _ABSTRACTS.finditer(head))
        if titles <= 2 * labelled:
            return 0.55, f"fields with labels below titles without, {titles} of them in the first 64 KB"
    return 0.0, "no labelled fields"


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    return _RecordReader.read_all(sources)


class _RecordReader(SourceReader):
    """One file of records on its way through."""

    NAME = NAME

    def read(self) -> None:
        self.rows = self.text.split("\n")
        self._look_ahead()
        #: Label -> the lines of its value; the field that each is read as.
        self.record: dict[str, list[str]] = {}
        self.fields: dict[str, str | None] = {}
        self.first = self.last = 0
        self.label: str | None = None
        self.is_after_blank = self.is_after_rule = False
        for number, row in enumerate(self.rows, start=1):
            self._read_row(number, row)
        self._close()

    def _look_ahead(self) -> None:
        """What the file says of its habits: labels of its own, listings of arXiv, blank lines between records."""
        labels: Counter[str] = Counter()
        behind_blank = 0
        was_blank = False
        #: What each row begins with, found once.
        self.found = [_find_label(row) for row in self.rows]
        for row, found in zip(self.rows, self.found, strict=True):
            if row.strip():
                if found:
                    labels[found[0]] += 1
                    behind_blank += was_blank
                was_blank = False
            else:
                was_blank = True
        self.labels = dict(_LABELS)
        if not any(_LABELS.get(name) == "title" for name in labels):
            labels["title"] = self._find_unlabelled()
        if any(map(_NUMBERED.match, self.rows)):
            for name in _TRANSLATED:
                del self.labels[name]
        titles = sum(labels[name] for name, field in self.labels.items() if field == "title")
        has = {field for name, field in self.labels.items() if labels[name]}
        self.has_abstracts = "abstract" in has
        self.is_listing = "authors" not in has and "arxiv" in has and labels["subjects"] > 0
        self.is_apart = behind_blank <= titles + 1
        own = {
            name
            for name, count in labels.items()
            if name not in self.labels and max(2, titles / 2) <= count <= 2 * titles
        }
        self.unread = _UNREAD.union(_TRANSLATED) | (own - _PARTS_OF_ABSTRACT)

    def _find_unlabelled(self) -> int:
        """Take the lines above the first label of a record for its title, where none has a label; returns how many."""
        count = 0
        starts = [at for at, row in enumerate(self.rows) if row.strip() and not (at and self.rows[at - 1].strip())]
        for start in starts:
            at = start
            while at < len(self.rows) and at - start <= _TITLE_LINES and self.rows[at].strip() and not self.found[at]:
                at += 1
            below = self.found[at] if start < at < len(self.rows) else None
            if below and _LABELS.get(below[0]) in _BELOW_TITLES and not _RULE.match(self.rows[start]):
                numbered = _NUMBER.match(self.rows[start])
                self.found[start] = ("title", numbered.end() if numbered else 0)
                count += 1
        return count

    def _read_row(self, number: int, row: str) -> None:
        if not row.strip():
            self.is_after_blank = True
            if self._field == "title" and any(self.record[self.label or ""]):
                self.label = None
            return
        found = self.found[number - 1]
        if found and (found[0] in self.labels or found[0] in self.unread) and not self._goes_on(found[0]):
            self._begin(number, found[0], row[found[1] :])
        elif row.strip() == "\\\\" and self._has("title") and not self._has("abstract"):
            # In arXiv's mails the abstract stands between two such lines.
            self._add(number, "abstract", "")
        elif _RULE.match(row) or row.startswith("\\\\"):
            self.label = None
            self.is_after_rule |= _BETWEEN.match(row) is not None
            self._extend(number)
            if _END_OF_MAIL_RECORD.match(row):
                self._close()
        elif self._may_be_abstract(row):
            self._add(number, "abstract", row)
        elif self.label:
            self.record[self.label].append(row.strip())
            self._extend(number)
        elif furniture.is_furniture(row):
            self.ledger.mark(lines.BOILERPLATE, number, number)
        self.is_after_blank = False

    @property
    def _field(self) -> str | None:
        return self.fields.get(self.label) if self.label else None

    def _has(self, field: str) -> bool:
        return field in self.fields.values()

    def _goes_on(self, label: str) -> bool:
        """Whether a word with a colon is a heading inside the abstract."""
        return label in _PARTS_OF_ABSTRACT and label not in _LABELS and self._field == "abstract"

    def _may_be_abstract(self, row: str) -> bool:
        is_open = self._field is None and self._has("title") and not self._has("abstract")
        return is_open and not self.has_abstracts and len(row.split()) >= _FEW_WORDS

    def _begin(self, number: int, label: str, value: str) -> None:
        if self._ends_before(label):
            self._close()
        self.is_after_rule = False
        self._add(number, label, value)

    def _ends_before(self, label: str) -> bool:
        field = self.labels.get(label)
        if not self._has("title"):
            return field is not None and field not in _SEVERAL and label in self.record and self._has("abstract")
        if field == "title" or (label in self.record and label == next(iter(self.record))):
            return True
        if self.is_after_rule and (self._has("abstract") or label in self.record):
            return True
        if self.is_after_blank and self.is_apart and (self._has("abstract") or label in self.record):
            return True
        return field is not None and field not in _SEVERAL and label in self.record

    def _add(self, number: int, label: str, value: str) -> None:
        if not self.first:
            self.first = number
        self.label = label
        self.fields[label] = self.labels.get(label)
        self.record.setdefault(label, []).append(value.strip())
        self._extend(number)

    def _extend(self, number: int) -> None:
        """Take a line for the record's, or for furniture between records."""
        if self.first:
            self.last = number
        else:
            self.ledger.mark(lines.BOILERPLATE, number, number)

    def _close(self) -> None:
        """Hand over the record read so far."""
        if self.first:
            if self.is_listing:
                self._part_people()
            entry = self._read_entry()
            if entry["title"] is not None:
                self.add_entry(entry, self.first, self.last)
                self.ignore(label for label, field in self.fields.items() if field is None and any(self.record[label]))
            elif any(self.fields.values()):
                text = "\n".join(self.rows[self.first - 1 : self.last])
                self.reject("no_title", "a record without a title", self.first, self.last, text)
            else:
                self.ledger.mark(lines.BOILERPLATE, self.first, self.last)
        self.record, self.fields, self.label = {}, {}, None
        self.first = self.last = 0

    def _part_people(self) -> None:
        """In arXiv's listings the authors stand below the title, without a label."""
        rows = self.record.get("title", [])
        if len(rows) > 1 and not self._has("authors"):
            at = next((at for at, row in enumerate(rows) if at and _may_be_people(row)), len(rows) - 1)
            self.record["title"], self.record["authors"] = rows[:at], [" ".join(rows[at:])]
            self.fields["authors"] = "authors"

    def _read_entry(self) -> dict[str, object]:
        values: dict[str, list[str]] = {}
        for label, rows in self.record.items():
            if field := self.fields[label]:
                values.setdefault(field, []).extend(rows)
        record = {name: _bare("\n".join(rows).strip()) for name, rows in values.items()}
        given = ("published", "date", "year", "authors")
        entry = columns.read_record({name: value for name, value in record.items() if name not in given})
        if isinstance(entry["title"], str):
            entry["title"] = " ".join(entry["title"].split())
        entry |= people.read_people(_join_people(values.get("authors", [])))
        # arXiv's mails have the size of the paper behind the date.
        dates = [_SIZE.sub("", text) for name in ("published", "date") for text in values.get(name, []) if text]
        _add_publication(entry, [*dates, record.get("year", "")])
        return entry


def _find_label(row: str) -> tuple[str, int] | None:
    """The label a line begins with, folded, and where its value begins."""
    head = row[:_LABEL_END]
    if ":" not in head and "：" not in head:
        numbered = _NUMBERED.match(row)
        return ("title", numbered.end()) if numbered else None
    if (found := _NUMBERED.match(row)) is not None:
        return "title", found.end()
    found = _LABEL.match(row) or _ARXIV.match(row)
    if found is None:
        return None
    groups = found.groupdict()
    return " ".join((groups["word"] or groups["other"]).lower().split()), found.end()


def _add_publication(entry: dict[str, object], texts: list[str]) -> None:
    """Add the fields of publication: an instant where a time is printed, else as much of a day as there is."""
    for text in texts:
        if _CLOCK.search(text[:60]) and (at := fields.read_instant(text[:60])):
            found = publication.read_publication(text)
            entry.update(found if found.get("published_precision") == "day" else {}, published_at=at)
            return
    publication.add_publication(entry, *texts)


def _join_people(rows: list[str]) -> str:
    """The lines of a list of people: one on each, or a text that is broken."""
    rows = [_bare(row.removeprefix("- ")).strip("[]") for row in rows if row.strip()]
    is_one_each = len(rows) > 1 and not any(_NAME_PARTS.search(row) for row in rows)
    return _PLACE.sub("", ("; " if is_one_each else " ").join(rows))


def _may_be_people(row: str) -> bool:
    """Whether a line is made of names: two to five words each, that begin with capitals."""
    for name in _NAME_PARTS.split(row):
        words = name.split()
        if words and (not 1 < len(words) < 6 or not (words[0][:1].isupper() and words[-1][:1].isupper())):
            return False
    return True


def _bare(value: str) -> str:
    """A value without the quotes around it and YAML's marks of a text over several lines."""
    value = value.removeprefix(">-").removeprefix("|").strip()
    while len(value) > 1 and (value[0], value[-1]) in {('"', '"'), ("'", "'")}:
        value = value[1:-1].strip()
    return value
