"""The report's questions: named SQL files, asked of the release as they stand.

What belongs here: which questions the pages ask, and asking them. A question is one file of `sql/`, in words any DuckDB
on the published database understands; its first line says what it answers. Those of one keyword or one paper say `$id`
where its id stands when they are asked and shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ..warehouse.connections import literal

_FOLDER = Path(__file__).with_name("sql")

#: The questions in the order of the page.
NAMES = (
    "overview",
    "new_papers",
    "new_keywords",
    "changes",
    "keyword_verdicts",
    "keyword_movers",
    "keyword_pairs",
    "topics",
    "trending_papers",
    "coverage_days",
    "coverage_months",
    "coverage_sources",
    "checks",
    "figures",
    "rejects",
    "lines",
    "index_keywords",
    "index_papers",
)
#: Those of the page of one keyword, and of one paper.
KEYWORD_NAMES = tuple(f"keyword__{name}" for name in ("facts", "series", "bursts", "pairs", "papers"))
PAPER_NAMES = tuple(f"paper__{name}" for name in ("facts", "keywords", "links", "sightings", "similar"))


@dataclass(frozen=True)
class Answer:
    """A question as asked, what it answers in words, and its rows as one mapping each."""

    name: str
    meaning: str
    sql: str
    rows: list[dict[str, Any]]


def read_question(name: str) -> tuple[str, str]:
    """What a question answers, in words, and its SQL."""
    lines = (_FOLDER / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    comments = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    return " ".join(comments), "\n".join(line for line in lines if not line.startswith("--")).strip()


def ask(connection: duckdb.DuckDBPyConnection, name: str, subject_id: str | None = None) -> Answer:
    """Ask one question, of one keyword or paper by its id. Raises duckdb.Error where a table is missing."""
    meaning, sql = read_question(name)
    if subject_id is not None:
        sql = sql.replace("$id", literal(subject_id))
    result = connection.execute(sql)
    columns = [column[0] for column in result.description or []]
    return Answer(name, meaning, sql, [dict(zip(columns, row, strict=True)) for row in result.fetchall()])
