"""The pages of one keyword and one paper, made when somebody asks for them: answers in, one HTML file out.

What belongs here: which answers go into which page. What a page may load and how it looks is `page`, what is asked is
`questions`, finding the keyword or paper that somebody means is for the command.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from . import charts
from .page import fill
from .questions import KEYWORD_NAMES, PAPER_NAMES, ask

#: Width and height of the picture of a series that has a page's width to itself.
_TALL = (1160, 190)


def render_keyword(connection: duckdb.DuckDBPyConnection, keyword_id: str, manifest: Mapping[str, Any]) -> str:
    """The page of a keyword of a release: series, company, papers. Equal releases give equal bytes."""
    answers = {name: ask(connection, name, keyword_id) for name in KEYWORD_NAMES}
    series = [
        (row, charts.draw_series(row["series"], row["verdict"], _TALL)) for row in answers["keyword__series"].rows
    ]
    return fill("keyword.html", answers=answers, series=series, manifest=manifest, subject=keyword_id)


def render_paper(connection: duckdb.DuckDBPyConnection, paper_id: str, manifest: Mapping[str, Any]) -> str:
    """The page of a paper of a release: abstract, keywords, links, sightings, papers like it."""
    return fill(
        "paper.html", answers={name: ask(connection, name, paper_id) for name in PAPER_NAMES}, manifest=manifest
    )
