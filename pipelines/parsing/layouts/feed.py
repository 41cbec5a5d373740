"""Feeds: RSS and Atom, with HTML inside descriptions.

Items are cut out one by one with a regular expression, so a feed that breaks off or is not well-formed keeps the items
that are whole, and hostile XML (entities, external documents) has nothing to act on.
"""

import html
import re
from collections.abc import Mapping, Sequence
from statistics import median

from .. import author_details, fields, identifiers, lines, publication, venues
from ..documents import wording
from ..files import Source
from ..findings import Findings
from ..plausibility import read_as_papers
from ..reader import SourceReader
from . import xml_records

NAME = "feed"

_START = re.compile(
    rb"\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?>.{0,2000}?-->)\s*+|<\?(?>.{0,500}?\?>)\s*+)*+<(rss|feed|rdf:RDF)\b", re.S
)
#: What makes RDF a feed: the early versions of RSS are written in it, as are other things.
_RSS_OF_RDF = re.compile(rb"purl\.org/rss/|netscape\.com/rdf/simple|<(?:item|channel)\b")
_ITEM = re.compile(r"<(item|entry)\b[^>]{0,500}>")
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
#: What parts names.
_BETWEEN_NAMES = re.compile(r"\s{0,20},\s*|(?<!\s)\s++and\s+")
#: Tags of HTML and Atom; anything else in angle brackets (`<EOS>`, `<think>`) is wording.
_TAG = re.compile(
    r"</?(?:a|abbr|b|blockquote|br|cite|code|dd|div|dl|dt|em|figure|font|h[1-6]|hr|i|img|li|name|ol|p|pre|q|s|section|"
    r"small|span|strong|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul|uri|email|svg|math)\b[^<>]{0,2000}>",
    re.I,
)
_BREAK = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]{0,200}>", re.I)
_LINK = re.compile(r"<link\b([^>]{0,2000}+)>", re.I)
_HREF = re.compile(r"href\s*=\s*[\"']([^\"']+)", re.I)
_AUTHOR = re.compile(
    r"<(?:author|dc:creator)\b[^>]{0,200}+>([^<]*+(?:<(?!/?(?:author|dc:creator)\b)[^<]*+)*+)</(?:author|dc:creator)>",
    re.I,
)
#: Where an author may begin; what most lists of authors are, one element behind the other; the names in those.
_AUTHOR_START = re.compile(r"<(?:author|dc:creator)\b", re.I)
_PLAIN_AUTHORS = re.compile(r"(?:<author>\s*+<name>[^<&]*+</name>\s*+</author>\s*+)++")
_PLAIN_NAME = re.compile(r"<name>([^<]*+)")
#: Of the Atom of arXiv's interface: where an author works is no name.
_AFFILIATION = re.compile(r"<(?:arxiv:)?affiliation\b[^>]{0,200}>([^<]{0,2000})</(?:arxiv:)?affiliation>", re.I)
#: What the feed of a day's announcements has, in its items or in its head.
_ANNOUNCED = re.compile(
    r"<arxiv:announce_type\b|<link>\s{0,20}https?://(?:rss\.|export\.)?arxiv\.org/(?:rss|atom)/", re.I
)
#: Labels with which a description wraps other fields, each at the beginning of a line, by the field they name.
_LABELS = {
    "authors": "authors",
    "author": "authors",
    "author(s)": "authors",
    "upvotes": "upvotes",
    "votes": "upvotes",
    "publication date": "published",
    "published": "published",
    "source": "source",
    "summary": "text",
    "abstract": "text",
}
_LABEL = re.compile(rf"^[ \t]{{0,20}}({'|'.join(map(re.escape, _LABELS))})[ \t]{{0,5}}:[ \t]{{0,20}}", re.I | re.M)
_LABEL_STARTS = tuple(_LABELS)
#: Where the name of a journal stands, best first.
_VENUE_FIELDS = ("prism:publicationName", "dc:source")
_FIELDS = (
    "title",
    "description",
    "summary",
    "content:encoded",
    "content",
    "pubDate",
    "published",
    "dc:date",
    "guid",
    "id",
    "link",
    "dc:identifier",
    "prism:doi",
    *_VENUE_FIELDS,
)
_RECORDING = re.compile(r"<enclosure\b[^<>]{0,1000}?\btype\s{0,5}=\s{0,5}[\"'](?:audio|video)/", re.IGNORECASE)
#: What a feed of papers says of itself before its first item, and how far in that stands.
_OF_PAPERS = re.compile(r"\b(?:papers?|arxiv|preprints?|proceedings|journals?)\b", re.IGNORECASE)
_HEAD_CHARACTERS = 1 << 14
#: Where a DOI stands, best first.
_DOI_FIELDS = ("prism:doi", "dc:identifier", "link", "guid", "id")
#: Characters of the median description of a feed of papers without ids.
_SHORT_ABSTRACT = 300


