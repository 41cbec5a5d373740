"""The report's page: answers and pictures in, one HTML file out.

What belongs here: rendering. Whatever a dump said is data: templates escape everything, links are links only where they
are http or https, and the page's own policy lets nothing run or load but the script and the style it was made with.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from markupsafe import Markup

from ..parsing import REASONS
from ..showing.hypertext import make_environment
from ..warehouse.connections import BASE_MEMORY, literal, memory_limit, name_place
from ..warehouse.errors import DamagedReleaseError
from ..warehouse.folder import DATABASE_NAME, read_manifest
from . import charts, search_index
from .keyword_map import draw_maps
from .questions import NAMES, Answer, ask

REPORT_NAME = "report.html"
_TEMPLATES = Path(__file__).with_name("templates")
#: Cards of each kind that are seen before anything is unfolded: two rows of a desktop's width.
SHOWN = 8
#: Items of each list of the first screen.
_FIRST_ITEMS = 6

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
        "memory_limit": memory_limit(folder / DATABASE_NAME, BASE_MEMORY, share=1 / 3)
    }
    with duckdb.connect(str(folder / DATABASE_NAME), read_only=True, config=settings) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"set variable {name_place(manifest['release_id'])} = {literal(folder)}")
        connection.execute(f"set file_search_path = {literal(folder)}")
        answers = {name: ask(connection, name) for name in NAMES}
    path = folder / REPORT_NAME
    path.write_text(render(answers, manifest, previous), encoding="utf-8")
    return path


def render(answers: Mapping[str, Answer], manifest: Mapping[str, Any], previous: Mapping[str, Any] | None) -> str:
    """The page of a release's answers, its manifest and that of the release before it, if any."""
    movers = answers["keyword_movers"].rows
    trending = answers["trending_papers"].rows
    pairs = answers["keyword_pairs"].rows
    return fill(
        "report.html",
        manifest=manifest,
        made_at=datetime.fromisoformat(manifest["made_at"]),
        previous=previous,
        answers=answers,
        movers=_group_movers(movers),
        rising=_choose_rising(movers),
        verdict_names=sorted({row["verdict"] for row in movers}),
        topics=[
            (row, charts.draw_series(row["series"], row["verdict"]) if row["series"] else None)
            for row in answers["topics"].rows
        ],
        map=draw_maps(pairs, {row["keyword_id"]: row["verdict"] for row in reversed(movers)}) if pairs else None,
        trending=trending,
        has_votes=any(row["upvotes"] is not None for row in trending),
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
        **_index(answers),
    )


def fill(template: str, **values: Any) -> str:
    """A page of the report's looks, its style and script in it and nothing else allowed to run or load."""
    environment = make_environment(_TEMPLATES)
    environment.filters["axis_top"] = charts.axis_top
    style, script = ((_TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    return environment.get_template(template).render(
        style=Markup(style),
        script=Markup(script),
        policy=(
            f"default-src 'none'; style-src '{_source_hash(style)}'; script-src '{_source_hash(script)}'; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        ),
        support=charts.SUPPORT,
        shown=SHOWN,
        **values,
    )


def _group_movers(movers: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[tuple[Mapping[str, Any], Markup]]]]:
    """Cards by date basis: publication, which is when the field moved, before the dates on which somebody looked."""
    bases: dict[str, list[tuple[Mapping[str, Any], Markup]]] = {}
    for row in movers:
        bases.setdefault(row["date_basis"], []).append((row, charts.draw_series(row["series"], row["verdict"])))
    return sorted(bases.items(), key=lambda item: (item[0] != "published", item[0] != "listed", item[0]))


def _choose_rising(movers: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], Markup]]:
    """The keywords of the first screen, of one date basis, with pictures: those that rise before those that rose."""
    risen = [row for row in movers if row["verdict"] in ("rising", "spike")]
    bases = {row["date_basis"] for row in risen}
    chosen = next((basis for basis in ("published", "listed", "captured") if basis in bases), None)
    first = sorted((row for row in risen if row["date_basis"] == chosen), key=lambda row: bool(row["is_past"]))
    return [(row, charts.draw_series(row["series"], row["verdict"])) for row in first[:_FIRST_ITEMS]]


def _index(answers: Mapping[str, Answer]) -> dict[str, str]:
    """What the search reads, and what that is in words."""
    keywords, papers = (answers[name].rows for name in ("index_keywords", "index_papers"))
    facts = answers["overview"].rows[0]
    scope = search_index.say_scope(len(keywords), len(papers), facts["keywords"] or 0, facts["papers"] or 0)
    return {"index": search_index.pack(keywords, papers), "index_scope": scope}


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
