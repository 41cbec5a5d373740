"""The map of keywords: pairs in, SVG out, once for a desktop's width and once for a phone's.

What belongs here: where dots lie (d3's force layout, which Altair cannot say, run to its end with its own fixed start),
where their labels fit, and drawing both. No label touches another or a dot: one that fits nowhere is left out, and the
table below the map has it. Letters are taken to be as wide as those of a wide font, since measuring them would make
bytes depend on the fonts of a machine.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from .charts import draw

#: Width of a letter, as a share of the font's size.
_LETTER_WIDTH = 0.58
#: Characters of a label; the table has all of them.
_LABEL = 32
#: Topics that have a colour of their own: more are not told apart by eye. The page has a variable for each.
_TOPIC_COLOURS = 8
#: What stands before a keyword that moves: a colour alone would not say it to everybody.
_SIGNS = {"rising": "\u25b2 ", "new": "\u25b2 ", "spike": "\u25b2 ", "falling": "\u25bc "}
_PLACES = re.compile(r'transform="translate\((-?[\d.]+),(-?[\d.]+)\)"')


@dataclass(frozen=True)
class Format:
    """A size of the map: its width and height, that of its letters, and how many keywords it has room for."""

    width: int
    height: int
    letters: int
    keywords: int


WIDE = Format(1200, 680, 13, 60)
NARROW = Format(350, 520, 12, 22)


@dataclass(frozen=True)
class KeywordMap:
    """Both pictures, and the topics that have colours with the number of each, the largest first."""

    wide: Markup
    narrow: Markup
    topics: list[tuple[int, str]]


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def draw_maps(pairs: Sequence[Mapping[str, Any]], verdicts: Mapping[str, str]) -> KeywordMap:
    """The map of pairs of keywords.

    pairs: mappings with keyword_id, keyword, paper_count and topic of both sides (first_ and second_), and npmi.
    verdicts: latest verdict by keyword_id.
    """
    keywords = _list_keywords(pairs)
    topics = Counter(keyword["topic"] for keyword in keywords.values() if keyword["topic"])
    chosen = sorted(topics, key=lambda topic: (-topics[topic], topic))[:_TOPIC_COLOURS]
    colours = {topic: f"var(--topic-{number})" for number, topic in enumerate(chosen, start=1)}
    wide, narrow = (_draw(keywords, pairs, verdicts, colours, size) for size in (WIDE, NARROW))
    return KeywordMap(wide, narrow, list(enumerate(chosen, start=1)))


def _list_keywords(pairs: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Keyword, papers and topic by keyword_id, those of most papers first."""
    keywords = {
        pair[f"{side}_keyword_id"]: {
            "keyword": pair[f"{side}_keyword"],
            "papers": pair[f"{side}_paper_count"],
            "topic": pair[f"{side}_topic"],
        }
        for pair in pairs
        for side in ("first", "second")
    }
    return dict(sorted(keywords.items(), key=lambda item: (-item[1]["papers"], item[0])))


