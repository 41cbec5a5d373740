"""Where a paper appeared: the name of a journal, a conference, a book or a server, out of values that carry it.

Names stay as printed; what makes each paper's its own (its number on arXiv) is taken off, and addresses, numbers and
texts too long for a name are none. That two spellings are one venue is not said here.
"""

import html
import re

from .fields import read_text

#: Column names a venue is read from, best first: what a database calls it before what a citation does.
NAMES = (
    *("venue", "journal", "journal_name", "journal_title", "booktitle", "book_title", "container_title"),
    *("conference", "conference_name", "conference_title", "proceedings", "proceedings_title", "published_in"),
    *("publication_title", "publication_name", "source_title", "prism:publication_name", "journal/book", "host_venue"),
    *("citation_journal_title", "citation_conference_title", "publication_venue", "journal_title_s", "book_title_s"),
    *("conference_title_s", "journal_info", "journal_book", "event_name", "secondary_title", "so", "jt"),
    # OpenAlex keeps it with the address; its tables have the path for a name.
    *("primary_location.source.display_name", "primary_location"),
    *("zeitschrift", "konferenz", "tagungsband", "revue", "titre_de_la_revue", "conférence", "revista", "congreso"),
    *("congresso", "rivista", "tijdschrift", "журнал", "конференция", "期刊", "刊名", "会议", "来源", "文献来源"),
    *("雑誌名", "掲載誌", "会議名", "학술지"),
)
#: Where the name stands in an object, best first.
_KEYS = (
    *("display_name", "name", "title", "fulltitle", "full_name", "value", "text", "#text", "$"),
    *("source", "journal", "venue", "container-title"),
)
_LONGEST = 300
_DEPTH = 3
#: The number of a paper on arXiv or in CoRR, with what leads to it.
_NUMBER = re.compile(
    r"[\s,:]{0,3}(?:\[?arxiv:|abs/)\s?[\w./-]{4,30}(?:\s?\[[\w.-]{2,20}\])?[\s,(]{0,3}(?:\d{4}\)?)?$", re.IGNORECASE
)
_NUMBERED = re.compile(r"arxiv:|\babs/[\w.-]{0,10}\d", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")


def read_venue(value: object, depth: int = 0) -> str | None:
    """The name in a text, the first of a list, or an object; None where there is none."""
    if isinstance(value, str):
        return _read_text(value)
    if depth < _DEPTH and isinstance(value, list | tuple):
        return next((name for item in value[:5] if (name := read_venue(item, depth + 1))), None)
    if depth < _DEPTH and isinstance(value, dict):
        return next((name for key in _KEYS if (name := read_venue(value.get(key), depth + 1))), None)
    return None


def _read_text(value: str) -> str | None:
    text = read_text(value)
    if text is None or len(text) > 4 * _LONGEST:
        return None
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    text = " ".join(text.split())
    if _NUMBERED.search(text):
        text = _NUMBER.sub("", text).strip(" ,;:") or "arXiv"
    is_name = len(text) <= _LONGEST and any(map(str.isalpha, text)) and "://" not in text
    return text if is_name and not text.startswith("www.") else None
