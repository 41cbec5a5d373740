"""XML of papers: the ACL Anthology, OAI-PMH (Dublin Core, arXiv's own), PubMed, DBLP, JATS' front matter, EndNote,
Zotero's RDF, MODS, Crossref, and TEI headers as GROBID writes them.

Records are cut out one by one, as in feeds, so that what is broken or cut off costs one record and every record has its
lines; only then does lxml read each by itself. The head of the file, with all it may declare, is never given to it:
entities have nothing to expand to, and no address is followed.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html.entities import html5
from itertools import pairwise
from typing import Any, NamedTuple

from lxml import etree

from .. import columns, dblp, lines, publication
from ..author_details import name_id
from ..files import Source
from ..findings import Findings
from ..reader import SourceReader

NAME = "xml_records"

_HEAD_BYTES = 1 << 16
_ELEMENT = re.compile(rb"<(?:[A-Za-z][\w.-]{0,60}+:)?([A-Za-z][\w.-]{0,60}+)")
#: A declaration behind the end of an element; inside one it would be no XML.
_NEXT_DOCUMENT = re.compile(r"</[A-Za-z][\w.:-]{0,60}+>\s*+(<\?xml\s)")
#: Named characters, of which XML itself knows five; whatever else a file declares stays as it is written.
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#\d{1,7};|#x[0-9a-fA-F]{1,6};)(?:([A-Za-z][A-Za-z0-9]{1,31}+;))?")
#: A `<` that opens nothing.
_BARE = re.compile(r"<(?![A-Za-z/!?_])")
_CDATA = "<![CDATA["
#: Elements whose text is no wording of the title or abstract they stand in.
_ASIDES = frozenset({"fn", "xref", "object-id"})
#: Elements of an abstract that stand on lines of their own.
_BLOCKS = frozenset({"p", "sec", "title", "list", "list-item", "AbstractText", "disp-formula"})
#: Where EndNote's records of preprints may have the id, and how it stands there.
_ARXIV_PLACES = ("accession-num", "titles/secondary-title", "periodical/full-title", "pages", "number")
_ARXIV_ID = re.compile(r"\barxiv:\s?(?:\d{4}\.\d{4,5}|[a-z-]{2,20}(?:\.[a-z]{2})?/\d{7})", re.IGNORECASE)
_PRINTED_DATES = ("epub", "pub", "epub-ppub", "ppub", "preprint", "collection", "")

#: An element of lxml, which says nothing of its types.
Element = Any
Record = dict[str, object]


class Vocabulary(NamedTuple):
    """How one vocabulary is told, which elements are its records, and what reads one."""

    roots: frozenset[bytes]
    #: One of these is near the beginning of the file.
    marks: tuple[bytes, ...]
    records: tuple[str, ...]
    read: Callable[["_Taken"], Record | None]
    #: An element outside of records that says what holds for those after it.
    frame: str | None = None
    #: The only part of a record that is read.
    part: str | None = None
    #: Whether a record may stand in one of another name, and then says where that one appeared.
    nests: bool = False


def recognise(source: Source) -> tuple[float, str]:
    """Certain where the root element and an element near it are those of a known vocabulary."""
    name = None if source.is_binary else _find_vocabulary(source.head(_HEAD_BYTES))
    return (0.95, f"XML of {name}") if name else (0.0, "no XML of papers")


def _find_vocabulary(head: bytes) -> str | None:
    if not head.lstrip().startswith(b"<"):
        return None
    bare = _drop_comments(head)
    root = _ELEMENT.search(bare)
    if root is None:
        return None
    for name, vocabulary in VOCABULARIES.items():
        if root[1] in vocabulary.roots and any(mark in bare for mark in vocabulary.marks):
            return name
    return None


def _drop_comments(head: bytes) -> bytes:
    pieces, at = [], 0
    while (start := head.find(b"<!--", at)) >= 0:
        pieces.append(head[at:start])
        end = head.find(b"-->", start)
        at = len(head) if end < 0 else end + 3
    return b"".join((*pieces, head[at:]))


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Read each source; (number in the batch, source, why it was recognised). Never raises for content."""
    return _XmlReader.read_all(sources)