def recognise(source: Source) -> tuple[float, str]:
    """Score a source as a feed by its root element."""
    head = source.head(1 << 14)
    if not source.is_binary and (found := _START.match(head)):
        if found[1] == b"rdf:RDF" and not _RSS_OF_RDF.search(head):
            return 0.0, "RDF of something else than a feed"
        return 1.0, "the root element of a feed"
    return 0.0, "no feed"


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    return _FeedReader.read_all(sources)


class _FeedReader(SourceReader):
    """One feed on its way through."""

    NAME = NAME
    takes_wording = True

    def read_as_papers(self, entries: Sequence[Mapping[str, object]]) -> bool:
        """Whether items are papers: a date, a name and a headline are what any news has."""
        if 2 * len(_RECORDING.findall(self.text)) >= len(entries) > 0 and not _have_ids(entries):
            # Episodes about papers are none.
            return False
        head = self.text[:_HEAD_CHARACTERS]
        head = head[: found.start()] if (found := _ITEM.search(head)) else head
        if _OF_PAPERS.search(head) or _ANNOUNCED.search(self.text):
            return True
        told = ("arxiv_id", "doi", "upvotes", "title", "abstract")
        several = [entry for entry in entries if (entry.get("author_count") or 0) > 1]  # type: ignore[operator]
        bare = [{name: entry.get(name) for name in told} for entry in entries]
        texts = [len(str(entry.get("abstract") or "")) for entry in entries]
        is_long = bool(texts) and median(texts) >= _SHORT_ABSTRACT
        return 2 * len(several) > len(entries) or (read_as_papers(bare) and (is_long or _have_ids(bare)))

    def read(self) -> None:
        for start, end in xml_records.part_documents(self.text):
            if _START.match(self.text[start : min(end, start + (1 << 14))].encode()):
                self._read_feed(start, end)

    def _read_feed(self, start: int, stop: int) -> None:
        text = self.text
        at = start
        folded = text[start:stop].lower()
        is_announced = "arxiv" in folded and _ANNOUNCED.search(text, start, stop) is not None
        has_places = "affiliation" in folded
        while found := _ITEM.search(text, at, stop):
            close = f"</{found[1]}>"
            end = text.find(close, found.end(), stop)
            at = stop if end < 0 else end + len(close)
            first = self.line_at(found.start())
            last = min(self.line_at(at), len(self.ledger.classes))
            body = text[found.end() : at]
            entry = _read_item(body, has_places)
            if is_announced:
                entry["listed_at"], entry["published_at"] = entry["published_at"], None
            if end < 0:
                self.reject("truncated_feed", "the item is not closed", first, last, body)
            elif entry["title"] is None:
                self.reject("no_title", "an item without a title", first, last, body)
            else:
                self.add_entry(entry, first, last)
        self.ledger.mark_open(lines.BOILERPLATE, self.line_at(start), self.line_at(stop - 1))


def _have_ids(entries: Sequence[Mapping[str, object]]) -> bool:
    return 2 * sum(1 for entry in entries if entry.get("arxiv_id") or entry.get("doi")) >= len(entries)


def _read_item(body: str, has_places: bool) -> dict[str, object]:
    """The fields of an item; whether the feed may say where people work is asked of all of it at once."""
    values, tags = _read_elements(body)
    links = [found[1] for link in _LINK.finditer(tags) if link[1] and (found := _HREF.search(link[1]))]
    arxiv_id, arxiv_version = identifiers.find_arxiv_id((values["link"], *links, values["guid"], values["id"]))
    bare = _AFFILIATION.sub("", body) if has_places else body
    names = [name for text in _read_authors(bare, bare if has_places else tags) for name in _split_names(text)]
    text, wrapped = _unwrap_labels(
        values["summary"] or values["description"] or values["content:encoded"] or values["content"] or None
    )
    if not names and "authors" in wrapped:
        names = _split_names(" ".join(wrapped["authors"].split()))
    printed = publication.read_publication(wrapped["published"]) if "published" in wrapped else {}
    return printed | {
        "title": fields.read_text(" ".join((values["title"] or "").split())),
        "abstract": fields.read_text(_drop_links(text)),
        "doi": identifiers.find_doi(filter(None, map(values.get, _DOI_FIELDS))),
        "upvotes": fields.read_count(wrapped.get("upvotes")),
        "venue": next(filter(None, map(venues.read_venue, filter(None, map(values.get, _VENUE_FIELDS)))), None),
        "arxiv_id": arxiv_id,
        "arxiv_version": arxiv_version,
        "authors": names or None,
        "author_count": len(names) or None,
        "author_details": _read_places(body, names) if has_places else None,
        "published_at": fields.read_instant(values["pubDate"] or values["published"] or values["dc:date"])
        or printed.get("published_at"),
    }


