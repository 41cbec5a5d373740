"""The map of keywords: what its labels say, that none meets another, and that equal pairs are equal bytes."""

from __future__ import annotations

import itertools
import random
import re

from paperhouse.report import keyword_map

WORDS = ("optics", "lidar calibration", "kelp", "underwater image restoration", "tides", "slow light", "mirror", "fog")


def pair(first: int, second: int, names: list[str], topics: list[str | None]) -> dict:
    sides = {"first": first, "second": second}
    return {
        "npmi": 0.5,
        "paper_count": 4,
        **{f"{side}_keyword_id": f"k{number}" for side, number in sides.items()},
        **{f"{side}_keyword": names[number] for side, number in sides.items()},
        **{f"{side}_paper_count": 10 + number for side, number in sides.items()},
        **{f"{side}_topic": topics[number] for side, number in sides.items()},
    }


def make_pairs(count: int) -> list[dict]:
    """A ring of keywords with chords, ten topics among them."""
    names = [f"{WORDS[number % len(WORDS)]} {number}" for number in range(count)]
    topics = [f"topic {number % 10}" for number in range(count)]
    return [pair(number, (number + step) % count, names, topics) for number in range(count) for step in (1, 7)]


def read_labels(svg: str, letters: int) -> list[tuple[str, float, float, float, float]]:
    """Text and the room it takes, of each label as it is drawn."""
    found = re.findall(r'<text [^>]*transform="translate\(([\d.-]+),([\d.-]+)\)"[^>]*>([^<]+)</text>', svg)
    labels = []
    for x, y, text in found:
        half = len(text) * letters * 0.58 / 2
        # Vega moves a text whose middle is given down to its baseline, by 0.3 of its size.
        middle = float(y) - round(0.3 * letters)
        labels.append((text, float(x) - half, middle - letters / 2, float(x) + half, middle + letters / 2))
    return labels


def test_no_label_meets_another_or_leaves_the_picture():
    maps = keyword_map.draw_maps(make_pairs(60), {})
    for svg, size in ((maps.wide, keyword_map.WIDE), (maps.narrow, keyword_map.NARROW)):
        labels = read_labels(svg, size.letters)
        assert len(labels) > 0.6 * size.keywords
        for _, left, top, right, bottom in labels:
            assert left >= 0
            assert right <= size.width
            assert top >= 0
            assert bottom <= size.height
        for one, other in itertools.combinations(labels, 2):
            is_apart = one[3] <= other[1] or other[3] <= one[1] or one[4] <= other[2] or other[4] <= one[2]
            assert is_apart, (one, other)


def test_topics_have_colours_and_movers_a_sign():
    topics = ["deep water", None, "deep water"]
    names = ["x" * 50, "optics", "kelp"]
    pairs = [pair(0, 1, names, topics), pair(1, 2, names, topics)]
    maps = keyword_map.draw_maps(pairs, {"k1": "rising", "k2": "falling"})
    assert maps.topics == [(1, "deep water")]
    for svg in (maps.wide, maps.narrow):
        assert set(re.findall(">([^<>]+)</text>", svg)) == {"\u25b2 optics", "\u25bc kelp", "x" * 31 + "\u2026"}
        assert svg.count('fill="var(--topic-1)"') == 2
        assert svg.count('fill="var(--dot)"') == 1


def test_eight_topics_have_colours_the_largest_first():
    assert [number for number, _ in keyword_map.draw_maps(make_pairs(60), {}).topics] == list(range(1, 9))


def test_equal_pairs_are_equal_bytes():
    pairs = make_pairs(30)
    assert keyword_map.draw_maps(pairs, {}) == keyword_map.draw_maps([dict(row) for row in pairs], {})


def test_a_pair_is_a_map():
    maps = keyword_map.draw_maps([pair(0, 1, ["kelp", "tides"], [None, None])], {})
    assert maps.topics == []
    assert "kelp" in maps.narrow


def test_common_keywords_without_a_pair_give_room_to_pairs():
    shuffled = random.Random(3).sample(range(200), 200)
    names, topics = [f"name {number}" for number in range(200)], [None] * 200
    pairs = [pair(first, second, names, topics) for first, second in zip(shuffled[::2], shuffled[1::2], strict=True)]
    assert read_labels(keyword_map.draw_maps(pairs, {}).narrow, keyword_map.NARROW.letters)