class _XmlReader(SourceReader):
    """One file on its way through."""

    NAME = NAME

    def read(self) -> None:
        for start, end in part_documents(self.text):
            if name := _find_vocabulary(self.text[start : min(end, start + _HEAD_BYTES)].encode()):
                self._read_document(VOCABULARIES[name], start, end)

    def _read_document(self, vocabulary: Vocabulary, start_of_document: int, stop: int) -> None:
        frame: Record = {}
        for tag, start, end, is_whole in _cut(self.text, vocabulary, start_of_document, stop):
            if tag == vocabulary.frame:
                read = _parse(self.text[start:end])
                frame = _read_frame(read) if read is not None and is_whole else {}
                continue
            first = self.line_at(start)
            last = min(self.line_at(end), len(self.ledger.classes))
            raw = self.text[start:end]
            if not is_whole:
                self.reject("broken_record", "the record is not closed", first, last, raw)
            else:
                self._read_record(vocabulary, frame, raw, first, last)
        self.ledger.mark_open(lines.BOILERPLATE, self.line_at(start_of_document), self.line_at(stop - 1))

    def _read_record(self, vocabulary: Vocabulary, frame: Record, raw: str, first: int, last: int) -> None:
        read = _parse(_find_part(raw, vocabulary.part))
        if read is None:
            self.reject("broken_record", "the record is no XML", first, last, raw)
            return
        taken = _Taken(read)
        record = vocabulary.read(taken)
        if record is None:
            self.ledger.mark(lines.BOILERPLATE, first, last)
            return
        dates = record.pop("dates", None) or frame.get("dates")
        is_cut = record.pop("is_cut", False)
        record.setdefault("venue", frame.get("venue"))
        entry = columns.read_record({key: value for key, value in record.items() if value})
        if isinstance(dates, tuple | list):
            publication.add_publication(entry, *dates)
        if is_cut:
            entry["author_count"] = None
        if entry["title"] is None:
            self.reject("no_title", "a record without a title", first, last, raw)
            return
        self.ignore(taken.list_left())
        self.add_entry(entry, first, last)


def part_documents(text: str) -> list[tuple[int, int]]:
    """Where each document of joined files begins, blanks aside, and ends: at the declarations of XML."""
    starts = [len(text) - len(text.lstrip())]
    # From the end a declaration is looked for in half the time, and most files have only that at their beginning.
    if text.rfind("<?xml") > starts[0]:
        starts += [found.start(1) for found in _NEXT_DOCUMENT.finditer(text)]
    return list(pairwise([*starts, len(text)]))


def _cut(text: str, vocabulary: Vocabulary, at: int, stop: int) -> Iterator[tuple[str, int, int, bool]]:
    """Records and frames in order: element, first and last character, and whether it is closed."""
    names = "|".join((*vocabulary.records, *([vocabulary.frame] if vocabulary.frame else ())))
    mark = re.compile(rf"<(?:!--|!\[CDATA\[|(/?)(?:[\w-]{{1,40}}+:)?({names})(?=[\s/>]))")
    opened: tuple[str, int] | None = None
    while found := mark.search(text, at, stop):
        at = found.end()
        if found[2] is None:
            close = "-->" if found[0] == "<!--" else "]]>"
            at = text.find(close, at, stop)
            if at < 0:
                break
        elif found[1]:
            if opened and opened[0] == found[2]:
                at = max(at, text.find(">", at, stop) + 1)
                yield *opened, at, True
                opened = None
        elif not (opened and vocabulary.nests and found[2] != opened[0]):
            if opened:
                yield *opened, found.start(), False
            end = text.find(">", at, stop)
            opened = None if end > 0 and text[end - 1] == "/" else (found[2], found.start())
    if opened:
        yield *opened, stop, False