def _read_authors(body: str, tags: str) -> list[str]:
    """The texts of the elements that are authors; tags are the body without a text in which none begins."""
    start = tags.find("<author>")
    if start >= 0 and (plain := _PLAIN_AUTHORS.match(tags, start)):
        first = _AUTHOR_START.search(tags)
        if first and first.start() == start and not _AUTHOR_START.search(tags, plain.end()):
            return [name.strip() for name in _PLAIN_NAME.findall(plain[0])]
    return [_strip_markup(found[1]) for found in _AUTHOR.finditer(body)]


def _read_places(body: str, names: Sequence[str]) -> list[author_details.Detail] | None:
    """Where people work, from items that have an element for each; None where there are others than names."""
    people = [found[1] for found in _AUTHOR.finditer(body)]
    if len(people) != len(names):
        return None
    return author_details.place_details((None, None, _AFFILIATION.findall(person)) for person in people)


def _split_names(text: str) -> list[str]:
    names = _BETWEEN_NAMES.split(text) if "," in text or "and" in text else (text,)
    return [name for name in names if name]


def _drop_links(text: str | None) -> str | None:
    """A description without the lines at its end that only name links: `arXiv | PDF`."""
    rows = (text or "").rstrip().split("\n")
    while len(rows) > 1 and wording.is_generic(" ".join(rows[-1].replace("|", " ").split())):
        rows.pop()
    return "\n".join(rows).rstrip() or None


def _unwrap_labels(text: str | None) -> tuple[str | None, dict[str, str]]:
    """A description without the fields it wraps, and these; untouched unless a summary stands behind another field, or
    each line is a field.
    """
    if text is None or not text.lstrip()[:16].lower().startswith(_LABEL_STARTS):
        return text, {}
    marks = list(_LABEL.finditer(text))
    names = [_LABELS[mark[1].lower()] for mark in marks]
    # A journal's feed may have nothing but labels, on a line each, and no text.
    are_lines = len(marks) == sum(1 for row in text.split("\n") if row.strip())
    if not marks or text[: marks[0].start()].strip() or (names[-1] != "text" and not are_lines) or names[0] == "text":
        return text, {}
    wrapped: dict[str, str] = {}
    for name, mark, stop in zip(names, marks, [*(mark.start() for mark in marks[1:]), len(text)], strict=True):
        wrapped.setdefault(name, text[mark.end() : stop].strip())
    return wrapped.pop("text", None) or None, wrapped


#: Characters from which it is worth it to leave a text without tags out of where tags are looked for.
_LONG_TEXT = 200
_OPENING = re.compile(rf"<({'|'.join(map(re.escape, _FIELDS))})(?:\s[^>]{{0,500}}+)?>")


_NO_VALUES: dict[str, str | None] = dict.fromkeys(_FIELDS)
_CLOSINGS = {name: f"</{name}>" for name in _FIELDS}


def _read_elements(body: str) -> tuple[dict[str, str | None], str]:
    """The text of the first element of each name, its markup taken off; and the body without a long text of no tags."""
    values = _NO_VALUES.copy()
    tags = body
    met = set()
    for found in _OPENING.finditer(body):
        name, start = found[1], found.end()
        if name not in met:
            met.add(name)
            closing = _CLOSINGS[name]
            # One sign is found many times faster than several, and most texts have no other.
            end = body.find("<", start)
            if body[start - 2] == "/":
                continue
            if not body.startswith(closing, end):
                end = body.find(closing, start)
            elif end - start > _LONG_TEXT:
                tags = body[:start] + body[end:]
            if end >= 0:
                values[name] = _strip_markup(body[start:end])
    return values, tags


def _unescape(raw: str) -> str:
    """What XML says by a text: CDATA sections are as they stand; one that is not closed is none."""
    if raw.startswith(_CDATA) and raw.find(_CDATA_END) == len(raw) - len(_CDATA_END):
        return raw[len(_CDATA) : -len(_CDATA_END)]
    pieces: list[str] = []
    at = 0
    while (start := raw.find(_CDATA, at)) >= 0 and (end := raw.find(_CDATA_END, start)) >= 0:
        pieces += [html.unescape(raw[at:start]), raw[start + len(_CDATA) : end]]
        at = end + len(_CDATA_END)
    return "".join([*pieces, html.unescape(raw[at:])])


def _strip_markup(raw: str) -> str:
    """Visible text of escaped or CDATA HTML; a `<` that opens no tag stays."""
    if "<" not in raw and "&" not in raw:
        return raw.strip()
    raw = _unescape(raw)
    if raw.startswith("<p>") and raw.endswith("</p>") and raw.count("<") == 2:
        # One paragraph, as most descriptions are.
        raw = raw[3:-4]
    elif "<" in raw:
        raw = _TAG.sub("", _BREAK.sub("\n", raw))
    return (html.unescape(raw) if "&" in raw else raw).strip()
