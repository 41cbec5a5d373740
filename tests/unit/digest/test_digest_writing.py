"""A digest in each of its forms: repeatable, complete, and harmless whatever the titles are."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree

import duckdb
import pytest
from typer.testing import CliRunner

from paperhouse.commands.app import app
from paperhouse.digest.items import Period, find_period, read_digest
from paperhouse.digest.writing import note_of, to_feed, to_html, to_markdown, to_text

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def digest(house):
    with house.read() as connection:
        return read_digest(connection, Period.day, date(2025, 6, 3))


class Elements(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def test_a_paper_is_told_once(digest):
    assert [len(items) for items in digest.items.values()] == [4, 1, 0, 0]


def test_hostile_titles_are_text_in_html(digest):
    html = to_html(digest, "footer", "mailto:a@example.org")
    page = Elements(html)
    assert {"script", "img", "style"} & set(page.tags) == set()
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    links = [value for name, value in page.attributes if name == "href"]
    assert {link.split(":")[0] for link in links} == {"https", "mailto"}
    assert '<script>alert("x")</script>' in page.text
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert 'style="' in html


def test_hostile_titles_are_text_in_the_feed(digest):
    feed = to_feed([digest], Period.day)
    root = ElementTree.fromstring(feed)
    [entry] = root.findall(f"{ATOM}entry")
    for element in (root, entry):
        assert element.find(f"{ATOM}id").text.startswith("urn:paperhouse:digest:day")
        assert element.find(f"{ATOM}title").text
        assert element.find(f"{ATOM}updated").text == "2025-06-04T00:00:00Z"
    assert root.find(f"{ATOM}author/{ATOM}name").text
    content = entry.find(f"{ATOM}content")
    assert content.get("type") == "html"
    assert {"script", "img"} & set(Elements(content.text).tags) == set()


def test_hostile_titles_are_one_line_of_text(digest):
    text = to_text(digest)
    assert not [line for line in text.splitlines() if line.startswith(("Bcc:", "Subject:", "="))]
    assert "\x1b" not in text


def test_hostile_titles_are_text_in_markdown(digest):
    markdown = to_markdown(digest)
    assert "<script" not in markdown.replace("\\<script", "")
    assert "](javascript" not in markdown
    assert "\\*bold\\*" in markdown
    assert "<https://arxiv.org/abs/2506.00000>" in markdown


def test_equal_digests_are_equal_bytes(house, digest):
    with house.read() as connection:
        again = read_digest(connection, Period.day, date(2025, 6, 3))
    for write in (to_text, to_markdown, to_html):
        assert write(digest) == write(again)
    assert to_feed([digest], Period.day) == to_feed([again], Period.day)


@pytest.mark.parametrize(
    ("keywords", "told"),
    [
        (["OPTICAL FLOWS"], {"new": 1, "rising": 1}),
        (["of"], {"new": 1, "rising": 1}),
        (["hyperlink"], {"new": 1}),
        (["hyper"], {}),
        (["onerror=alert"], {"new": 1}),
        (["lidar"], {}),
        (["nothing like it", "optical flow"], {"new": 1, "rising": 1}),
    ],
)
def test_keywords_narrow_a_digest(house, keywords, told):
    with house.read() as connection:
        items = read_digest(connection, Period.day, date(2025, 6, 3), keywords).items
    assert {kind: len(rows) for kind, rows in items.items() if rows} == told


def test_a_reader_of_a_keyword_gets_every_new_paper_on_it(house):
    with duckdb.connect(str(house.published_database)) as connection:
        connection.execute(
            """
            insert into marts.papers select 'n' || n, 'Paper ' || n, null, '2507.' || (10000 + n), null, null, null
            from range(40) as numbers (n);
            insert into marts.keyword_mentions select 'n' || n, 'k2' from range(40) as numbers (n);
            insert into marts.digest_items by name
            select 'm' || n as item_id, 'day' as period_kind, date '2025-07-01' as period_start_on, 'new' as kind,
                n::integer as item_rank, 'n' || n as paper_id, 'Paper ' || n as headline, 'Listed.' as why,
                '0 votes.' as sentence
            from range(40) as numbers (n);
            insert into marts.digest_items by name
            select 't0' as item_id, 'day' as period_kind, date '2025-07-01' as period_start_on, 'trending' as kind,
                1 as item_rank, 'n7' as paper_id, 'Paper 7' as headline, 'Most votes.' as why, '9 votes.' as sentence;
            """
        )
        told = read_digest(connection, Period.day, date(2025, 7, 1), ["LiDAR"])
        everybody = read_digest(connection, Period.day, date(2025, 7, 1))
    assert [item["headline"] for item in told.items["new"]] == [f"Paper {number}" for number in range(40)]
    assert told.items["new"][7]["why"] == "Most votes."
    assert told.items["trending"] == []
    text = to_text(told)
    assert "New papers on LiDAR" in text
    assert text.count("https://arxiv.org/abs/") == 40
    assert [len(everybody.items[kind]) for kind in ("trending", "new")] == [1, 39]
    assert "and 24 more" in to_text(everybody)


def test_each_item_has_title_why_link_and_its_numbers_in_small(digest):
    html = to_html(digest)
    style = r'( style="[^"]*")?'
    read = rf'<a href="https://doi.org/10.1000/lens%281%29"{style}>One of before</a>'
    said = rf"<br{style}>More use it.<br{style}>Read: {read}<br{style}><small{style}>9 of 10 papers.</small>"
    assert re.search(rf"<strong{style}>optical flow</strong>{said}", html)
    assert re.search(rf'<strong{style}><a href="https://arxiv.org/abs/2506.00000"{style}>&lt;script&gt;', html)
    lines = ["optical flow", "More use it.", "Read: One of before", "https://doi.org/10.1000/lens%281%29"]
    assert "* " + "\n  ".join([*lines, "(9 of 10 papers.)"]) in to_text(digest)
    markdown = to_markdown(digest)
    assert "- **optical flow**  \n  More use it\\.  \n  Read: [One of before](<" + lines[3] + ">)  \n" in markdown
    assert "<sub>9 of 10 papers\\.</sub>" in markdown


@pytest.mark.parametrize(
    ("days", "note"),
    [
        (["2025-06-02"], "Only one day of this week has papers here: Monday, 2025-06-02."),
        (["2025-06-02", "2025-06-05"], "Only 2 days of this week have papers here: Monday, Thursday."),
        ([f"2025-06-0{day}" for day in range(2, 7)], ""),
        ([], "No day of this week has papers."),
    ],
)
def test_a_week_of_few_days_says_so(house, days, note):
    with duckdb.connect(str(house.published_database)) as connection:
        connection.execute("delete from marts.appearances")
        for day in days:
            connection.execute("insert into marts.appearances values ('p9', ?, null), ('p0', ?, null)", [day, day])
        told = read_digest(connection, Period.week, date(2025, 6, 2))
    assert note_of(told) == note
    for write in (to_text, to_html, to_markdown, lambda digest: to_feed([digest], Period.week)):
        assert note in write(told)


def test_a_week_waits_for_its_friday_or_a_later_day(house):
    with duckdb.connect(str(house.published_database)) as connection:
        connection.execute(
            "insert into marts.digest_items by name select 'w' || week as item_id, 'week' as period_kind, "
            "week as period_start_on, 'new' as kind, 1 as item_rank, 'p9' as paper_id, 'One' as headline, '' as why, "
            "'' as sentence from (values (date '2025-05-26'), (date '2025-06-02')) as weeks (week)"
        )

        def find():
            return find_period(connection, Period.week, None, date(2026, 1, 1))

        assert find() == date(2025, 5, 26)
        connection.execute("insert into marts.appearances values ('p9', '2025-06-06', null)")
        assert find() == date(2025, 6, 2)


def test_the_latest_period_that_is_over(house):
    with house.read() as connection:
        assert find_period(connection, Period.day, None, date(2026, 1, 1)) == date(2025, 6, 3)
        assert find_period(connection, Period.day, None, date(2025, 6, 3)) == date(2025, 6, 2)
        assert find_period(connection, Period.week, None, date(2026, 1, 1)) is None
        assert find_period(connection, Period.week, date(2025, 6, 5), date(2025, 1, 1)) == date(2025, 6, 2)


def test_the_command_shows_and_writes_every_form(house):
    result = CliRunner().invoke(app, ["digest", "--warehouse", str(house.folder)])
    assert result.exit_code == 0, result.output
    assert "Papers of the day, 2025-06-03: 4 trending, 1 rising" in result.output
    assert "\x1b" not in result.output
    folder = house.digests / "day-2025-06-03"
    assert {path.name for path in folder.iterdir()} == {"digest.md", "digest.html", "digest.txt", "feed.xml"}
    assert len(ElementTree.parse(folder / "feed.xml").findall(f"{ATOM}entry")) == 2


def test_no_news_is_said(house):
    result = CliRunner().invoke(app, ["digest", "--period", "week", "--warehouse", str(house.folder)])
    assert result.exit_code == 1
    assert "No week with news is over yet" in result.output


def test_items_as_csv_hold_no_formula(house):
    query = "select headline from marts.digest_items where kind = 'trending' order by item_rank"
    result = CliRunner().invoke(app, ["sql", query, "--format", "csv", "--warehouse", str(house.folder)])
    rows = list(csv.reader(io.StringIO(result.output)))
    assert rows[2] == ['\'=HYPERLINK("http://evil.example","click")']


def test_keywords_that_rise_in_the_same_papers_are_one_item(house):
    with duckdb.connect(str(house.published_database)) as connection:
        connection.execute(
            """
            insert into marts.digest_items by name
            select 'i' || keyword_id as item_id, 'day' as period_kind, date '2025-06-30' as period_start_on,
                'rising' as kind, keyword_id[2:]::integer as item_rank, keyword_id, headline, 'More.' as sentence,
                'listed' as date_basis, date '2025-06-30' as seen_on, 'month' as trend_grain
            from (values ('k1', 'optical flow'), ('k2', 'lidar'), ('k3', 'radar')) as risen (keyword_id, headline);
            insert into marts.keyword_stories values
                ('month', 'listed', '2025-06-01', 'up', 'k1', 'k1'),
                ('month', 'listed', '2025-06-01', 'up', 'k2', 'k1'),
                ('month', 'listed', '2025-06-01', 'up', 'k3', 'k3'),
                ('day', 'listed', '2025-06-30', 'up', 'k3', 'k1');
            """
        )
        for keywords, headlines in (([], ["optical flow, lidar", "radar"]), (["lidar"], ["lidar"])):
            told = read_digest(connection, Period.day, date(2025, 6, 30), keywords)
            assert [item["headline"] for item in told.items["rising"]] == headlines
