"""How text of dumps is shown in HTML and links, and made safe to show there: it is data, never markup, never a script.

What belongs here: the template environment, cleaning and judging addresses. What is shown is the report's and the
digest's business; `terminal` does the same for terminals.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..addresses import read_web_address
from .clean import clean

_DOI = re.compile(r"10\.\d{4,9}/[!-~]{1,200}")
_ARXIV_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?")


def make_environment(folder: Path) -> Environment:
    """Templates of a folder, everything escaped, nothing missing in silence."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_show,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": _count,
        "share": _share,
        "web": web_address,
        "arxiv": arxiv_address,
        "doi": doi_address,
    }
    return environment


def web_address(url: object) -> str:
    """The address if it is one of the web's, else nothing: a dump may say `javascript:`."""
    return read_web_address(str(url or "")) or ""


def arxiv_address(arxiv_id: object) -> str:
    """Where a paper with that arXiv id is read; nothing for what is no arXiv id."""
    return f"https://arxiv.org/abs/{arxiv_id}" if _ARXIV_ID.fullmatch(str(arxiv_id or "")) else ""


def doi_address(doi: object) -> str:
    """Where a DOI is looked up; nothing for what is no DOI."""
    text = str(doi or "")
    return f"https://doi.org/{quote(text)}" if _DOI.fullmatch(text) else ""


def _show(value: object) -> object:
    if value is None:
        return ""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _count(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"


def _share(value: float | None) -> str:
    return "none" if value is None else f"{100 * value:.1f} %"
