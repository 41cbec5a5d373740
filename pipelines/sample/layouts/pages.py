"""Text copied out of a page: a title line and an abstract line per paper, under whatever header came with them."""

import polars as pl

from pipelines.sample.layouts.layout import Layout, Page

_DATED_HEADER = (
    "new",
    "Get trending papers in your email inbox!",
    "Subscribe",
    "byAK and the research community",
)
_UNDATED_HEADER = (
    "new",
    "Get trending papers in your email inbox!",
    "Subscribe",
    "Daily Papers",
    "by AK and the research community",
)
_GLUED_HEADER = (
    "Get trending papers in your email inbox once a day!",
    "Get trending papers in your email inbox!",
)


def _pair_lines(papers: pl.DataFrame, separator: str) -> str:
    pairs = papers.select(pl.concat_str("page_title", "page_abstract", separator=separator)).to_series()
    return separator.join(pairs.to_list())


def _render_dated(page: Page) -> bytes:
    """Blank lines between all lines, and the day without its year: `Mar 11`."""
    header = (*_DATED_HEADER, f"{page.day:%b} {page.day.day}")
    return "\n\n".join((*header, _pair_lines(page.papers, "\n\n"))).encode()


def _render_undated(page: Page) -> bytes:
    """Blank lines between all lines, another header, no date at all."""
    return "\n\n".join((*_UNDATED_HEADER, _pair_lines(page.papers, "\n\n"))).encode()


def _render_dense(page: Page) -> bytes:
    """No blank line anywhere, and the header's last word glued to the first title."""
    return "\n".join((*_GLUED_HEADER, "Subscribe" + _pair_lines(page.papers, "\n"))).encode()


LAYOUTS = (
    Layout("text_spaced", "page", ".txt", _render_dated, tex=False, facts=frozenset({"captured_on"})),
    Layout("text_dense", "page", ".txt", _render_dense, tex=False),
    Layout("text_undated", "page", ".txt", _render_undated, tex=False),
)
