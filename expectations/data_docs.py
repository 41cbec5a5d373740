"""Great Expectations' own documents on what it judged: a page per table and an index, a folder per run.

What belongs here: having Great Expectations draw its pages, and making them fit to open anywhere. Its templates load
styles, scripts and pictures from other people's servers; those are taken out, so that a page needs no network and tells
nobody that it was opened, and a few lines of style take their place.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from .runner import CheckResult

#: Runs whose documents are kept, the latest ones.
KEPT_RUNS = 20
_FOREIGN = re.compile(
    r"<script\b.*?</script>|<link\b[^>]*>|<img\b[^>]*>|<footer\b.*?</footer>|<iframe\b.*?</iframe>|<source\b[^>]*>",
    re.S | re.I,
)
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
table{border-collapse:collapse;margin:.5rem 0}th,td{border:1px solid #d5d9de;padding:.3rem .6rem;text-align:left;
vertical-align:top;overflow-wrap:anywhere}pre,code{white-space:pre-wrap;font-size:13px}.fail{color:#a4262c}
.collapse{display:block}button,.btn,nav,.navbar,.ge-breadcrumbs,.sticky,.cooltip .top{display:none}a{color:#0b5cad}
.fa-check-circle::before{content:"met"}.fa-times::before,.fa-exclamation-triangle::before,
.fa-exclamation-circle::before,.fa-info-circle::before{content:"broken"}.pass{color:#1a6b3a}
@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#15181c}a{color:#79b8ff}
th,td{border-color:#3a4048}}
"""
_HEAD = (
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    f"<style>{_STYLE}</style>"
)


def write_documents(folder: Path, run_id: str, results: Sequence[CheckResult]) -> Path:
    """Write a page per table that was judged and renew the index of the run; returns the run's folder.

    Older runs' folders beyond KEPT_RUNS are deleted.
    """
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView

    place = folder / run_id
    place.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    renderer, view = ValidationResultsPageRenderer(run_info_at_end=True), DefaultJinjaPageView()
    for table in dict.fromkeys(result.table for result in results):
        outcomes = [result.outcome for result in results if result.table == table and result.outcome is not None]
        passed = sum(bool(outcome.success) for outcome in outcomes)
        page = ExpectationSuiteValidationResult(
            success=passed == len(outcomes),
            results=outcomes,
            suite_name=table,
            statistics={
                "evaluated_expectations": len(outcomes),
                "successful_expectations": passed,
                "unsuccessful_expectations": len(outcomes) - passed,
                "success_percent": 100 * passed / len(outcomes) if outcomes else None,
            },
            meta={
                "run_id": {"run_name": run_id, "run_time": now},
                "validation_time": now,
                "batch_kwargs": {"data_asset_name": table},
                "great_expectations_version": version("great-expectations"),
            },
        )
        text = _make_local(view.render(renderer.render(page)))
        broken = [result for result in results if result.table == table and result.status != "pass"]
        (place / f"{table}.html").write_text(_with_rows(text, broken), encoding="utf-8")
    _write_index(place, run_id)
    _forget_old(folder)
    return place


def _make_local(text: str) -> str:
    """A page without anything from elsewhere."""
    text = _FOREIGN.sub("", text)
    return re.sub(r"<head>", f"<head>{_HEAD}", text, count=1, flags=re.I)


def _with_rows(text: str, broken: Sequence[CheckResult]) -> str:
    """A page with what each broken rule saw and some of the rows that break it, which Great Expectations leaves out."""
    parts = [
        f"<h3>{html.escape(result.rule)}</h3><p>Seen: {html.escape(result.observed)}; allowed: "
        f"{html.escape(result.expected)}.</p>{_table(json.loads(result.failing))}"
        for result in broken
    ]
    section = f"<section><h2>What broke</h2>{''.join(parts)}</section>" if parts else ""
    return text.replace("</body>", f"{section}</body>")


def _table(rows: Sequence[object]) -> str:
    """Rows (dictionaries of one shape, or values) as a table; nothing where there are none."""
    if not rows:
        return ""
    records = [row if isinstance(row, dict) else {"value": row} for row in rows]
    head = "".join(f"<th>{html.escape(str(name))}</th>" for name in records[0])
    body = "".join(
        f"<tr>{''.join(f'<td>{html.escape(str(value))}</td>' for value in row.values())}</tr>" for row in records
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _write_index(place: Path, run_id: str) -> None:
    pages = sorted(path.stem for path in place.glob("*.html") if path.stem != "index")
    links = "".join(f'<li><a href="{html.escape(name)}.html">{html.escape(name)}</a></li>' for name in pages)
    (place / "index.html").write_text(
        f'<!doctype html><html lang="en"><head>{_HEAD}<title>Checks of run {html.escape(run_id)}</title></head>'
        f"<body><h1>Checks of run {html.escape(run_id)}</h1><p>What Great Expectations found, table by table.</p>"
        f"<ul>{links}</ul></body></html>",
        encoding="utf-8",
    )


def _forget_old(folder: Path) -> None:
    kept = sorted((path for path in folder.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for old in kept[:-KEPT_RUNS]:
        shutil.rmtree(old, ignore_errors=True)
