"""Records whose fields are named: BibTeX, RIS, EndNote, MEDLINE, arXiv's mails and listings, `Title: ...` text.

A line that begins with a known label begins a field; lines without one go on with it. A record ends where a label it
has already comes again. What no field claims is a reject.
"""

import re
from collections.abc import Sequence

from .. import columns, furniture, lines
from ..files import Source
from ..findings import Findings
from ..reader import SourceReader

NAME = "labelled"

#: Label, folded -> the column it is read as; None for what is known and not read.
_LABELS = {
    **dict.fromkeys(("title", "ti", "t1", "%t"), "title"),
    **dict.fromkeys(("abstract", "summary", "ab", "n2", "%x"), "abstract"),
    **dict.fromkeys(("author", "authors", "au", "a1", "fau", "%a"), "authors"),
    **dict.fromkeys(("url", "link", "ur", "%u", "pdf", "paper", "arxiv link", "arxiv url", "paper link"), "url"),
    **dict.fromkeys(("arxiv", "arxiv id", "arxiv_id", "eprint", "id"), "arxiv"),
    **dict.fromkeys(("year", "py", "y1", "%d"), "year"),
    **dict.fromkeys(("published", "publication date", "da", "dp"), "published"),
    **dict.fromkeys(("keywords", "keyword", "kw", "ot", "%k"), "keywords"),
    **dict.fromkeys(("code", "github"), "code"),
    **dict.fromkeys(
        "comments comment categories category subjects subject journal venue booktitle doi do lid aid date submitted "
        "updated month day publisher volume number pages issn isbn archiveprefix primaryclass jo jf vl sp ep pb sn ty "
        "er pmid own stat dcom lr is pg la pt ta jt journal-ref report-no msc-class acm-class license note editor "
        "organization project timestamp biburl bibsource %0 %j %p %r %8 %i".split()
    ),
}
#: Where what is known and not read is collected; labels that come once for each person or keyword.
_IGNORED = "ignored"
_REPEATED = frozenset({"au", "a1", "fau", "%a", "kw", "ot"})
#: Words of a line without a label that may be an abstract.
_FEW_WORDS = 8
_NAMES = "|".join(sorted((re.escape(name) for name in _LABELS if len(name) > 2), key=len, reverse=True))
_LABEL = re.compile(
    # BibTeX, then two-letter tags, then EndNote's, then words with a colon, perhaps in a list or in bold.
    r"^\s*(?P<bib>[A-Za-z-]+)\s*=\s*(?=[{\"\d])"
    r"|^(?P<tag>[A-Z][A-Z0-9]{1,3})\s{0,2}- ?"
    r"|^(?P<refer>%[A-Z0-9]) "
    rf"|^\s*(?:[-*>]\s+|\[\d+\]\s*)?(?P<mark>\**)(?P<word>{_NAMES}):(?P=mark)\s*",
    re.IGNORECASE,
)
_BIB_START = re.compile(r"^\s*@\w+\s*\{")
_RULE = re.compile(r"^\s*(?:[-=_*#]{3,}|[})\\]+|\.\.\.|[\w-]+:)\s*$")
_TITLES = re.compile(rb"^\s*(?:[-*>]\s+)?(?:\**title:|title\s*=\s*[{\"]|T[I1]\s{0,2}- |%T )", re.I | re.M)
_ABSTRACTS = re.compile(
    rb"^\s*(?:\**(?:abstract|summary):|abstract\s*=\s*[{\"]|(?:AB|N2)\s{0,2}- |%X |(?:\[\d+\]\s*)?arxiv:\s*\d{4}\.)",
    re.I | re.M,
)


def recognise(source: Source) -> tuple[float, str]:
    """Score a source by the labels of titles and abstracts, of which there are about as many."""
    head = source.data[: 1 << 16]
    titles = 0 if source.is_binary else len(_TITLES.findall(head))
    abstracts = len(_ABSTRACTS.findall(head)) if titles else 0
    if titles and abstracts and titles * 2 >= abstracts - 1:
        return 0.6, f"fields with labels, {titles} titles among them in the first 64 KB"
    return 0.0, "no labelled fields"


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    return _RecordReader.read_all(sources)