def _find_part(raw: str, part: str | None) -> str:
    """The element a record is read from; all of it where it has none of that name."""
    found = re.search(rf"<{part}(?=[\s>])", raw) if part else None
    end = raw.find(f"</{part}>", found.end()) if found else -1
    return raw[found.start() : end + len(f"</{part}>")] if found and end > 0 else raw


def _parse(raw: str) -> Element | None:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, encoding="utf-8"
    )
    raw = _BARE.sub("&lt;", _ENTITY.sub(_name_character, _open_sections(raw)))
    try:
        return etree.fromstring(raw.encode(errors="replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _open_sections(raw: str) -> str:
    """CDATA as escaped text."""
    pieces, at = [], 0
    while (start := raw.find(_CDATA, at)) >= 0 and (end := raw.find("]]>", start)) >= 0:
        pieces += [raw[at:start], html.escape(raw[start + len(_CDATA) : end], quote=False)]
        at = end + 3
    return "".join((*pieces, raw[at:])) if pieces else raw


def _name_character(found: re.Match[str]) -> str:
    """The character an entity of HTML names (DBLP writes so), as a number; any other `&` escaped."""
    character = html5.get(found[1]) if found[1] else None
    if character is None:
        return f"&amp;{found[0][1:]}"
    return "".join(f"&#{ord(letter)};" for letter in character)


def _name(element: Element) -> str:
    """The name of an element without its namespace; of comments and processing instructions none."""
    return re.split(r"[}:]", element.tag)[-1] if isinstance(element.tag, str) else ""


class _Taken:
    """One record, and what has been taken out of it."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.seen: set[Element] = set()

    def find(self, path: str, below: Element | None = None) -> list[Element]:
        """Elements by a path of names; `*` at its beginning stands for any way down. Taken with all that is in them."""
        found = list(self.look(path, below))
        self.seen.update(found)
        return found

    def look(self, path: str, below: Element | None = None) -> Iterator[Element]:
        """The same, without taking them."""
        first, *rest = path.split("/")
        places: Iterable[Element] = [self.root if below is None else below]
        if first == "*":
            first, *rest = rest
            places = [found for place in places for found in place.iter() if _name(found) == first]
        else:
            rest = [first, *rest]
        for name in rest:
            places = [child for place in places for child in place if _name(child) == name]
        yield from places

    def texts(self, path: str) -> list[str]:
        """What stands in the elements of a path, on one line each; empty ones left out."""
        return [text for element in self.find(path) if (text := _say(element))]

    def list_left(self) -> list[str]:
        """Names of elements that hold text of their own and were not taken."""
        left = []
        stack = [self.root]
        while stack:
            element = stack.pop()
            if element in self.seen:
                continue
            if _name(element) and (element.text or "").strip():
                # EndNote has what it says of a typeface around every text.
                left.append(_name(element if element.tag != "style" else element.getparent()))
            stack.extend(element)
        return list(dict.fromkeys(left))


def _write(element: Element, pieces: list[str]) -> None:
    """The text of an element in order, without a stack that a deep file could fill."""
    if not _name(element):
        return
    pieces.append(element.text or "")
    stack = [(element, iter(element))]
    while stack:
        parent, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if stack:
                pieces.append("\n" if _name(parent) in _BLOCKS else "")
                pieces.append(parent.tail or "")
            continue
        name = _name(child)
        is_double = name == "tex-math" and _name(parent) == "alternatives" and len(parent) > 1
        if not name or name in _ASIDES or is_double:
            pieces.append(child.tail or "")
            continue
        pieces.append("\n" if name in _BLOCKS else "")
        pieces.append(child.text or "")
        stack.append((child, iter(child)))


def _say(element: Element) -> str:
    """What stands in an element, on one line."""
    pieces: list[str] = []
    _write(element, pieces)
    return " ".join("".join(pieces).split())


def _say_blocks(element: Element) -> str:
    """What stands in an element, a line for each paragraph: line ends of the file itself are only white space."""
    pieces: list[str] = []
    _write(element, pieces)
    text = "".join(piece if piece == "\n" else re.sub(r"\s", " ", piece) for piece in pieces)
    rows = [" ".join(row.split()) for row in text.split("\n")]
    rows = [row for row in rows if row]
    return "\n".join(rows[1:] if rows and rows[0].lower().rstrip(":.") in ("abstract", "summary") else rows)


def _say_rows(element: Element) -> list[str]:
    """What stands in an element, a row for each line as EndNote divides them: by the character CR, written out."""
    pieces: list[str] = []
    _write(element, pieces)
    rows = (" ".join(row.split()) for row in "".join(pieces).split("\r"))
    return [row for row in rows if row]


def _first(texts: Sequence[str]) -> str | None:
    return texts[0] if texts else None


def _read_frame(element: Element) -> Record:
    taken = _Taken(element)
    return {
        "dates": (_first(taken.texts("year")), _first(taken.texts("month"))),
        "venue": _first(taken.texts("booktitle")),
    }


def _tell(name: str, orcid: str | None = None, author_id: str | None = None, places: Sequence[str] = ()) -> object:
    """A person as `columns` reads one: the name alone, or with what else the record says."""
    if not (orcid or author_id or places):
        return name
    return {"name": name, "orcid": orcid, "author_id": author_id, "affiliations": list(places)}


def _say_all(taken: _Taken, person: Element, path: str) -> list[str]:
    """What stands in the elements of a path in a person's."""
    return [text for found in taken.find(path, person) if (text := _say(found))]


def _join(taken: _Taken, person: Element, *names: str) -> str:
    """The parts of a name in the order given."""
    return " ".join(text for name in names for part in taken.look(name, person) if (text := _say(part)))


def _read_acl(taken: _Taken) -> Record:
    people: list[object] = []
    for person in taken.look("author"):
        for part in ("first", "last", "variant", "id"):
            taken.find(part, person)
        if not len(person):
            taken.seen.add(person)
        name = _join(taken, person, "first", "last") or " ".join((person.text or "").split())
        known = name_id("aclanthology", person.get("id"))
        people.append(name and _tell(name, person.get("orcid"), known, _say_all(taken, person, "affiliation")))
    return {
        "title": _first(taken.texts("title")),
        "abstract": _first([_say_blocks(found) for found in taken.find("abstract")]),
        "authors": [name for name in people if name],
        "doi": _first(taken.texts("doi")),
        "url": _first(taken.texts("url")),
        "keywords": taken.texts("keyword"),
    }


def _read_oai(taken: _Taken) -> Record | None:
    headers = list(taken.look("header")) or list(taken.look("*/header"))
    if any(header.get("status") == "deleted" for header in headers):
        return None
    is_arxiv = any(True for path in ("*/keyname", "*/abstract") for _ in taken.look(path))
    return _read_arxiv(taken) if is_arxiv else _read_dublin(taken)


def _read_arxiv(taken: _Taken) -> Record:
    people: list[object] = []
    for person in taken.look("*/authors/author"):
        name = _join(taken, person, "forenames", "keyname", "suffix")
        people.append(_tell(name, places=_say_all(taken, person, "affiliation")))
        for part in ("forenames", "keyname", "suffix"):
            taken.find(part, person)
    return {
        "title": _first(taken.texts("*/title")),
        "abstract": _first([_say_blocks(found) for found in taken.find("*/abstract")]),
        "arxiv_id": _first(taken.texts("*/id")),
        "authors": people or _first(taken.texts("*/authors")),
        "doi": _first(taken.texts("*/doi")),
        # arXiv's own records have a day; its raw ones the time of each version, the first of which is the publication.
        "published": _first(taken.texts("*/created") or taken.texts("*/version/date")),
    }


def _read_dublin(taken: _Taken) -> Record:
    # The header has an identifier, too, and no other field of these names.
    places = [place for place in taken.look("*/identifier") if _name(place.getparent()) != "header"]
    taken.seen.update(places)
    abstracts = [_say_blocks(found) for found in taken.find("*/description")]
    return {
        "title": _first(taken.texts("*/title")),
        "abstract": _first([text for text in abstracts if text and not text.startswith("Comment:")]),
        "authors": taken.texts("*/creator"),
        "type": [_say(place) for place in taken.look("*/type")],
        "venue": taken.texts("*/source"),
        "identifiers": [_say(place) for place in places],
        # Of several days (submitted, revised, made available) the first one in time.
        "published": min(taken.texts("*/date"), default=None),
    }


def _read_pubmed(taken: _Taken) -> Record:
    lists = list(taken.look("*/Article/AuthorList"))[:1]
    people: list[object] = []
    is_cut = any(found.get("CompleteYN") == "N" for found in lists)
    for person in (child for found in lists for child in found):
        for part in ("ForeName", "LastName", "Initials", "Suffix", "CollectiveName"):
            taken.find(part, person)
        given = "ForeName" if list(taken.look("ForeName", person)) else "Initials"
        name = _join(taken, person, given, "LastName", "Suffix") or _join(taken, person, "CollectiveName")
        ids = taken.find("Identifier", person)
        orcid = _first([_say(found) for found in ids if found.get("Source") == "ORCID"])
        people.append(name and _tell(name, orcid, None, _say_all(taken, person, "AffiliationInfo/Affiliation")))
    pieces = []
    for found in taken.find("*/Article/Abstract"):
        for part in taken.look("AbstractText", found):
            label, text = part.get("Label"), _say(part)
            pieces.append(f"{label}: {text}" if label and label != "UNLABELLED" and text else text)
    dois = [
        found
        for path, key in (("*/Article/ELocationID", "EIdType"), ("PubmedData/ArticleIdList/ArticleId", "IdType"))
        for found in taken.look(path)
        if found.get(key) == "doi"
    ]
    taken.seen.update(dois)
    days = [_say_date(taken, found, "Year", "Month", "Day") for found in taken.find("*/Article/ArticleDate")]
    issues = taken.find("*/Article/Journal/JournalIssue/PubDate")
    days += [_say_date(taken, found, "Year", "Month", "Day") or _say(found) for found in issues]
    return {
        "title": _first(taken.texts("*/Article/ArticleTitle") or taken.texts("*/Article/VernacularTitle")),
        "abstract": "\n".join(piece for piece in pieces if piece),
        "authors": [name for name in people if name],
        "doi": _first([_say(found) for found in dois]),
        "keywords": taken.texts("*/KeywordList/Keyword"),
        "venue": taken.texts("*/Article/Journal/Title"),
        "dates": (_choose_day(days),),
        "is_cut": is_cut,
    }


def _read_dblp(taken: _Taken) -> Record:
    title = _first(taken.texts("title")) or ""
    return {
        "title": dblp.read_title(title),
        "authors": [
            _tell(dblp.read_name(name), person.get("orcid"))
            for person in taken.find("author")
            if (name := _say(person))
        ],
        "ee": taken.texts("ee"),
        "venue": taken.texts("journal") + taken.texts("booktitle"),
        "dates": (_first(taken.texts("year")),),
    }


def _read_jats(taken: _Taken) -> Record:
    people: list[object] = []
    known = {found.get("id"): _say_place(found) for found in taken.find("*/aff") if found.get("id")}
    for person in taken.look("*/article-meta/contrib-group/contrib"):
        if person.get("contrib-type", "author") != "author":
            continue
        names = taken.find("name", person) or taken.find("name-alternatives/name", person)
        others = [_say(found) for part in ("string-name", "collab") for found in taken.find(part, person)]
        name = _join(taken, names[0], "prefix", "given-names", "surname", "suffix") if names else _first(others) or ""
        ids = taken.find("contrib-id", person)
        orcid = _first([_say(found) for found in ids if found.get("contrib-id-type") == "orcid"])
        places = list(map(_say_place, taken.find("aff", person)))
        places += [known[mark] for mark in _list_marks(taken, person) if mark in known]
        people.append(name and _tell(name, orcid, None, places))
    abstracts = sorted(taken.find("*/article-meta/abstract"), key=lambda found: found.get("abstract-type") is not None)
    titles = taken.texts("*/article-meta/title-group/article-title")
    subtitles = taken.texts("*/article-meta/title-group/subtitle")
    ids = [found for found in taken.look("*/article-meta/article-id") if found.get("pub-id-type") in ("doi", "arxiv")]
    taken.seen.update(ids)
    days: dict[str, str] = {}
    for found in taken.find("*/article-meta/pub-date"):
        kind = found.get("pub-type") or found.get("date-type") or ""
        days.setdefault(kind, found.get("iso-8601-date") or _say_date(taken, found, "year", "month", "day"))
    return {
        "title": ": ".join([*titles[:1], *subtitles[:1]]),
        "abstract": _say_blocks(abstracts[0]) if abstracts else None,
        "authors": [name for name in people if name],
        "doi": _first([_say(found) for found in ids if found.get("pub-id-type") == "doi"]),
        "arxiv": _first([_say(found) for found in ids if found.get("pub-id-type") == "arxiv"]),
        "keywords": taken.texts("*/article-meta/kwd-group/kwd"),
        "venue": taken.texts("*/journal-title"),
        "dates": (_choose_day([days[kind] for kind in _PRINTED_DATES if kind in days]),),
    }


def _read_endnote(taken: _Taken) -> Record:
    places = (place for path in _ARXIV_PLACES for place in taken.look(path))
    arxiv = next((place for place in places if _ARXIV_ID.search(_say(place))), None)
    if arxiv is not None:
        taken.seen.add(arxiv)
    return {
        "title": _first(taken.texts("titles/title")),
        "abstract": "\n".join(row for found in taken.find("abstract")[:1] for row in _say_rows(found)),
        "type": [place.get("name") for place in taken.look("ref-type")],
        # The comma behind it says that a name is an institution's.
        "authors": [name.removesuffix(",") for name in taken.texts("contributors/authors/author")],
        "doi": _first(taken.texts("electronic-resource-num")),
        "arxiv": _ARXIV_ID.findall(_say(arxiv))[0] if arxiv is not None else None,
        "urls": taken.texts("*/url"),
        "venue": taken.texts("titles/secondary-title") + taken.texts("periodical/full-title"),
        "keywords": [row for found in taken.find("keywords/keyword") for row in _say_rows(found)],
        # The day has no year of its own.
        "dates": (*taken.texts("dates/pub-dates/date")[:1], _first(taken.texts("dates/year"))),
    }


def _read_zotero(taken: _Taken) -> Record | None:
    kind = _first(taken.texts("itemType"))
    if kind in (None, "attachment", "note", "annotation"):
        return None
    people = [found for seq in taken.look("authors/Seq") for found in taken.look("li/Person", seq)]
    for person in people:
        for part in ("surname", "givenName", "givenname"):
            taken.find(part, person)
    said = [*taken.texts("identifier"), *taken.texts("description"), *taken.texts("number")]
    about = next((value for name, value in taken.root.attrib.items() if name.endswith("about")), "")
    return {
        "title": _first(taken.texts("title")),
        "abstract": _first([_say_blocks(found) for found in taken.find("abstract")]),
        "type": [kind],
        "authors": [_join(taken, person, "givenName", "givenname", "surname") for person in people],
        "identifiers": [*said, about],
        "keywords": taken.texts("subject"),
        "published": _first(taken.texts("date")),
    }


def _read_mods(taken: _Taken) -> Record:
    people: list[object] = []
    for person in taken.look("name"):
        roles = {_say(role).lower() for role in taken.find("role", person)}
        if person.get("type", "personal") != "personal" or (roles and not roles & {"author", "aut", "creator", "cre"}):
            continue
        parts = taken.find("namePart", person)
        given = [_say(part) for part in parts if part.get("type") == "given"]
        family = [_say(part) for part in parts if part.get("type") == "family"]
        name = " ".join([*given, *family]) or " ".join(map(_say, parts[:1]))
        known = taken.find("nameIdentifier", person)
        orcid = _first([_say(found) for found in known if (found.get("type") or "").lower() == "orcid"])
        people.append(name and _tell(name, orcid, None, _say_all(taken, person, "affiliation")))
    titles = [found for found in taken.find("titleInfo") if found.get("type") is None][:1]
    ids = [found for found in taken.look("identifier") if found.get("type") in ("doi", "uri", "arxiv", "citekey")]
    taken.seen.update(ids)
    return {
        "title": ": ".join(_say(part) for found in titles for name in ("title", "subTitle") for part in found
                           if _name(part) == name),
        "abstract": _first([_say_blocks(found) for found in taken.find("abstract")]),
        "authors": [name for name in people if name],
        "doi": _first([_say(found) for found in ids if found.get("type") == "doi"]),
        "identifiers": [*map(_say, ids), *taken.texts("location/url")],
        "type": taken.texts("typeOfResource"),
        "keywords": taken.texts("subject/topic"),
        "venue": taken.texts("relatedItem/titleInfo/title"),
        "published": _first(taken.texts("originInfo/dateIssued") or taken.texts("part/date")
                            or taken.texts("relatedItem/originInfo/dateIssued")),
    }  # fmt: skip


def _read_crossref(taken: _Taken) -> Record:
    people: list[object] = []
    for person in taken.look("contributors/person_name"):
        for part in ("given_name", "surname", "suffix"):
            taken.find(part, person)
        places = _say_all(taken, person, "affiliation")
        places += _say_all(taken, person, "affiliations/institution/institution_name")
        orcid = _first(_say_all(taken, person, "ORCID"))
        if person.get("contributor_role", "author") == "author":
            name = _join(taken, person, "given_name", "surname", "suffix")
            people.append(name and _tell(name, orcid, None, places))
    days = [
        _say_date(taken, found, "year", "month", "day")
        for path in ("publication_date", "posted_date", "acceptance_date")
        for found in taken.find(path)
    ]
    return {
        "title": ": ".join([*taken.texts("titles/title")[:1], *taken.texts("titles/subtitle")[:1]]),
        "abstract": _first([_say_blocks(found) for found in taken.find("abstract")]),
        "authors": [name for name in people if name],
        "doi": _first(taken.texts("doi_data/doi")),
        "urls": taken.texts("doi_data/resource"),
        "dates": (_choose_day(days),),
    }


def _read_tei(taken: _Taken) -> Record | None:
    people: list[object] = []
    for author in taken.look("fileDesc/sourceDesc/biblStruct/analytic/author"):
        ids = [found for found in taken.find("idno", author) if (found.get("type") or "").upper() == "ORCID"]
        orcid, places = _first(list(map(_say, ids))), _read_tei_places(taken, author)
        persons = list(taken.look("persName", author))
        for person in persons:
            name = _join(taken, person, "forename", "surname")
            # Of an author of two names nothing says whose the place is.
            people.append(_tell(name, orcid, None, places) if name and len(persons) == 1 else name)
            taken.seen.update(person)
    if not people:
        return None
    ids = taken.find("fileDesc/sourceDesc/biblStruct/idno")
    days = [found.get("when") or _say(found) for found in taken.find("fileDesc/publicationStmt/date")]
    return {
        "title": _first(taken.texts("fileDesc/titleStmt/title")),
        "abstract": _first([_say_blocks(found) for found in taken.find("profileDesc/abstract")]),
        "authors": [name for name in people if name],
        "doi": _first([_say(found) for found in ids if (found.get("type") or "").lower() == "doi"]),
        "identifiers": list(map(_say, ids)),
        "keywords": taken.texts("profileDesc/textClass/keywords/term"),
        "published": _first(days),
    }


def _read_tei_places(taken: _Taken, author: Element) -> list[str]:
    """Where an author works: the institution of each affiliation, without its departments and its address."""
    places = []
    for affiliation in taken.find("affiliation", author):
        names = [found for found in taken.look("orgName", affiliation) if found.get("type") == "institution"]
        places += [_say(found) for found in names[:1]]
    return places


def _say_place(affiliation: Element) -> str:
    """The institutions of an affiliation of JATS, else all it says but the mark that stands before it."""
    names = [_say(found) for found in affiliation.iter() if _name(found) == "institution"]
    marks = [_say(found) for found in affiliation if _name(found) in ("label", "sup")][:1]
    return ", ".join(filter(None, names)) or _say(affiliation).removeprefix("".join(marks)).strip()


def _list_marks(taken: _Taken, person: Element) -> list[str]:
    """Ids of the affiliations that a contributor's references name."""
    marks = [found for found in taken.look("xref", person) if found.get("ref-type") == "aff"]
    taken.seen.update(marks)
    return [mark for found in marks for mark in (found.get("rid") or "").split()]


def _say_date(taken: _Taken, element: Element, *parts: str) -> str:
    """Year, month and day of an element that has them one by one."""
    texts = [_first([_say(found) for found in taken.look(part, element)]) for part in parts]
    return " ".join(texts[: texts.index(None)] if None in texts else texts)  # type: ignore[arg-type]


def _choose_day(days: Sequence[str]) -> str | None:
    """The first day, else the first month, else the first year."""
    return max(days, key=lambda day: min(len(re.split(r"[\s-]+", day.strip())), 3) if day else 0, default=None)


VOCABULARIES: dict[str, Vocabulary] = {
    "the ACL Anthology": Vocabulary(
        frozenset({b"collection", b"volume", b"paper"}), (b"<paper ", b"<paper>"), ("paper",), _read_acl, frame="meta"
    ),
    "OAI-PMH": Vocabulary(
        frozenset({b"OAI-PMH", b"ListRecords", b"GetRecord", b"records", b"record"}),
        (b"<oai_dc:dc", b"/OAI/2.0/oai_dc/", b"/OAI/arXiv/", b"/OAI/arXivRaw/", b"<arXiv"),
        ("record",),
        _read_oai,
    ),
    "PubMed": Vocabulary(
        frozenset({b"PubmedArticleSet", b"PubmedArticle"}),
        (b"<PubmedArticle>", b"<PubmedArticle "),
        ("PubmedArticle",),
        _read_pubmed,
    ),
    "DBLP": Vocabulary(
        frozenset({b"dblp", b"dblpperson", b"bht"}),
        (b"<article ", b"<inproceedings ", b"<incollection ", b"<phdthesis "),
        ("article", "inproceedings", "incollection", "phdthesis", "mastersthesis"),
        _read_dblp,
    ),
    "JATS": Vocabulary(
        frozenset({b"article", b"pmc-articleset", b"articles", b"OAI-PMH"}),
        (b"<article-meta",),
        ("article",),
        _read_jats,
        part="front",
    ),
    "EndNote": Vocabulary(
        frozenset({b"xml", b"records"}),
        (b"<titles>", b"<contributors>", b"<ref-type ", b"<ref-type>"),
        ("record",),
        _read_endnote,
    ),
    "Zotero": Vocabulary(
        frozenset({b"RDF"}),
        (b"zotero.org/namespaces/export",),
        ("Article", "Document", "Description", "BookSection", "Thesis", "Report", "Book"),
        _read_zotero,
        nests=True,
    ),
    "MODS": Vocabulary(frozenset({b"modsCollection", b"mods"}), (b"<titleInfo", b":titleInfo"), ("mods",), _read_mods),
    "Crossref": Vocabulary(
        frozenset({b"doi_batch", b"crossref_result", b"doi_records", b"doi_record", b"crossref"}),
        (b"<journal_article", b"<conference_paper", b"<posted_content"),
        ("journal_article", "conference_paper", "posted_content"),
        _read_crossref,
    ),
    "TEI": Vocabulary(frozenset({b"TEI", b"teiCorpus"}), (b"<analytic",), ("teiHeader",), _read_tei),
}
