"""The report as a page: whole, harmless, reachable by keyboard and assistive technology, equal for equal answers."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections import Counter
from datetime import date, datetime
from html.parser import HTMLParser

import pytest

from paperhouse.report.page import render
from paperhouse.report.questions import NAMES, Answer, read_question
from paperhouse.showing.hypertext import arxiv_address, web_address

HOSTILE = '</style><script>alert(1)</script>" onload="alert(2)" \x1b[2J\u202egnp.exe =HYPERLINK("http://x")'
MONTHS = [date(2025, month, 1) for month in range(1, 7)]


def answer(name: str, rows: list[dict]) -> Answer:
    meaning, sql = read_question(name)
    return Answer(name, meaning, sql, rows)


def make_answers(text: str) -> dict[str, Answer]:
    """Answers with one row each, whatever text a dump holds in every place that shows one."""
    series = [
        {"month": month, "with_keyword": number, "papers": 20, "share": number / 20, "low": 0.0, "high": 0.5}
        for number, month in enumerate(MONTHS)
    ]
    series[2] |= {"with_keyword": 0, "papers": 0, "share": None, "low": None, "high": None}
    rows: dict[str, list[dict]] = {
        "overview": [
            {
                **dict.fromkeys(("papers", "papers_with_arxiv_id", "papers_with_code", "keywords", "dumps"), 1234),
                **dict.fromkeys(("days_listed", "lines_read", "rejects"), 5),
                **dict.fromkeys(("first_published_on", "last_published_on"), date(2025, 1, 1)),
                **dict.fromkeys(("first_listed_on", "last_listed_on"), date(2025, 1, 2)),
            }
        ],
        "new_papers": [
            {
                "period_start_on": date(2025, 6, 2),
                "papers": 3,
                "first_on": date(2025, 6, 2),
                "last_on": date(2025, 6, 3),
                "is_listed": True,
                "previous_start_on": date(2025, 5, 26),
                "previous_papers": 4,
            }
        ],
        "new_keywords": [
            {
                "keyword_id": "k3",
                "keyword": text,
                "date_basis": "published",
                "period_start_on": MONTHS[-1],
                "is_past": True,
                "since_on": MONTHS[3],
                "papers": 7,
                "because": text,
            }
        ],
        "index_keywords": [{"keyword_id": "k1", "keyword": text, "paper_count": 9, "abbreviation": None}],
        "index_papers": [{"title": text, "published_in": 2025, "id": "2501.00001", "keyword_ids": ["k1"]}],
        "changes": [{"table_name": "papers", "change": "added", "cause": "data", "changed_rows": 3}],
        "keyword_verdicts": [
            {"date_basis": "published", "period_start_on": MONTHS[-1], "verdict": "rising", "keywords": 1}
        ],
        "keyword_movers": [
            {
                "date_basis": "published",
                "keyword_id": "k1",
                "keyword": text,
                "verdict": "rising",
                "period_start_on": MONTHS[-1],
                "is_past": False,
                "since_on": MONTHS[3],
                "recent_share": 0.2,
                "previous_share": None,
                "z_score": 3.0,
                "q_value": 0.01,
                "because": text,
                "story": [text, "optics"],
                "series": series,
            }
        ],
        "keyword_pairs": [
            {
                "first_keyword": text,
                "second_keyword": "optics",
                "first_keyword_id": "k1",
                "second_keyword_id": "k2",
                "paper_count": 4,
                "expected_count": 0.5,
                "npmi": 0.6,
                "first_paper_count": 9,
                "second_paper_count": 4,
                "first_topic": text,
                "second_topic": None,
            }
        ],
        "topics": [
            {
                "topic_id": "t1",
                "topic": text,
                "keyword_count": 5,
                "paper_count": 9,
                "keywords": [text, "optics"],
                "period_start_on": MONTHS[-1],
                "verdict": "steady",
                "since_on": None,
                "recent_share": 0.2,
                "previous_share": 0.1,
                "because": text,
                "series": series,
            }
        ],
        "trending_papers": [
            {
                "paper_id": "p1",
                "title": text,
                "abstract": text,
                "arxiv_id": "2501.00001",
                "period_start_on": date(2025, 6, 2),
                "date_basis": "listed",
                "published_on": None,
                "upvotes": 7,
                "upvote_growth": 2,
                "rising_keyword_share": 0.5,
                "novel_keyword_share": None,
                "is_returning": True,
                "code_urls": ["javascript:alert(3)", "https://example.org/?a=b&c"],
                "project_url": "data:text/html,x",
                "keywords": [text],
            }
        ],
        "coverage_days": [{"listed_on": date(2025, 6, 2), "papers": 3, "dumps": 1}],
        "coverage_months": [{"month": MONTHS[-1], "days": 1, "dumps": 1, "papers": 3, "days_in_month": 30}],
        "coverage_sources": [
            {
                "layout": "feed",
                "source": text,
                "status": "loaded",
                "dumps": 1,
                "papers": 3,
                "entries": 3,
                "dumps_with_capture_date": 0,
                "dumps_with_listing_date": 1,
                "first_on": None,
                "last_on": None,
            }
        ],
        "checks": [
            {
                "stage": "gate_1",
                "table_name": "raw.dumps",
                "rule": text,
                "kind": "corpus",
                "status": "warn",
                "observed": text,
                "expected": "",
                "answer": text,
                "failing_since": datetime(2025, 1, 1),
            }
        ],
        "figures": [
            {
                "table_name": "marts.papers",
                "rule": text,
                "latest": 0.5,
                "status": "pass",
                "lowest": None,
                "highest": 0.67,
                "values": [0.4, 0.5],
            }
        ],
        "rejects": [{"reason": "no_title", "rejects": 2, "dumps": 1, "example": text}],
        "lines": [
            {
                "layout": "feed",
                "dumps": 1,
                "all_lines": 10,
                "entry_lines": 6,
                "blank_lines": 2,
                "boilerplate_lines": 1,
                "date_lines": 0,
                "rejected_lines": 1,
            }
        ],
    }
    return {name: answer(name, rows[name]) for name in NAMES}


def make_manifest(release_id: str = "20250602T000000Z-1", rows: int = 3) -> dict:
    return {
        "release_id": release_id,
        "made_at": "2025-06-02T00:00:00+00:00",
        "versions": {"parser": "2", "text": "3"},
        "inputs": [{}] * rows,
        "files": [{"path": "papers.parquet", "rows": rows}],
    }


class Page(HTMLParser):
    """Elements with their attributes, in order, and all text outside of script and style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._inside = tag

    def handle_data(self, data):
        if self._inside not in ("script", "style"):
            self.text += data

    def handle_endtag(self, tag):
        self._inside = ""

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def html() -> str:
    return render(make_answers("light fields"), make_manifest(), make_manifest("before", 2))


