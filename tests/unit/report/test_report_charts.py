"""The report's pictures: what of the data is drawn, and that a chart compiled once keeps nothing of what it drew."""

from __future__ import annotations

import re
from datetime import date

from paperhouse.report import charts

UNKNOWN = {"papers": 0, "share": None, "low": None, "high": None}


def month(share: float, papers: int = 300) -> dict[str, float | None]:
    return {"papers": papers, "share": share, "low": share / 2, "high": share * 2}


def paths(svg: str, role: str) -> list[str]:
    """The shapes of one kind of mark, in order."""
    group = re.search(rf'<g class="mark-{role} .*?</g>', svg)
    return re.findall(r"<(?:path|line|text).*?>", group.group()) if group else []


def lines(svg: str) -> list[str]:
    """Shapes of all lines: the pale one where there is one, then that of the months of enough papers."""
    return re.findall(r'<path d="M[^>]* stroke-width="2"[^>]*>', svg)


def test_a_month_without_papers_leaves_a_gap():
    svg = charts.draw_series([month(0.1), month(0.2), UNKNOWN, month(0.2), month(0.1)], "steady")
    assert lines(svg)[-1].count("M") == 2
    assert svg.count("A1.581") == 4 * 2


def test_a_keyword_nobody_uses_lies_on_the_ground():
    assert 'd="M4,53L256,53"' in lines(charts.draw_series([month(0.0), month(0.0)], "steady"))[-1]


def test_months_of_few_papers_are_pale_and_do_not_set_the_axis():
    few = month(0.5, papers=8)
    series = [few, month(0.1), month(0.2)]
    assert charts.axis_top(series) == 0.4
    pale, solid = lines(charts.draw_series(series, "steady"))
    # The first month ends where the picture does, 3 under its upper edge; the others are as if it were not there.
    assert re.search(r'd="M4,3L130,40\.5L256,28" .*opacity="0\.35"', pale)
    assert 'd="M130,40.5L256,28"' in solid
    assert len(lines(charts.draw_series(series[1:], "steady"))) == 1
    assert charts.axis_top([few]) == 1.0
    assert charts.axis_top([UNKNOWN]) == 1.0


def test_verdicts_have_colours_of_the_page():
    series = [month(0.1), month(0.2)]
    for verdict, colour in (("rising", "up"), ("new", "up"), ("falling", "down"), ("steady", "line")):
        assert f'stroke="var(--{colour})"' in lines(charts.draw_series(series, verdict))[-1]


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
