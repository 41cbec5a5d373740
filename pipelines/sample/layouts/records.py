"""Tables of records, as archives and lists of papers hand them out: JSON lines, CSV, Parquet.

Each goes by column names of its own; which names a reader knows is the business of `parsing`.
"""

import csv
import io
import json

import polars as pl

from .layout import Layout, Page


def _render_json_lines(page: Page) -> bytes:
    """One object a line, named like the fields of metadata snapshots."""
    rows = page.papers.select(
        id="arxiv_id",
        title="wrapped_title",
        abstract="wrapped_abstract",
        authors=pl.col("authors").list.join(", "),
        published=pl.col("published_at").dt.strftime("%Y-%m-%d"),
    )
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows.iter_rows(named=True)).encode()


def _render_csv(page: Page) -> bytes:
    """A header, then quoted cells in which the abstracts' line breaks stay."""
    rows = page.papers.select(
        "arxiv_id",
        pl.col("authors").list.join("; "),
        published_date=pl.col("published_at").dt.strftime("%Y-%m-%d"),
        paper_title="wrapped_title",
        summary="wrapped_abstract",
        votes="upvotes",
    )
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(rows.columns)
    writer.writerows(rows.iter_rows())
    return text.getvalue().encode()


def _render_parquet(page: Page) -> bytes:
    """Typed columns, among them the keywords a model gave each paper."""
    buffer = io.BytesIO()
    page.papers.select(
        "arxiv_id",
        "authors",
        "published_at",
        "upvotes",
        "ai_keywords",
        title="wrapped_title",
        abstract="wrapped_abstract",
    ).write_parquet(buffer)
    return buffer.getvalue()


_DATED = frozenset({"arxiv_id", "published_on"})
LAYOUTS = (
    Layout("records_jsonl", "records", ".jsonl", _render_json_lines, tex=True, facts=_DATED),
    Layout("records_csv", "records", ".csv", _render_csv, tex=True, facts=_DATED | {"upvotes"}),
    Layout("records_parquet", "records", ".parquet", _render_parquet, tex=True, facts=_DATED | {"upvotes"}),
)