def _draw(
    keywords: Mapping[str, Mapping[str, Any]],
    pairs: Sequence[Mapping[str, Any]],
    verdicts: Mapping[str, str],
    colours: Mapping[str, str],
    size: Format,
) -> Markup:
    """One picture: the keywords of most papers that it has room for, those without a pair among them left out."""
    ends = [(pair["first_keyword_id"], pair["second_keyword_id"], pair["npmi"]) for pair in pairs]
    common = set(list(keywords)[: size.keywords])
    # Where the commonest have no pair with each other, the closest pairs.
    ends = [end for end in ends if common.issuperset(end[:2])] or ends[: size.keywords // 2]
    ids = [keyword_id for keyword_id in keywords if any(keyword_id in end[:2] for end in ends)]
    dots = _describe_dots({keyword_id: keywords[keyword_id] for keyword_id in ids}, verdicts, colours, size)
    links = [{"source": ids.index(first), "target": ids.index(second), "npmi": npmi} for first, second, npmi in ends]
    places = _lay_out(dots, links, size)
    lines = []
    for link in links:
        (x1, y1), (x2, y2) = places[link["source"]], places[link["target"]]
        lines.append({"x1": x1, "y1": y1, "x2": x2, "y2": y2, "npmi": link["npmi"]})
    placed = [{**dot, "x": x, "y": y} for dot, (x, y) in zip(dots, places, strict=True)]
    sources = {"pairs": lines, "keywords": placed, "labels": _place_labels(placed, size)}
    return draw(
        {
            "width": size.width,
            "height": size.height,
            "data": [{"name": name, "values": values} for name, values in sources.items()],
            "marks": [_draw_lines(), _draw_dots(), _draw_labels(size)],
        }
    )


def _describe_dots(
    keywords: Mapping[str, Mapping[str, Any]], verdicts: Mapping[str, str], colours: Mapping[str, str], size: Format
) -> list[dict[str, Any]]:
    """Label, size, colour and how far to keep others away, of each keyword."""
    most = max(keyword["papers"] for keyword in keywords.values())
    dots = []
    for keyword_id, keyword in keywords.items():
        label = keyword["keyword"]
        label = label if len(label) <= _LABEL else label[: _LABEL - 1] + "\u2026"
        label = _SIGNS.get(verdicts.get(keyword_id, ""), "") + label
        dots.append(
            {
                "label": label,
                "size": 20 + size.width * 0.35 * keyword["papers"] / most,
                "fill": colours.get(keyword["topic"], "var(--dot)"),
                "reach": max(14.0, len(label) * size.letters * _LETTER_WIDTH / 2.4),
            }
        )
    return dots


def _lay_out(
    dots: Sequence[Mapping[str, Any]], links: Sequence[Mapping[str, Any]], size: Format
) -> list[tuple[float, float]]:
    """Where each dot lies: pairs pull, dots push, labels keep their room, and all are drawn to the middle."""
    middle = {"middle_x": size.width / 2, "middle_y": size.height / 2}
    forces = [
        {"force": "center", "x": size.width / 2, "y": size.height / 2},
        {"force": "collide", "radius": {"expr": "datum.reach"}, "iterations": 3},
        {"force": "nbody", "strength": -60},
        {"force": "x", "x": "middle_x", "strength": 0.04},
        {"force": "y", "y": "middle_y", "strength": 0.04 * (size.width / size.height) ** 2},
        {"force": "link", "links": "pairs", "distance": 50},
    ]
    layout = {"type": "force", "static": True, "iterations": 300, "forces": forces}
    room = size.letters * 5
    spec = {
        "width": size.width,
        "height": size.height,
        "data": [
            {"name": "pairs", "values": list(links)},
            {"name": "keywords", "values": [{**dot, **middle} for dot in dots], "transform": [layout]},
        ],
        # Whatever room the layout took is fitted into the picture, with space for half a label at the sides.
        "scales": [
            _fitting_scale("x", room, size.width - room),
            _fitting_scale("y", size.letters * 2, size.height - size.letters * 2),
        ],
        "marks": [_mark("symbol", "keywords", {axis: {"scale": axis, "field": axis} for axis in "xy"})],
    }
    return [(float(x), float(y)) for x, y in _PLACES.findall(draw(spec))[-len(dots) :]]


def _fitting_scale(axis: str, low: float, high: float) -> dict[str, Any]:
    domain = {"data": "keywords", "field": axis}
    return {"name": axis, "type": "linear", "domain": domain, "zero": False, "range": [low, high]}


def _place_labels(dots: Sequence[Mapping[str, Any]], size: Format) -> list[dict[str, Any]]:
    """The labels that have a place where they meet nothing, with that place; the first dots choose first."""
    taken = []
    for dot in dots:
        radius = _radius(dot)
        taken.append(_Box(dot["x"] - radius, dot["y"] - radius, dot["x"] + radius, dot["y"] + radius))
    labels = []
    for dot in dots:
        for x, y, box in _propose(dot, size.letters):
            is_inside = box.left >= 0 and box.top >= 0 and box.right <= size.width and box.bottom <= size.height
            if is_inside and not any(box.meets(other) for other in taken):
                labels.append({"label": dot["label"], "x": x, "y": y})
                taken.append(box)
                break
    return labels


def _radius(dot: Mapping[str, Any]) -> float:
    """Of a circle of the dot's area, which is what Vega calls size."""
    return math.sqrt(dot["size"] / math.pi)


def _propose(dot: Mapping[str, Any], letters: int) -> Iterator[tuple[float, float, _Box]]:
    """Middle of a dot's label, and the room it takes: over the dot, under it, beside it, at its corners."""
    half_width, half_height = len(dot["label"]) * letters * _LETTER_WIDTH / 2, letters * 0.65
    up, aside = _radius(dot) + half_height + 1, _radius(dot) + half_width + 3
    near = half_width * 0.6
    steps = [(0, -up), (0, up), (aside, 0), (-aside, 0), (near, -up), (-near, -up), (near, up), (-near, up)]
    for right, down in steps:
        x, y = round(dot["x"] + right, 1), round(dot["y"] + down, 1)
        yield x, y, _Box(x - half_width, y - half_height, x + half_width, y + half_height)


def _mark(kind: str, data: str, encoding: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "from": {"data": data}, "encode": {"enter": encoding}}


def _draw_lines() -> dict[str, Any]:
    """A line per pair, under the dots, as broad as the pair is close."""
    encoding: dict[str, Any] = {
        name: {"field": field} for name, field in (("x", "x1"), ("y", "y1"), ("x2", "x2"), ("y2", "y2"))
    }
    encoding |= {"stroke": {"value": "var(--grid)"}, "strokeWidth": {"signal": "0.5 + 2.5 * datum.npmi"}}
    return _mark("rule", "pairs", encoding)


def _draw_dots() -> dict[str, Any]:
    """A dot per keyword, as large as it has papers, of its topic's colour."""
    fields = {name: {"field": name} for name in ("x", "y", "fill", "size")}
    return _mark("symbol", "keywords", {**fields, "stroke": {"value": "var(--page)"}})


def _draw_labels(size: Format) -> dict[str, Any]:
    """The labels that have a place, over everything else."""
    encoding = {
        "text": {"field": "label"},
        "fontSize": {"value": size.letters},
        "align": {"value": "center"},
        "baseline": {"value": "middle"},
        "fill": {"value": "var(--text)"},
        "x": {"field": "x"},
        "y": {"field": "y"},
    }
    return _mark("text", "labels", encoding)