@pytest.fixture(scope="module")
def hostile() -> str:
    return render(make_answers(HOSTILE), make_manifest(), make_manifest(HOSTILE, 2))


def test_equal_answers_are_equal_bytes(html):
    assert render(make_answers("light fields"), make_manifest(), make_manifest("before", 2)) == html


def test_what_rose_and_moves_no_more_is_not_called_rising(html):
    assert '>rising</span> <span class="muted">published, <time>2025-06</time>, since <time>2025-04</time>' in html
    answers = make_answers("light fields")
    answers["keyword_movers"].rows[0] |= {"is_past": True, "period_start_on": MONTHS[4]}
    past = render(answers, make_manifest(), make_manifest("before", 2))
    assert '>rose</span> <span class="muted">published, <time>2025-04</time> to <time>2025-05</time>' in past


def test_landmarks_and_names(html):
    page = Page(html)
    assert page.all("html")[0]["lang"] == "en"
    for tag in ("header", "nav", "main", "footer", "h1", "title", "search"):
        assert len(page.all(tag)) == 1, tag
    ids = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
    assert [name for name, count in ids.items() if count > 1] == []
    named = {attributes["for"] for attributes in page.all("label")}
    fields = page.all("input") + page.all("select")
    assert len(fields) == 2
    assert {field["id"] for field in fields} <= named
    for _, attributes in page.elements:
        for reference in ("aria-labelledby", "aria-describedby", "for"):
            assert attributes.get(reference, "title") in {*ids, "title"}
        if attributes.get("role") in ("img", "region"):
            assert attributes["aria-label"]
    assert all(attributes["aria-hidden"] == "true" for attributes in page.all("svg"))


