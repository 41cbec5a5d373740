"""The report's pictures: data in, SVG out.

What belongs here: one function per kind of picture. Altair says what is drawn, vl-convert compiles that to Vega once
and draws it for each keyword, year or layout; the force-directed map, which Altair cannot say, is written in Vega. All
is drawn when the release is made, so the reader needs no script, no font and no network; colours are CSS variables of
the page, so that dark mode is the page's business. Texts are data to Vega, which escapes them. Every size is fixed,
because measuring text would make bytes depend on the fonts of a machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

# Altair takes 1.6 s to import (a build has it from Great Expectations by then), vl-convert 0.8 s to draw its first
# picture: both are imported only where something is drawn.
if TYPE_CHECKING:
    import altair as alt

_SCHEMA = "https://vega.github.io/schema/vega/v5.json"
#: The name under which charts find their data.
_DATA = "given"
#: Width of a letter in the map, as a share of the font's size: what is needed to keep labels apart.
_LETTER_WIDTH = 0.58
#: Characters of a label in the map; the table below it has them all.
_LABEL = 36
_LABEL_SIZE = 14
#: Width and height of a day in the calendar, with the gap to the next.
_CELL = 14
_MAP_WIDTH, _MAP_HEIGHT = 1280, 860
_VERDICT_COLOURS = {"rising": "var(--up)", "new": "var(--up)", "spike": "var(--up)", "falling": "var(--down)"}


def draw(spec: dict[str, Any]) -> Markup:
    """SVG of a Vega specification, hidden from assistive technology: its figure says in words what it shows."""
    import vl_convert

    svg = vl_convert.vega_to_svg({"$schema": _SCHEMA, **spec, "autosize": "none", "padding": 0}, allowed_base_urls=[])
    start = svg.index("<svg ") + len("<svg ")
    return Markup('<svg aria-hidden="true" focusable="false" ' + svg[start:])


def _compile(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> dict[str, Any]:
    """Vega of a chart that is all picture: no axes, frame or background."""
    import vl_convert

    plain = chart.properties(background="transparent").configure(aria=False)
    plain = plain.configure_axis(disable=True).configure_view(stroke=None)
    return vl_convert.vegalite_to_vega(plain.to_dict())


def _fill(chart: dict[str, Any], values: Sequence[dict[str, Any]], **parameters: Any) -> dict[str, Any]:
    """A compiled chart with its data, and values for its parameters."""
    data = [{**source, "values": values} if source["name"] == _DATA else source for source in chart["data"]]
    given = [{"name": name, "value": value} for name, value in parameters.items()]
    others = [signal for signal in chart.get("signals", ()) if signal["name"] not in parameters]
    return {**chart, "data": data, "signals": given + others}


def draw_series(series: Sequence[dict[str, Any]], verdict: str) -> Markup:
    """A keyword's share by month with its 95 % interval; months without papers leave a gap.

    series: one mapping per month with share, low and high (0 to 1, or None).
    """
    names = ("share", "low", "high")
    values = [{"month": number, **{name: point[name] for name in names}} for number, point in enumerate(series)]
    top = max((point["high"] for point in series if point["high"] is not None), default=1.0)
    colour = _VERDICT_COLOURS.get(verdict, "var(--line)")
    return draw(_fill(_series_chart(), values, colour=colour, top=top or 1.0, last_month=max(1, len(values) - 1)))


@cache
def _series_chart() -> dict[str, Any]:
    import altair as alt

    width, height = 260, 56
    colour, top, last_month = alt.param("colour"), alt.param("top"), alt.param("last_month")
    x = alt.X("month:Q", scale=alt.Scale(domain=[0, last_month], range=[4, width - 4]))
    y = alt.Scale(domain=[0, top], range=[height - 3, 3])
    months = alt.Chart(alt.NamedData(_DATA)).encode(x=x)
    return _compile(
        alt.layer(
            alt.Chart(alt.InlineData([{}])).mark_rule(color="var(--grid)").encode(y=alt.value(height - 3)),
            months.mark_area(color=colour, opacity=0.18).encode(y=alt.Y("low:Q", scale=y), y2="high:Q"),
            months.mark_line(color=colour, point={"color": colour, "size": 10}).encode(y=alt.Y("share:Q", scale=y)),
            width=width,
            height=height,
        ).add_params(colour, top, last_month)
    )


def draw_calendar(days: Sequence[tuple[date, int]], year: int) -> Markup:
    """A year as a strip of weeks (columns) and weekdays (rows, Monday on top), darker with more papers.

    days: days of that year and their papers.
    """
    first = date(year, 1, 1)
    papers = dict(days)
    most = max(papers.values(), default=1)
    values = []
    for offset in range((date(year + 1, 1, 1) - first).days):
        day = first + timedelta(days=offset)
        count = papers.get(day, 0)
        level = 0 if not count else 1 + min(3, 4 * count // (most + 1))
        values.append(
            {
                "x": 10 + (offset + first.weekday()) // 7 * _CELL,
                "y": 24 + day.weekday() * _CELL,
                "colour": f"var(--level-{level})",
                "month": f"{day:%b}" if day.day == 1 else None,
            }
        )
    return draw(_fill(_calendar_chart(), values))


@cache
def _calendar_chart() -> dict[str, Any]:
    import altair as alt

    days = alt.Chart(alt.NamedData(_DATA), width=4 + 54 * _CELL, height=18 + 7 * _CELL)
    days = days.encode(alt.X("x:Q", scale=None), alt.Color("colour:N", scale=None))
    cells = days.mark_rect(width=_CELL - 2, height=_CELL - 2).encode(alt.Y("y:Q", scale=None))
    months = days.mark_text(align="left", baseline="alphabetic", dx=-6, fontSize=11)
    months = months.encode(text="month:N", y=alt.value(11), color=alt.value("var(--muted)"))
    return _compile(cells + months.transform_filter("datum.month"))


def draw_parts(parts: Sequence[tuple[int, str]]) -> Markup:
    """Counts as parts of one bar. parts: a count and its CSS colour each, in order."""
    values = [
        {"place": place, "count": count, "colour": colour} for place, (count, colour) in enumerate(parts) if count
    ]
    return draw(_fill(_parts_chart(), values))


@cache
def _parts_chart() -> dict[str, Any]:
    import altair as alt

    height = 12
    bar = alt.Chart(alt.NamedData(_DATA), width=260, height=height).mark_bar(size=height)
    return _compile(
        bar.encode(alt.X("count:Q", stack="normalize"), alt.Color("colour:N", scale=None), alt.Order("place:O"))
    )


def draw_map(pairs: Sequence[dict[str, Any]], verdicts: dict[str, str]) -> Markup:
    """Keywords as dots, pairs as lines: d3's force layout, run to its end with its own fixed start.

    pairs: mappings with first_keyword_id, second_keyword_id, first_keyword, second_keyword, paper counts and npmi.
    verdicts: latest verdict by keyword_id, for the colour.
    """
    keywords = _list_keywords(pairs)
    index = {keyword_id: number for number, keyword_id in enumerate(keywords)}
    nodes = [
        {**_describe_dot(text, papers), "fill": _VERDICT_COLOURS.get(verdicts.get(keyword_id, ""), "var(--dot)")}
        for keyword_id, (text, papers) in keywords.items()
    ]
    links = [
        {
            "source": index[pair["first_keyword_id"]],
            "target": index[pair["second_keyword_id"]],
            "npmi": pair["npmi"],
        }
        for pair in pairs
    ]
    return draw(
        {
            "width": _MAP_WIDTH,
            "height": _MAP_HEIGHT,
            "data": [
                {"name": "pairs", "values": links},
                {"name": "keywords", "values": nodes, "transform": [_lay_out()]},
            ],
            "scales": [
                {
                    "name": "size",
                    "type": "linear",
                    "domain": {"data": "keywords", "field": "papers"},
                    "zero": True,
                    "range": [20, 500],
                },
                # Whatever room the layout took is fitted into the picture, with space for half a label at the sides.
                _fitting_scale("x", 140, _MAP_WIDTH - 140),
                _fitting_scale("y", 30, _MAP_HEIGHT - 16),
            ],
            "marks": [_draw_dots(), _draw_lines(), _draw_labels()],
        }
    )


def _list_keywords(pairs: Sequence[dict[str, Any]]) -> dict[str, tuple[str, int]]:
    """Keyword and number of papers by keyword_id, in the order of the ids."""
    keywords = {}
    for pair in pairs:
        for side in ("first", "second"):
            keywords[pair[f"{side}_keyword_id"]] = (pair[f"{side}_keyword"], pair[f"{side}_paper_count"])
    return dict(sorted(keywords.items()))


def _describe_dot(keyword: str, papers: int) -> dict[str, Any]:
    """What the layout needs to know of a keyword: its label, and how far to keep others away from it."""
    label = keyword if len(keyword) <= _LABEL else keyword[: _LABEL - 1] + "…"
    return {
        "label": label,
        "papers": papers,
        "middle_x": _MAP_WIDTH / 2,
        "middle_y": _MAP_HEIGHT / 2,
        "reach": max(24.0, len(label) * _LABEL_SIZE * _LETTER_WIDTH / 2.2),
    }


def _lay_out() -> dict[str, Any]:
    """Pairs pull, dots push, labels keep their room, and all are drawn to the middle, harder up and down."""
    return {
        "type": "force",
        "static": True,
        "iterations": 300,
        "forces": [
            {"force": "center", "x": _MAP_WIDTH / 2, "y": _MAP_HEIGHT / 2},
            {"force": "collide", "radius": {"expr": "datum.reach"}, "iterations": 3},
            {"force": "nbody", "strength": -60},
            {"force": "x", "x": "middle_x", "strength": 0.04},
            {"force": "y", "y": "middle_y", "strength": 0.11},
            {"force": "link", "links": "pairs", "distance": 60},
        ],
    }


def _fitting_scale(axis: str, low: float, high: float) -> dict[str, Any]:
    domain = {"data": "keywords", "field": axis}
    return {"name": axis, "type": "linear", "domain": domain, "zero": False, "range": [low, high]}


def _mark(kind: str, data: str, encoding: dict[str, Any], zindex: int = 0) -> dict[str, Any]:
    return {"type": kind, "from": {"data": data}, "encode": {"enter": encoding}, "zindex": zindex}


def _draw_dots() -> dict[str, Any]:
    """A dot per keyword, as large as it has papers."""
    encoding = {
        "x": {"scale": "x", "field": "x"},
        "y": {"scale": "y", "field": "y"},
        "fill": {"field": "fill"},
        "stroke": {"value": "var(--page)"},
        "size": {"scale": "size", "field": "papers"},
    }
    return _mark("symbol", "keywords", encoding, zindex=1)


def _draw_lines() -> dict[str, Any]:
    """A line per pair, under the dots, as broad as the pair is close."""
    encoding = {
        "x": {"scale": "x", "field": "source.x"},
        "y": {"scale": "y", "field": "source.y"},
        "x2": {"scale": "x", "field": "target.x"},
        "y2": {"scale": "y", "field": "target.y"},
        "stroke": {"value": "var(--grid)"},
        "strokeWidth": {"signal": "0.5 + 2.5 * datum.npmi"},
    }
    return _mark("rule", "pairs", encoding)


def _draw_labels() -> dict[str, Any]:
    """Each keyword above its dot, over everything else."""
    encoding = {
        "text": {"field": "label"},
        "fontSize": {"value": _LABEL_SIZE},
        "align": {"value": "center"},
        "fill": {"value": "var(--text)"},
        "x": {"scale": "x", "field": "x"},
        "y": {"scale": "y", "field": "y", "offset": -12},
    }
    return _mark("text", "keywords", encoding, zindex=2)
