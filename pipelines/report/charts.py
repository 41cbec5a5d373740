"""The report's pictures: Vega specifications in, SVG out.

What belongs here: one function per kind of picture. Vega (through vl-convert, which carries it) draws when the release
is made, so the reader needs no script, no font and no network; colours are CSS variables of the page, so that dark mode
is the page's business. Texts are data to Vega, which escapes them. Every size is fixed, because measuring text would
make bytes depend on the fonts of a machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

_SCHEMA = "https://vega.github.io/schema/vega/v5.json"
#: Width of a letter in the map, as a share of the font's size: what is needed to keep labels apart.
_LETTER_WIDTH = 0.58
#: Characters of a label in the map; the table below it has them all.
_LABEL = 36
_VERDICT_COLOURS = {"rising": "var(--up)", "new": "var(--up)", "falling": "var(--down)"}


def draw(spec: dict[str, Any]) -> Markup:
    """SVG of a Vega specification, hidden from assistive technology: its figure says in words what it shows."""
    import vl_convert  # starts in half a second, so only where something is drawn

    svg = vl_convert.vega_to_svg({"$schema": _SCHEMA, "autosize": "none", "padding": 0, **spec}, allowed_base_urls=[])
    start = svg.index("<svg ") + len("<svg ")
    return Markup('<svg aria-hidden="true" focusable="false" ' + svg[start:])


def draw_series(series: Sequence[dict[str, Any]], verdict: str, width: int = 260, height: int = 56) -> Markup:
    """A keyword's share by month with its 95 % interval; months without papers leave a gap.

    series: one mapping per month with share, low and high (0 to 1, or None).
    """
    colour = _VERDICT_COLOURS.get(verdict, "var(--line)")
    top = max((point["high"] for point in series if point["high"] is not None), default=1.0)
    values = [
        {"x": number, **{name: point[name] for name in ("share", "low", "high")}} for number, point in enumerate(series)
    ]
    known = {"signal": "isValid(datum.share)"}
    x = {"scale": "x", "field": "x"}
    return draw(
        {
            "width": width,
            "height": height,
            "data": [{"name": "series", "values": values}],
            "scales": [
                {"name": "x", "type": "linear", "domain": [0, max(1, len(values) - 1)], "range": [4, width - 4]},
                {"name": "y", "type": "linear", "domain": [0, top or 1.0], "range": [height - 3, 3]},
            ],
            "marks": [
                {
                    "type": "rule",
                    "encode": {
                        "enter": {
                            "x": {"value": 0},
                            "x2": {"value": width},
                            "y": {"value": height - 3},
                            "stroke": {"value": "var(--grid)"},
                        }
                    },
                },
                {
                    "type": "area",
                    "from": {"data": "series"},
                    "encode": {
                        "enter": {
                            "x": x,
                            "y": {"scale": "y", "field": "low"},
                            "y2": {"scale": "y", "field": "high"},
                            "fill": {"value": colour},
                            "fillOpacity": {"value": 0.18},
                            "defined": known,
                        }
                    },
                },
                {
                    "type": "line",
                    "from": {"data": "series"},
                    "encode": {
                        "enter": {
                            "x": x,
                            "y": {"scale": "y", "field": "share"},
                            "stroke": {"value": colour},
                            "strokeWidth": {"value": 2},
                            "defined": known,
                        }
                    },
                },
                {
                    "type": "symbol",
                    "from": {"data": "series"},
                    "encode": {
                        "enter": {
                            "x": x,
                            "y": {"scale": "y", "field": "share"},
                            "size": {"value": 10},
                            "fill": {"value": colour},
                            "opacity": {"signal": "isValid(datum.share) ? 1 : 0"},
                        }
                    },
                },
            ],
        }
    )


def draw_calendar(days: Sequence[tuple[date, int]], year: int) -> Markup:
    """A year as a strip of weeks (columns) and weekdays (rows, Monday on top), darker with more papers.

    days: days of that year and their papers.
    """
    cell, left, top = 14, 4, 18
    first = date(year, 1, 1)
    papers = dict(days)
    most = max(papers.values(), default=1)
    cells, months = [], []
    for offset in range((date(year + 1, 1, 1) - first).days):
        day = first + timedelta(days=offset)
        week = (offset + first.weekday()) // 7
        count = papers.get(day, 0)
        level = 0 if not count else 1 + min(3, 4 * count // (most + 1))
        cells.append({"x": left + week * cell, "y": top + day.weekday() * cell, "fill": f"var(--level-{level})"})
        if day.day == 1:
            months.append({"x": left + week * cell, "text": f"{day:%b}"})
    return draw(
        {
            "width": left + 54 * cell,
            "height": top + 7 * cell,
            "data": [{"name": "days", "values": cells}, {"name": "months", "values": months}],
            "marks": [
                {
                    "type": "rect",
                    "from": {"data": "days"},
                    "encode": {
                        "enter": {
                            "x": {"field": "x"},
                            "y": {"field": "y"},
                            "width": {"value": cell - 2},
                            "height": {"value": cell - 2},
                            "fill": {"field": "fill"},
                        }
                    },
                },
                {
                    "type": "text",
                    "from": {"data": "months"},
                    "encode": {
                        "enter": {
                            "x": {"field": "x"},
                            "y": {"value": 11},
                            "text": {"field": "text"},
                            "fontSize": {"value": 11},
                            "fill": {"value": "var(--muted)"},
                        }
                    },
                },
            ],
        }
    )


def draw_map(pairs: Sequence[dict[str, Any]], verdicts: dict[str, str], width: int = 1280, height: int = 860) -> Markup:
    """Keywords as dots, pairs as lines: d3's force layout, run to its end with its own fixed start.

    pairs: mappings with first_keyword_id, second_keyword_id, first_keyword, second_keyword, paper counts and npmi.
    verdicts: latest verdict by keyword_id, for the colour.
    """
    labels: dict[str, tuple[str, int]] = {}
    for pair in pairs:
        for side in ("first", "second"):
            labels[pair[f"{side}_keyword_id"]] = (pair[f"{side}_keyword"], pair[f"{side}_paper_count"])
    index = {key: number for number, key in enumerate(sorted(labels))}
    size = 14
    shown = {key: text if len(text) <= _LABEL else text[: _LABEL - 1] + "…" for key, (text, _) in labels.items()}
    nodes = [
        {
            "label": shown[key],
            "papers": labels[key][1],
            "middle_x": width / 2,
            "middle_y": height / 2,
            "reach": max(24.0, len(shown[key]) * size * _LETTER_WIDTH / 2.2),
            "fill": _VERDICT_COLOURS.get(verdicts.get(key, ""), "var(--dot)"),
        }
        for key in index
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
            "width": width,
            "height": height,
            "data": [
                {"name": "pairs", "values": links},
                {
                    "name": "keywords",
                    "values": nodes,
                    "transform": [
                        {
                            "type": "force",
                            "static": True,
                            "iterations": 300,
                            "forces": [
                                {"force": "center", "x": width / 2, "y": height / 2},
                                {"force": "collide", "radius": {"expr": "datum.reach"}, "iterations": 3},
                                {"force": "nbody", "strength": -60},
                                {"force": "x", "x": "middle_x", "strength": 0.04},
                                {"force": "y", "y": "middle_y", "strength": 0.11},
                                {"force": "link", "links": "pairs", "distance": 60},
                            ],
                        }
                    ],
                },
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
                _fitting_scale("x", 140, width - 140),
                _fitting_scale("y", 30, height - 16),
            ],
            "marks": [
                {
                    "type": "symbol",
                    "zindex": 1,
                    "from": {"data": "keywords"},
                    "encode": {
                        "enter": {
                            "x": {"scale": "x", "field": "x"},
                            "y": {"scale": "y", "field": "y"},
                            "fill": {"field": "fill"},
                            "stroke": {"value": "var(--page)"},
                            "size": {"scale": "size", "field": "papers"},
                        }
                    },
                },
                {
                    "type": "rule",
                    "from": {"data": "pairs"},
                    "encode": {
                        "enter": {
                            "x": {"scale": "x", "field": "source.x"},
                            "y": {"scale": "y", "field": "source.y"},
                            "x2": {"scale": "x", "field": "target.x"},
                            "y2": {"scale": "y", "field": "target.y"},
                            "stroke": {"value": "var(--grid)"},
                            "strokeWidth": {"signal": "0.5 + 2.5 * datum.npmi"},
                        }
                    },
                },
                {
                    "type": "text",
                    "zindex": 2,
                    "from": {"data": "keywords"},
                    "encode": {
                        "enter": {
                            "text": {"field": "label"},
                            "fontSize": {"value": size},
                            "align": {"value": "center"},
                            "fill": {"value": "var(--text)"},
                            "x": {"scale": "x", "field": "x"},
                            "y": {"scale": "y", "field": "y", "offset": -12},
                        },
                    },
                },
            ],
        }
    )


def _fitting_scale(axis: str, low: float, high: float) -> dict[str, Any]:
    domain = {"data": "keywords", "field": axis}
    return {"name": axis, "type": "linear", "domain": domain, "zero": False, "range": [low, high]}


def draw_parts(parts: Sequence[tuple[int, str]], width: int = 260, height: int = 12) -> Markup:
    """Counts as parts of one bar. parts: a count and its CSS colour each, in order."""
    total = sum(count for count, _ in parts) or 1
    values, at = [], 0.0
    for count, fill in parts:
        if count:
            values.append({"x": at, "width": width * count / total, "fill": fill})
            at += width * count / total
    return draw(
        {
            "width": width,
            "height": height,
            "data": [{"name": "parts", "values": values}],
            "marks": [
                {
                    "type": "rect",
                    "from": {"data": "parts"},
                    "encode": {
                        "enter": {
                            "x": {"field": "x"},
                            "y": {"value": 0},
                            "width": {"field": "width"},
                            "height": {"value": height},
                            "fill": {"field": "fill"},
                        }
                    },
                }
            ],
        }
    )
