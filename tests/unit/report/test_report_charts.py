"""The report's pictures: what of the data is drawn, and that a chart compiled once keeps nothing of what it drew."""

from __future__ import annotations

import re
from datetime import date

from paperhouse.report import charts

UNKNOWN = {"share": None, "low": None, "high": None}


def month(share: float) -> dict[str, float | None]:
    return {"share": share, "low": share / 2, "high": share * 2}


def paths(svg: str, role: str) -> list[str]:
    """The shapes of one kind of mark, in order."""
    group = re.search(rf'<g class="mark-{role} .*?</g>', svg)
    return re.findall(r"<(?:path|line|text).*?>", group.group()) if group else []


def test_a_month_without_papers_leaves_a_gap():
    svg = charts.draw_series([month(0.1), month(0.2), UNKNOWN, month(0.2), month(0.1)], "steady")
    (line,) = paths(svg, "line")
    assert line.count("M") == 2
    assert len(paths(svg, "symbol")) == 4


def test_a_keyword_nobody_uses_lies_on_the_ground():
    (line,) = paths(charts.draw_series([month(0.0), month(0.0)], "steady"), "line")
    assert 'd="M4,53L256,53"' in line


def test_verdicts_have_colours_of_the_page():
    series = [month(0.1), month(0.2)]
    for verdict, colour in (("rising", "up"), ("new", "up"), ("falling", "down"), ("steady", "line")):
        (line,) = paths(charts.draw_series(series, verdict), "line")
        assert f'stroke="var(--{colour})"' in line


def test_a_chart_keeps_nothing_of_what_it_drew():
    short, long = [month(0.1), month(0.2)], [month(0.4)] * 9
    first = charts.draw_series(short, "rising")
    assert charts.draw_series(long, "falling") != first
    assert charts.draw_series(short, "rising") == first


def test_a_calendar_has_every_day_and_month_of_its_year():
    svg = charts.draw_calendar([(date(2024, 2, 29), 3), (date(2024, 3, 1), 1)], 2024)
    days = paths(svg, "rect")
    assert len(days) == 366
    assert [number for number, day in enumerate(days) if "level-0" not in day] == [59, 60]
    assert re.findall(">(\\w{3})</text>", svg) == "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def test_parts_stand_in_order_and_fill_the_bar():
    svg = charts.draw_parts([(1, "var(--b)"), (0, "var(--c)"), (3, "var(--a)")])
    assert [re.search('d="M(.*?)Z" fill="(.*?)"', part).groups() for part in paths(svg, "rect")] == [
        ("0,0h65v12h-65", "var(--b)"),
        ("65,0h195v12h-195", "var(--a)"),
    ]


def test_a_long_keyword_is_cut_in_the_map():
    side = {"paper_count": 4, "npmi": 0.5, "first_paper_count": 3, "second_paper_count": 2}
    pair = {"first_keyword_id": "k2", "first_keyword": "x" * 50, "second_keyword_id": "k1", "second_keyword": "optics"}
    svg = charts.draw_map([{**pair, **side}], {"k1": "rising"})
    assert re.findall(">([^<>]+)</text>", svg) == ["optics", "x" * 35 + "…"]
    assert ["--up" in dot for dot in paths(svg, "symbol")] == [True, False]
