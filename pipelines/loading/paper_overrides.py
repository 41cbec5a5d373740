"""What users decide about papers by hand: `<warehouse>/overrides/papers.csv`, lines of same or different.

What belongs here: reading that file and judging it whole. What a decision does to papers is SQL (`dbt_project/`).
Lines of override files of any kind are `override_lines`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from ..text.cleaning import clean_titles, fold_titles
from ..warehouse.tables import TABLES
from .override_lines import OverrideError, OverrideLine, read_override_lines

PAPERS_FILE = "papers.csv"
_COLUMNS = {"verdict": True, "first": True, "second": True, "reason": True}
_VERDICTS = ("same", "different")
_PAPER_ID = re.compile(r"p[0-9a-f]{16}")
_ARXIV_ID = re.compile(r"(?:arxiv:)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", re.IGNORECASE)


def read_paper_overrides(path: Path) -> pl.DataFrame:
    """The decisions of a file; columns of raw.paper_overrides, in the order of the file, none where there is no file.

    Raises:
        OverrideError: the file is no such file, a line names one paper twice, or lines contradict each other, be it
            over others (a same b, b same c, a different c).
    """
    lines = read_override_lines(path, _COLUMNS)
    rows: list[list[str | int]] = []
    for line in lines:
        where = f"{path}, line {line.number}"
        if line["verdict"] not in _VERDICTS:
            raise OverrideError(f"{where}: no verdict is called {line['verdict']!r}. Use same or different.")
        first, second = (name_handle(line[side]) for side in ("first", "second"))
        for side, handle in (("first", first), ("second", second)):
            if not handle:
                raise OverrideError(f"{where}: {line[side]!r} holds no word. Give a title, an arXiv id or a paper id.")
        if first == second:
            raise OverrideError(f"{where}: both sides name one paper, {line['first']!r}. Name two, or remove the line.")
        rows.append([line.number, line["verdict"], first, second, line["reason"]])
    _check_conflicts(path, lines, rows)
    return pl.DataFrame(rows, schema=TABLES["raw.paper_overrides"], orient="row")


def name_handle(text: str) -> str:
    """What a paper is looked up by: `paper` and its id, `arxiv` and its id without version, or `title`, folded."""
    if _PAPER_ID.fullmatch(text):
        return f"paper {text}"
    if found := _ARXIV_ID.fullmatch(text):
        return f"arxiv {found[1]}"
    folded = fold_titles(clean_titles(pl.Series([text])))[0]
    return f"title {folded}" if folded else ""


def _check_conflicts(path: Path, lines: Sequence[OverrideLine], rows: Sequence[Sequence[object]]) -> None:
    """No two papers are both one and two, taking all that is said to be the same together."""
    joined_by: dict[str, list[tuple[str, OverrideLine]]] = {}
    for line, (_, verdict, first, second, _) in zip(lines, rows, strict=True):
        if verdict == "same":
            joined_by.setdefault(str(first), []).append((str(second), line))
            joined_by.setdefault(str(second), []).append((str(first), line))
    for line, (_, verdict, first, second, _) in zip(lines, rows, strict=True):
        if verdict == "different" and (chain := _find_chain(joined_by, str(first), str(second))):
            numbers = " and ".join(str(number) for number in sorted({step.number for step in chain}))
            raise OverrideError(
                f"{path}, line {line.number}: {line['first']!r} and {line['second']!r} are kept apart here and joined "
                f"on line {numbers}. Remove one of these lines."
            )


def _find_chain(
    joined_by: dict[str, list[tuple[str, OverrideLine]]], start: str, end: str
) -> list[OverrideLine] | None:
    """The lines that join two handles, shortest way; None where nothing does."""
    ways: dict[str, list[OverrideLine]] = {start: []}
    waiting = [start]
    while waiting:
        handle = waiting.pop(0)
        if handle == end:
            return ways[handle]
        for other, line in joined_by.get(handle, []):
            if other not in ways:
                ways[other] = [*ways[handle], line]
                waiting.append(other)
    return None
