"""The names that records go by in the world, mapped to the fields of raw.entries.

JSON lines, CSV, Parquet and flat JSON objects all come through here. A field takes the first of its names that holds
something readable; names are compared without case, spaces, hyphens and underscores. What no name claims is ignored,
and the layout says so in its reason.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache

from . import fields

#: Field of raw.entries -> the column names it is read from, best first.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "paper_title", "article_title", "document_title", "paper", "name", "headline"),
    "abstract": ("abstract", "summary", "abs", "paper_abstract", "abstract_text", "description"),
    "arxiv_id": ("arxiv_id", "id", "paper_id", "arxiv", "entry_id", "arxiv_url", "abs_url", "pdf_url", "url", "link"),
    "authors": ("authors", "author", "author_names", "creators"),
    "author_count": ("author_count", "num_authors", "n_authors"),
    "published_at": ("published_at", "published", "published_on", "publication_date", "published_date", "pub_date"),
    "published_year": ("published_year", "year", "publication_year", "pub_year"),
    "listed_at": ("listed_at", "submitted_on_daily_at", "listed_on"),
    "upvotes": ("upvotes", "votes", "likes", "num_upvotes"),
    "comment_count": ("comment_count", "num_comments", "n_comments"),
    "submitter": ("submitter", "submitted_by", "submitted_on_daily_by"),
    "organization": ("organization", "organisation", "org"),
    "code_url": ("code_url", "github_repo", "github", "github_url", "repo_url", "repository", "code"),
    "github_stars": ("github_stars", "stars"),
    "project_url": ("project_url", "project_page", "project"),
    "ai_summary": ("ai_summary",),
    "ai_keywords": ("ai_keywords",),
    "keywords": ("keywords", "author_keywords", "key_words", "keyphrases"),
}

_READERS: dict[str, Callable[[object], object]] = {
    "author_count": fields.read_int,
    "published_at": fields.read_instant,
    "published_year": fields.read_year,
    "listed_at": fields.read_instant,
    "upvotes": fields.read_int,
    "comment_count": fields.read_int,
    "submitter": fields.read_name,
    "organization": fields.read_name,
    "github_stars": fields.read_int,
}
#: Characters shown of a column's name.
_NAME_LIMIT = 60
_PEOPLE = re.compile(r"\s*;\s*|\s*,?\s+and\s+|\s*,\s*")
_WORDS = re.compile(r"\s*;\s*|\s*,\s*")


@lru_cache(maxsize=10_000)
def fold_name(name: str) -> str:
    """A column name as it is compared: `submittedOnDailyAt` and `Submitted on daily at` are one."""
    return re.sub(r"[\s_-]+", "", name).lower()


_CLAIMS = {field: tuple(fold_name(name) for name in names) for field, names in COLUMN_NAMES.items()}
#: Folded names of columns that make a table one of papers; names and headlines are of many things.
TITLE_NAMES = frozenset(_CLAIMS["title"]) - {"name", "headline"}
#: Read besides: the arXiv snapshot's list of versions, the first of which is the publication.
_KNOWN = {name for names in _CLAIMS.values() for name in names} | {"versions", "paper"}


def find_ignored(names: Iterable[object]) -> list[str]:
    """The column names no field is read from, sorted; a long one cut."""
    # A name out of JSON can hold half a surrogate pair, which no UTF-8 column can.
    ignored = (str(name) for name in names if fold_name(str(name)) not in _KNOWN)
    return sorted(name[:_NAME_LIMIT].encode("utf-8", "replace").decode() for name in ignored)


def read_record(record: dict) -> dict[str, object]:
    """The fields of raw.entries in one flat record; None for what it does not carry. Never raises for a value."""
    folded = {fold_name(str(name)): value for name, value in record.items() if value is not None}
    entry: dict[str, object] = {}
    for field, names in _CLAIMS.items():
        read = _READERS.get(field, fields.read_text)
        if field == "arxiv_id":
            entry["arxiv_id"], entry["arxiv_version"] = _read_first_id(folded, names)
        elif field == "authors":
            entry[field] = _first(folded, names, _read_people)
        elif field in ("keywords", "ai_keywords"):
            entry[field] = _first(folded, names, _read_words)
        else:
            entry[field] = _first(folded, names, read)
    versions = folded.get("versions")
    if isinstance(versions, list) and versions:
        # arXiv's metadata snapshot: its submitter put the paper on arXiv, not on a daily list.
        entry["submitter"] = None
        entry["published_at"] = entry["published_at"] or _read_created(versions[0])
    if entry["author_count"] is None and isinstance(authors := entry["authors"], list):
        entry["author_count"] = len(authors)
    return entry


def _first(folded: dict[str, object], names: tuple[str, ...], read: Callable[[object], object]) -> object:
    for name in names:
        if name in folded and (value := read(folded[name])) is not None:
            return value
    return None


def _read_first_id(folded: dict[str, object], names: tuple[str, ...]) -> tuple[str | None, int | None]:
    for name in names:
        if name in folded:
            found = fields.read_arxiv_id(folded[name])
            if found[0] is not None:
                return found
    return None, None


def _read_created(version: object) -> datetime | None:
    return fields.read_instant(version.get("created")) if isinstance(version, dict) else None


def _read_people(value: object) -> list[str] | None:
    return _read_list(value, _PEOPLE)


def _read_words(value: object) -> list[str] | None:
    return _read_list(value, _WORDS)


def _read_list(value: object, separator: re.Pattern) -> list[str] | None:
    """A list given as one, or as one string with separators: semicolons where there are any, else commas."""
    if not isinstance(value, str):
        return fields.read_texts(value)
    text = (fields.read_text(value) or "").strip("[]")
    parts = re.split(r"\s*;\s*", text) if ";" in text else separator.split(text)
    return [part.strip(" '\"") for part in parts if part.strip(" '\"")] or None
