"""The report's page: answers and pictures in, one HTML file out.

What belongs here: rendering. Whatever a dump said is data: templates escape everything, links are links only where they
are http or https, and the page's own policy lets nothing run or load but the script and the style it was made with.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from markupsafe import Markup

from ..parsing import REASONS
from ..showing.hypertext import make_environment
from ..warehouse.connections import BASE_MEMORY, literal, memory_limit
from ..warehouse.errors import DamagedReleaseError
from ..warehouse.folder import DATABASE_NAME, read_manifest
from . import charts
from .questions import NAMES, Answer, ask

REPORT_NAME = "report.html"
_TEMPLATES = Path(__file__).with_name("templates")

_LINE_KINDS = {
    "entry_lines": ("entries", "var(--part-1)"),
    "blank_lines": ("blank", "var(--part-2)"),
    "boilerplate_lines": ("boilerplate", "var(--part-3)"),
    "date_lines": ("dates", "var(--part-4)"),
    "rejected_lines": ("rejected", "var(--down)"),
}


def write_report(folder: Path, manifest: Mapping[str, Any]) -> Path:
    """Write report.html into the folder of a release, whose readers' database is finished.

    The release before it, which the manifest names, lies beside it. The same release gives the same bytes. Raises
    duckdb.Error where a table is missing.
    """
    before = manifest["previous_release_id"]
    try:
        previous = read_manifest(folder.parent / before) if before else None
    except DamagedReleaseError:
        previous = None
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit(folder / DATABASE_NAME, BASE_MEMORY)
    }
    with duckdb.connect(str(folder / DATABASE_NAME), read_only=True, config=settings) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"set file_search_path = {literal(folder)}")
        answers = {name: ask(connection, name) for name in NAMES}
    path = folder / REPORT_NAME
    path.write_text(render(answers, manifest, previous), encoding="utf-8")
    return path


def render(answers: Mapping[str, Answer], manifest: Mapping[str, Any], previous: Mapping[str, Any] | None) -> str:
    """The page of a release's answers, its manifest and that of the release before it, if any."""
    environment = make_environment(_TEMPLATES)
    style, script = ((_TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    movers = answers["keyword_movers"].rows
    verdicts = {row["keyword_id"]: row["verdict"] for row in reversed(movers)}
    pairs = answers["keyword_pairs"].rows
    bases = sorted({row["date_basis"] for row in answers["keyword_verdicts"].rows})
    return environment.get_template("report.html").render(
        manifest=manifest,
        made_at=datetime.fromisoformat(manifest["made_at"]),
        previous=previous,
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
        previous_rows=_count_rows(previous),
        rows=_count_rows(manifest),
        more_inputs=len(manifest["inputs"]) - len(previous["inputs"]) if previous else 0,
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


def _count_rows(manifest: Mapping[str, Any] | None) -> dict[str, int]:
    """Rows of each table of a release, as its manifest says; a table may be several files."""
    rows: dict[str, int] = defaultdict(int)
    for file in manifest["files"] if manifest else ():
        if "rows" in file:
            rows[file.get("table", Path(file["path"]).stem)] += file["rows"]
    return dict(rows)
