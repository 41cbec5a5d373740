"""The report's questions: named SQL files, asked of the release as they stand.

What belongs here: which questions the page asks, and asking them. A question is one file of `sql/`, in words any DuckDB
on the published database understands; its first line says what it answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

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


def ask(connection: duckdb.DuckDBPyConnection, name: str) -> Answer:
    """Ask one question. Raises duckdb.Error where the release lacks a table that it needs."""
    meaning, sql = read_question(name)
    result = connection.execute(sql)
    columns = [column[0] for column in result.description or []]
    return Answer(name, meaning, sql, [dict(zip(columns, row, strict=True)) for row in result.fetchall()])
