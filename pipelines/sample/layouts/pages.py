"""Text copied out of a page: a title line and an abstract line per paper, under whatever header came with them."""

from collections.abc import Iterable

import polars as pl

from .layout import Layout, Page

#: Headers a page is found under, by name; what is glued to the first title is not in them.
HEADERS: dict[str, tuple[str, ...]] = {
    "plain": ("new", "Get trending papers in your email inbox!", "Subscribe"),
    "dated": ("new", "Get trending papers in your email inbox!", "Subscribe", "byAK and the research community"),
    "undated": (
        "new",
        "Get trending papers in your email inbox!",
        "Subscribe",
        "Daily Papers",
        "by AK and the research community",
    ),
    "glued": ("Get trending papers in your email inbox once a day!", "Get trending papers in your email inbox!"),
}


def print_lines(lines: Iterable[str], is_spaced: bool) -> str:
    """Join lines, with a blank line between any two where they are spaced out; no line feed at the end."""
    return ("\n\n" if is_spaced else "\n").join(lines)


def _list_lines(papers: pl.DataFrame) -> list[str]:
    return papers.select(pl.concat_list("page_title", "page_abstract")).to_series().explode().to_list()


def _render_dated(page: Page) -> bytes:
    """Blank lines between all lines, and the day without its year: `Mar 11`."""
    header = (*HEADERS["dated"], f"{page.day:%b} {page.day.day}")
    return print_lines((*header, *_list_lines(page.papers)), is_spaced=True).encode()


def _render_undated(page: Page) -> bytes:
    """Blank lines between all lines, another header, no date at all."""
    return print_lines((*HEADERS["undated"], *_list_lines(page.papers)), is_spaced=True).encode()


def _render_dense(page: Page) -> bytes:
    """No blank line anywhere, and the header's last word glued to the first title."""
    first, *rest = _list_lines(page.papers)
    return print_lines((*HEADERS["glued"], f"Subscribe{first}", *rest), is_spaced=False).encode()


LAYOUTS = (
    Layout("text_spaced", "page", ".txt", _render_dated, tex=False, facts=frozenset({"captured_on"})),
    Layout("text_dense", "page", ".txt", _render_dense, tex=False),
    Layout("text_undated", "page", ".txt", _render_undated, tex=False),
)
