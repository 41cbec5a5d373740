"""Dumps without a date beside dated ones: what the dated ones show stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from published import query

from paperhouse.orchestration.build import run_build
from paperhouse.warehouse.folder import Warehouse

KEYWORD = "moss lattices"
VERDICTS = (
    "select period_start_on, verdict from marts.keyword_trends_by_month "
    f"where lower(keyword) = '{KEYWORD}' and direction is not null and date_basis = 'published' order by 1"
)
_TALK = (
    "Gardens in the hills keep water for longer than those below. We visit each of them in spring and count what "
    "stands. Most of it is left as it was found, and the rest is mown."
)


def _paper(number: int, use: str, day: str | None) -> dict[str, str]:
    """An invented paper, no two alike; a day only where it is dated."""
    row = {
        "title": f"Notes on Hillside Garden {number} and the Ponds of Valley {number * 7}",
        "abstract": f"Garden {number} lies {number * 13} steps above the valley of {number * 7} ponds. {use} {_TALK}",
    }
    return row | ({"published": day} if day else {})


def _write(path: Path, papers: list[dict[str, str]]) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text("".join(json.dumps(paper) + "\n" for paper in papers))
    return path


@pytest.fixture
def dated(tmp_path: Path) -> Warehouse:
    """A year of gardens: eighteen of its end grow tall moss lattices, one paper is about moss lattices."""
    papers = []
    for month in range(1, 13):
        for place in range(40):
            use = "They grow tall moss lattices along the walls." if month > 9 and place < 6 else "They grow ferns."
            papers.append(_paper(len(papers) + 1, use, f"2024-{month:02}-{1 + place % 28:02}"))
    papers.append(_paper(len(papers) + 1, "They are old.", "2024-12-31") | {"title": "Moss Lattices"})
    warehouse = Warehouse(tmp_path / "warehouse")
    report = run_build(warehouse, [_write(tmp_path / "dated" / "year.jsonl", papers)], lambda name, done, total: None)
    assert report.outcome == "published", report
    return warehouse


def test_undated_dumps_take_no_verdict_back(dated: Warehouse, tmp_path: Path):
    before = query(dated, VERDICTS)
    assert before, "the fixture has no verdict"
    # More papers say it, never outside of a longer keyword; nobody knows when.
    more = [_paper(1_000 + number, "They grow tall moss lattices along the walls.", None) for number in range(30)]
    report = run_build(dated, [_write(tmp_path / "undated" / "more.jsonl", more)], lambda name, done, total: None)
    assert report.outcome == "published", report
    assert query(dated, f"select paper_count from marts.keywords where lower(keyword) = '{KEYWORD}'") == [(49,)]
    assert query(dated, VERDICTS) == before
