"""DOIs and arXiv ids in the fields of references, where several may hold one.

What belongs here: choosing among fields. What an arXiv id looks like is in `fields`.
"""

import re
from collections.abc import Iterable

from . import fields

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^\[\]]{1,200}", re.ASCII)


def find_doi(texts: Iterable[str]) -> str | None:
    """The first DOI in texts, lower case and without what stands around it."""
    for text in texts:
        if "10." in text and (found := _DOI.search(text)):
            doi = found[0].rstrip(".,;:'")
            return (doi.rstrip(")") if doi.count(")") > doi.count("(") else doi).lower()
    return None


def find_arxiv_id(texts: Iterable[str]) -> tuple[str | None, int | None]:
    """The first arXiv id in texts, with its version."""
    for text in texts:
        found = fields.read_arxiv_id(text)
        if found[0] is not None:
            return found
    return None, None
