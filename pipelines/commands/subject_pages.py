"""A page of one keyword or paper on demand: which one is meant, and where its page is written.

What belongs here: finding the one, the words where it is not found, the file. The page is `report.subjects`' business.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from ..files import write_whole
from ..showing.terminal import err, plain, print_rows
from ..warehouse.errors import DamagedReleaseError
from ..warehouse.folder import DATABASE_NAME, Warehouse, read_manifest
from .answers import find_papers
from .arguments import fail, find_kept, reading
from .keyword_series import find_keywords, find_near


def write_page(house: Warehouse, release: str, keyword: str | None, paper: str | None, to: Path | None) -> Path:
    """Write the page of a keyword or of a paper of a release, and return where it is; a clear end where it is not."""
    from ..report.subjects import render_keyword, render_paper

    folder = (house.latest_release if release == "latest" else find_kept(house, release).folder).resolve()
    try:
        manifest = read_manifest(folder)
    except DamagedReleaseError as error:
        fail(str(error))
    with reading(house, database=None if release == "latest" else folder / DATABASE_NAME) as connection:
        if keyword is not None:
            subject = choose_keyword(connection, keyword.strip())
        else:
            subject = choose_paper(connection, (paper or "").strip())
        render = render_keyword if keyword is not None else render_paper
        try:
            text = render(connection, subject, manifest or {"release_id": "unknown"})
        except duckdb.CatalogException:
            fail("An earlier version of Paperhouse published this release.", "Build it again: paperhouse build")
    path = to or house.pages / f"{subject}.html"
    if path.is_dir():
        path /= f"{subject}.html"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())
    except OSError as error:
        fail(f"The page cannot be written to {path}: {error.strerror or error}.", "Name another file with --to.")
    return path.resolve()


def choose_keyword(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """The id of the keyword of that name: of several, the one of most papers, the others said."""
    found = find_keywords(connection, name) if name else []
    if not found:
        near = ", ".join(find_near(connection, name)) if name else ""
        fail(f"No keyword is called {name!r} or contains it.", f"Near are: {near}." if near else "Try fewer words.")
    if len(found) > 1 and found[0][1].lower() != name.lower():
        err.print(f"{len(found)} keywords match; this is the one of most papers. The others:")
        err.print(", ".join(plain(label) for _, label in found[1:]), style="dim", soft_wrap=True)
    return found[0][0]


def choose_paper(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """The id of the paper of that id or title; where several match, they are listed and nothing is chosen."""
    found = find_papers(connection, name) if name else []
    if not found:
        fail(f"No paper has the id or a title like {name!r}.", "Try fewer words of the title.")
    if len(found) > 1:
        print_rows(["paper_id", "title"], found[:20])
        fail(f"{len(found)} papers match.", "Name one of them by its id.")
    return found[0][0]