def test_every_number_leads_to_its_query(html):
    page = Page(html)
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    inner = {link["href"][1:] for link in page.all("a") if link["href"].startswith("#")}
    assert inner <= ids
    assert {f"sql-{name}" for name in NAMES} <= ids
    # What the search finds stands under the SQL of its two questions; every other question has numbers that lead there.
    assert {f"sql-{name}" for name in NAMES if not name.startswith("index_")} <= inner
    for name in NAMES:
        assert read_question(name)[0]


def test_the_first_screen_says_what_is_new_what_rises_and_what_to_read(html):
    start = html.index('<section id="first"')
    first = " ".join(Page(html[start : html.index("</section>", start)]).text.split())
    for words in ("What is new 3 papers not seen before", "light fields 7 papers", "What rises light fields20.0 %"):
        assert words in first
    assert "What to read light fields7 votes" in first


def test_every_section_folds_and_sql_is_behind_a_button(html):
    for name in ("keywords", "map", "topics", "papers", "coverage", "quality", "changes"):
        assert re.search(rf'<section id="{name}"[^>]*>\n<details class="fold"( open)?><summary><h2', html), name
    for name in NAMES:
        assert f'<details class="sql" id="sql-{name}"><summary>SQL: ' in html


def test_what_is_searched_is_in_the_page(html, hostile):
    for page, text in ((html, "light fields"), (hostile, "<script>alert(1)</script>")):
        index = re.search(r'<template id="index">([A-Za-z0-9+/=]+)</template>', page).group(1)
        keywords, papers = zlib.decompress(base64.b64decode(index)).decode().split("\n\n")
        assert text in keywords
        assert text in papers
        assert "\x1b" not in keywords + papers


def test_nothing_is_loaded_and_only_the_own_script_runs(html):
    page = Page(html)
    policy = page.all("meta")[1]["content"]
    assert "default-src 'none'" in policy
    for tag in ("script", "style"):
        body = re.search(f"<{tag}>(.*?)</{tag}>", html, re.S).group(1)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not [attributes for _, attributes in page.elements if "src" in attributes or "style" in attributes]
    assert {link["href"] for link in page.all("link")} == {"data:,"}
    assert "url(" not in html
    assert "@import" not in html


def test_hostile_text_stays_text(html, hostile):
    tame, page = Page(html), Page(hostile)
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in tame.elements]
    assert len(page.all("script")) == 1
    assert not [a for _, attributes in page.elements for a in attributes if a.startswith("on")]
    assert "<script>alert(1)</script>" in page.text
    assert "\x1b" not in hostile
    assert "\u202e" not in hostile
    schemes = {link["href"].split(":")[0] for link in page.all("a") if not link["href"].startswith("#")}
    assert schemes == {"https"}


def test_a_release_of_nothing_has_a_page():
    answers = {name: answer(name, []) for name in NAMES if name != "overview"}
    facts = make_answers("")["overview"].rows[0]
    answers["overview"] = answer("overview", [dict.fromkeys(facts) | {"dumps": 0, "papers": 0}])
    page = Page(render(answers, make_manifest(), None))
    assert "No keyword has a monthly series" in page.text
    assert "Nothing was rejected" in page.text
    assert "first release" in page.text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("javascript:alert(1)", ""),
        ("JaVaScRiPt:alert(1)", ""),
        ("//example.org", ""),
        ("https://[broken", ""),
        ("data:text/html,x", ""),
        (None, ""),
    ],
)
def test_only_web_addresses_become_links(url, shown):
    assert web_address(url) == shown


@pytest.mark.parametrize(("arxiv_id", "is_known"), [("2501.00001", True), ("cs/0101001", True), ('1"><b>', False)])
def test_only_arxiv_ids_become_addresses(arxiv_id, is_known):
    assert bool(arxiv_address(arxiv_id)) is is_known
