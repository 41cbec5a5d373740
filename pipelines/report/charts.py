"""The report's pictures: data in, SVG out.

What belongs here: one function per kind of picture but the map (`keyword_map`). Altair says what is drawn, vl-convert
compiles that to Vega once and draws it for each keyword, year or layout. All is drawn when the release is made, so the
reader needs no script, no font and no network; colours are CSS variables of the page, so that dark mode is the page's
business. Texts are data to Vega, which escapes them. Every size is fixed, because measuring text would make bytes
depend on the fonts of a machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

# Altair takes 0.4 s to import, vl-convert 1 s to draw its first picture: they are imported where something is drawn.
if TYPE_CHECKING:
    import altair as alt

_SCHEMA = "https://vega.github.io/schema/vega/v5.json"
#: The name under which charts find their data.
_DATA = "given"
#: Width and height of a day in the calendar, with the gap to the next.
_CELL = 14
#: Papers of a period below which it is drawn pale and does not set the axis: as many as a verdict asks of a side.
SUPPORT = 20
_VERDICT_COLOURS = {"rising": "var(--up)", "new": "var(--up)", "spike": "var(--up)", "falling": "var(--down)"}


def load() -> None:
    """Load what draws, and draw something: seconds that are taken by the first picture."""
    draw_series([], "steady")


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


def axis_top(series: Sequence[Mapping[str, Any]]) -> float:
    """Where the axis of a series ends: the highest bound of an interval of its periods of SUPPORT papers or more.

    Where there are none, of all its periods; 1 where nothing is known or nobody uses the keyword.
    """
    known = [point for point in series if point["high"] is not None]
    supported = [point for point in known if point["papers"] >= SUPPORT]
    return max((point["high"] for point in supported or known), default=1.0) or 1.0


def draw_series(series: Sequence[Mapping[str, Any]], verdict: str, size: tuple[int, int] = (260, 56)) -> Markup:
    """A keyword's share by month with its 95 % interval; months without papers leave a gap.

    Months of fewer than SUPPORT papers are pale, and cut off where the axis ends.

    series: one mapping per month with papers, share, low and high (0 to 1, or None). size: width and height.
    """
    top = axis_top(series)
    has_pale = any(point["papers"] < SUPPORT for point in series)
    values: list[dict[str, Any]] = []
    for number, point in enumerate(series):
        is_pale = point["papers"] < SUPPORT
        drawn = {name: None if point[name] is None else min(point[name], top) for name in ("share", "low", "high")}
        values.append(
            {
                "month": number,
                "pale_share": drawn["share"] if is_pale else None,
                # What is pale lies under what is not, and leads from it and to it; where nothing is pale it is empty.
                **{f"under_{name}": value if has_pale else None for name, value in drawn.items()},
                **{f"solid_{name}": None if is_pale else value for name, value in drawn.items()},
            }
        )
    colour = _VERDICT_COLOURS.get(verdict, "var(--line)")
    return draw(_fill(_series_chart(*size), values, colour=colour, top=top, last_month=max(1, len(values) - 1)))


@cache
def _series_chart(width: int, height: int) -> dict[str, Any]:
    import altair as alt

    colour, top, last_month = alt.param("colour"), alt.param("top"), alt.param("last_month")
    x = alt.X("month:Q", scale=alt.Scale(domain=[0, last_month], range=[4, width - 4]))
    y = alt.Scale(domain=[0, top], range=[height - 3, 3])
    months = alt.Chart(alt.NamedData(_DATA)).encode(x=x)
    layers = [alt.Chart(alt.InlineData([{}])).mark_rule(color="var(--grid)").encode(y=alt.value(height - 3))]
    for name, opacity in (("under", 0.07), ("solid", 0.14)):
        low, high = alt.Y(f"{name}_low:Q", scale=y), f"{name}_high:Q"
        layers.append(months.mark_area(color=colour, opacity=opacity).encode(y=low, y2=high))
    layers += [
        months.mark_line(color=colour, opacity=0.35).encode(y=alt.Y("under_share:Q", scale=y)),
        months.mark_point(color=colour, size=10, opacity=0.5).encode(y=alt.Y("pale_share:Q", scale=y)),
        months.mark_line(color=colour, point={"color": colour, "size": 10}).encode(y=alt.Y("solid_share:Q", scale=y)),
    ]
    return _compile(alt.layer(*layers, width=width, height=height).add_params(colour, top, last_month))


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
