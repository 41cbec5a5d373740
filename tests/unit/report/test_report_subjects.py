"""The pages of one keyword and one paper: harmless whatever a dump says, and every number under its query."""

from __future__ import annotations

import re
from datetime import date

import pytest

from paperhouse.report.page import fill
from paperhouse.report.questions import KEYWORD_NAMES, PAPER_NAMES, Answer, read_question
from tests.unit.report.test_report_page import HOSTILE, MONTHS, Page

SERIES = [{"month": month, "with_keyword": 1, "papers": 30, "share": 0.1, "low": 0.0, "high": 0.5} for month in MONTHS]


def make_keyword(text: str) -> str:
    rows = {
        "keyword__facts": {
            "keyword": text,
            "abbreviation": text,
            "kind": "method",
            "paper_count": 9,
            "papers_about": 7,
            "first_seen_on": MONTHS[0],
            "last_seen_on": MONTHS[-1],
            "forms": [text],
            "topic": text,
        },
        "keyword__series": {
            "date_basis": "published",
            "series": SERIES,
            "verdict": "rising",
            "is_past": False,
            "period_start_on": MONTHS[-1],
            "since_on": MONTHS[2],
            "recent_share": 0.2,
            "previous_share": None,
            "because": text,
        },
        "keyword__bursts": {
            "date_basis": "published",
            "first_seen_on": MONTHS[0],
            "last_seen_on": MONTHS[-1],
            "peak_month_on": MONTHS[1],
            "peak_share": 0.3,
            "half_life_months": 2,
            "first_title": text,
            "arxiv_id": text,
            "bursts": [{"onset_on": MONTHS[0], "last_month_on": MONTHS[1], "is_ongoing": False}],
        },
        "keyword__pairs": {
            "keyword": text,
            "paper_count": 3,
            "expected_count": 1.0,
            "npmi": 0.5,
            "direction": "attraction",
        },
        "keyword__papers": {
            "paper_id": "p1",
            "title": text,
            "arxiv_id": "2501.00001",
            "published_on": None,
            "published_year": 2025,
            "upvotes": 1,
            "code_url": "javascript:alert(3)",
            "keyword_rank": 1,
        },
    }
    series = [(rows["keyword__series"], "")]
    return fill("keyword.html", answers=answer(rows, KEYWORD_NAMES), series=series, manifest=MANIFEST, subject="k1")


def make_paper(text: str) -> str:
    facts = dict.fromkeys(("published_on", "published_year", "first_listed_on", "first_captured_on", "status"))
    rows = {
        "paper__facts": facts
        | dict.fromkeys(("title", "abstract", "arxiv_id", "doi", "organization", "language"), text)
        | {"paper_id": "p1", "authors": [text] * 40, "venues": [text], "upvotes": None},
        "paper__keywords": {"keyword": text, "paper_count": 1, "verdict": "rising", "is_past": True},
        "paper__links": {"kind": "code", "url": "javascript:alert(3)"},
        "paper__sightings": {
            "layout": "feed",
            "listed_on": date(2025, 1, 1),
            "captured_on": None,
            "position": 1,
            "upvotes": 2,
            "comment_count": None,
        },
        "paper__similar": {
            "paper_id": "p2",
            "title": text,
            "arxiv_id": None,
            "published_on": None,
            "shared_keywords": [text],
        },
    }
    return fill("paper.html", answers=answer(rows, PAPER_NAMES), manifest=MANIFEST)


MANIFEST = {"release_id": "20250602T000000Z-1"}


def answer(rows: dict[str, dict], names: tuple[str, ...]) -> dict[str, Answer]:
    return {name: Answer(name, *read_question(name), [rows[name]]) for name in names}


@pytest.mark.parametrize("make", [make_keyword, make_paper])
def test_hostile_text_stays_text(make):
    tame, html = Page(make("light fields")), make(HOSTILE)
    page = Page(html)
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in tame.elements]
    assert len(page.all("script")) == 1
    assert not [a for _, attributes in page.elements for a in attributes if a.startswith("on")]
    assert "\x1b" not in html
    assert "\u202e" not in html
    schemes = {link["href"].split(":")[0] for link in page.all("a") if not link["href"].startswith("#")}
    assert schemes <= {"https"}
    # A command to copy holds nothing that a dump said.
    assert not [code for code in re.findall(r"<code>(paperhouse.*?)</code>", html) if "alert" in code]


@pytest.mark.parametrize(("make", "names"), [(make_keyword, KEYWORD_NAMES), (make_paper, PAPER_NAMES)])
def test_every_number_leads_to_its_query(make, names):
    page = Page(make("light fields"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in page.all("a") if link["href"].startswith("#")} <= set(ids)
    assert {f"sql-{name}" for name in names} <= set(ids)
