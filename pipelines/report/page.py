"""The report's page: answers and pictures in, one HTML file out.

What belongs here: rendering. Whatever a dump said is data: templates escape everything, links are links only where they
are http or https, and the page's own policy lets nothing run or load but the script and the style it was made with.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from markupsafe import Markup

from pipelines.hypertext import make_environment
from pipelines.parsing import REASONS
from pipelines.report import charts
from pipelines.report.questions import NAMES, Answer, ask

REPORT_NAME = "report.html"
_TEMPLATES = Path(__file__).with_name("templates")

_LINE_KINDS = {
    "entry_lines": ("entries", "var(--part-1)"),
    "blank_lines": ("blank", "var(--part-2)"),
    "boilerplate_lines": ("boilerplate", "var(--part-3)"),
    "date_lines": ("dates", "var(--part-4)"),
    "rejected_lines": ("rejected", "var(--down)"),
}


@dataclass(frozen=True)
class Subject:
    """The release a report is about. previous is the manifest of the release before it, None for the first one."""

    release_id: str
    made_at: datetime
    parser_version: str
    text_version: str
    row_counts: Mapping[str, int]
    previous: Mapping[str, Any] | None = None


def write_report(connection: duckdb.DuckDBPyConnection, folder: Path, subject: Subject) -> Path:
    """Write report.html into a release's folder; the connection sees the release's tables by their names.

    The same tables and subject give the same bytes. Raises duckdb.Error where a table is missing.
    """
    connection.execute(f"set file_search_path = '{str(folder).replace(chr(39), chr(39) * 2)}'")
    has_changes = (folder / "changes.parquet").exists()
    answers = {name: ask(connection, name) for name in NAMES if name != "changes" or has_changes}
    connection.execute("reset file_search_path")
    path = folder / REPORT_NAME
    path.write_text(render(answers, subject), encoding="utf-8")
    return path


def render(answers: Mapping[str, Answer], subject: Subject) -> str:
    """The page of a release's answers."""
    environment = make_environment(_TEMPLATES)
    style, script = ((_TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    movers = answers["keyword_movers"].rows
    verdicts = {row["keyword_id"]: row["verdict"] for row in reversed(movers)}
    pairs = answers["keyword_pairs"].rows
    bases = sorted({row["date_basis"] for row in answers["keyword_verdicts"].rows})
    return environment.get_template("report.html").render(
        subject=subject,
        answers=answers,
        style=Markup(style),
        script=Markup(script),
        policy=(
            f"default-src 'none'; style-src '{_source_hash(style)}'; script-src '{_source_hash(script)}'; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        ),
        bases=bases,
        # Publication is when the field moved; the other dates are when somebody looked.
        chosen_basis="published" if "published" in bases else (bases or [""])[-1],
        movers=[(row, charts.draw_series(row["series"], row["verdict"])) for row in movers],
        topics=[
            (row, charts.draw_series(row["series"], row["verdict"]) if row["series"] else None)
            for row in answers["topics"].rows
        ],
        map=charts.draw_map(pairs, verdicts) if pairs else None,
        calendars=_calendars(answers["coverage_days"]),
        lines=[
            (row, charts.draw_parts([(row[name], colour) for name, (_, colour) in _LINE_KINDS.items()]))
            for row in answers["lines"].rows
        ],
        line_kinds={name: word for name, (word, _) in _LINE_KINDS.items()},
        check_counts=_count_checks(answers["checks"]),
        reasons=REASONS,
        previous_rows=_previous_rows(subject.previous),
        previous_inputs=_changed_inputs(subject.previous, answers),
    )


def _source_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _calendars(answer: Answer) -> list[tuple[int, int, int, Markup]]:
    """Year, days with papers, papers and picture, the latest year first."""
    years = defaultdict(list)
    for row in answer.rows:
        years[row["listed_on"].year].append((row["listed_on"], row["papers"]))
    return [
        (year, len(days), sum(papers for _, papers in days), charts.draw_calendar(days, year))
        for year, days in sorted(years.items(), reverse=True)
    ]


def _count_checks(answer: Answer) -> list[tuple[str, dict[str, int]]]:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("pass", "warn", "fail", "error"), 0))
    for row in answer.rows:
        counts[row["stage"]][row["status"]] += 1
    return sorted(counts.items())


def _previous_rows(previous: Mapping[str, Any] | None) -> dict[str, int]:
    """Rows of each table in the previous release, as its manifest says; a table may be several files."""
    rows: dict[str, int] = defaultdict(int)
    for file in previous["files"] if previous else ():
        if "rows" in file:
            rows[file.get("table", Path(file["path"]).stem)] += file["rows"]
    return dict(rows)


def _changed_inputs(previous: Mapping[str, Any] | None, answers: Mapping[str, Answer]) -> int | None:
    """How many dumps more than the previous release had; None for the first one."""
    return answers["overview"].rows[0]["dumps"] - len(previous["inputs"]) if previous else None