class _RecordReader(SourceReader):
    """One file of records on its way through."""

    NAME = NAME

    def read(self) -> None:
        rows = self.text.split("\n")
        self.has_authors = re.search(r"(?im)^\W*authors?\**\s*[:=]|^AU\s", self.text) is not None
        self.has_abstracts = re.search(r"(?im)^\W*(?:abstract|summary)\**\s*[:=]|^(?:AB|N2)\s", self.text) is not None
        self.record: dict[str, list[str]] = {}
        self.first = self.last = 0
        self.field: str | None = None
        self.is_bibtex = False
        for number, row in enumerate(rows, start=1):
            self._read_row(number, row)
        self._close()

    def _read_row(self, number: int, row: str) -> None:
        if _BIB_START.match(row):
            self._close()
            self.first = self.last = number
            self.is_bibtex = True
            return
        found = _LABEL.match(row)
        name = (found["bib"] or found["tag"] or found["refer"] or found["word"]).lower() if found else ""
        if found and name in _LABELS:
            self._begin(number, _LABELS[name] or _IGNORED, row[found.end() :], name)
        elif not row.strip():
            return
        elif row.strip() == "\\\\" and "title" in self.record and "abstract" not in self.record:
            # In arXiv's mails the abstract stands between two such lines.
            self._begin(number, "abstract", "")
        elif _RULE.match(row) or row.startswith("\\\\"):
            self.field = None
            self._extend(number)
        elif self.field == "title" and not self.has_authors and len(self.record["title"]) == 1:
            # In arXiv's listings neither authors nor abstracts have labels.
            self._begin(number, "authors", row)
        elif self._may_be_abstract(row):
            self._begin(number, "abstract", row)
        elif self.field:
            self.record[self.field].append(row.strip())
            self._extend(number)
        elif furniture.is_furniture(row):
            self.ledger.mark(lines.BOILERPLATE, number, number)

    def _may_be_abstract(self, row: str) -> bool:
        is_open = self.field == _IGNORED and "title" in self.record and "abstract" not in self.record
        return is_open and not self.has_abstracts and len(row.split()) >= _FEW_WORDS

    def _begin(self, number: int, field: str, value: str, name: str = "") -> None:
        if field in self.record and field not in (_IGNORED, "url") and name not in _REPEATED:
            self._close()
        if not self.first:
            self.first = number
        self.field = field
        self.record.setdefault(field, []).append(value.strip())
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
            record = {name: _join(name, values) for name, values in self.record.items()}
            record.pop(_IGNORED, None)
            if self.is_bibtex and "authors" in record:
                record["authors"] = re.sub(r"\s+and\s+", "; ", record["authors"]) + ";"
            entry = columns.read_record(dict(record))
            if entry["title"] is not None:
                self.add_entry(entry, self.first, self.last)
            elif self.record:
                text = "\n".join(self.text.split("\n")[self.first - 1 : self.last])
                self.reject("no_title", "a record without a title", self.first, self.last, text)
        self.record, self.field = {}, None
        self.first = self.last = 0
        self.is_bibtex = False


def _join(name: str, values: list[str]) -> str:
    """A field's lines as one text, without the quotes and braces around it."""
    if name == "authors" and len(values) > 1 and all("," in value or " and " not in value for value in values):
        return "; ".join(_bare(value) for value in values)
    return _bare("\n".join(values).strip())


def _bare(value: str) -> str:
    value = value.removeprefix(">-").removeprefix("|").strip().removesuffix(",").strip()
    while len(value) > 1 and (value[0], value[-1]) in {("{", "}"), ('"', '"'), ("'", "'")}:
        value = value[1:-1].strip()
    return value
