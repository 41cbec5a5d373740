"""Weights of evidence: what expectation maximisation finds in pairs whose labels it never sees."""

import math
import random

import polars as pl
import pytest

from benchmarks.keywords import BadRecordError
from benchmarks.matching import Pair, is_for_training
from benchmarks.namesakes import make_namesakes, read_identified
from benchmarks.weights import (
    EVIDENCE,
    Compared,
    Labelled,
    estimate,
    learn_thresholds,
    read_seed,
    score_rules,
    write_seed,
)

#: How often levels are seen in pairs of one paper and of two, in the pairs that are drawn.
_TRUTH = {
    "title": {"equal_rare": (0.7, 0.05), "spelling": (0.25, 0.15), "half": (0.05, 0.8)},
    "author": {"all": (0.9, 0.1), "other": (0.1, 0.9)},
    "year": {"equal": (0.95, 0.3), "other": (0.05, 0.7)},
}


def draw_pairs(count: int, share: float) -> tuple[pl.DataFrame, list[bool]]:
    """Pairs as Compared has them, and which of them are of one paper."""
    chance = random.Random(7)
    rows, labels = [], []
    for number in range(count):
        is_match = chance.random() < share
        row = {"first_line": 2 * number + 1, "second_line": 2 * number + 2, "abstract_level": None}
        for evidence, levels in _TRUTH.items():
            odds = [pair[0 if is_match else 1] for pair in levels.values()]
            row[f"{evidence}_level"] = chance.choices(list(levels), odds)[0]
        rows.append({**row, "rule": "near_title_alone", "verdict": "unsure", "known": "titles_authors_years"})
        labels.append(is_match)
    return pl.DataFrame(rows, schema_overrides={"abstract_level": pl.String}), labels


def test_what_was_drawn_is_estimated_without_labels():
    pairs, _ = draw_pairs(20_000, 0.3)
    weights = estimate(pairs)
    assert weights.shares["titles_authors_years"] == pytest.approx(0.3, abs=0.03)
    for evidence, levels in _TRUTH.items():
        for level, (m, u) in levels.items():
            assert weights.m[evidence][level] == pytest.approx(m, abs=0.04)
            assert weights.u[evidence][level] == pytest.approx(u, abs=0.04)
    assert weights.weight("author", "all") == pytest.approx(math.log2(9), abs=0.4)
    assert weights.weight("abstract", None) == 0


def test_pairs_that_a_veto_decides_teach_nothing():
    pairs, _ = draw_pairs(2_000, 0.3)
    vetoed = pairs.head(500).with_columns(rule=pl.lit("other_marks"), title_level=pl.lit("equal_rare"))
    assert estimate(pl.concat([pairs, vetoed])) == estimate(pairs)


def test_sums_that_are_enough_are_learned_on_the_train_half():
    pairs, labels = draw_pairs(4_000, 0.5)
    names = [f"L{number}" for number in range(4_000)]
    lines = {f"L{n}": 2 * n + 1 for n in range(4_000)} | {f"R{n}": 2 * n + 2 for n in range(4_000)}
    labelled = [Pair(name, f"R{n}", labels[n]) for n, name in enumerate(names)]
    found = Labelled("drawn", Compared(pairs, {}, "1"), labelled, lines)
    weights = estimate(found.without_test())
    least = learn_thresholds([found], weights)["titles_authors_years"]
    train = found.labelled(True)
    chosen = train.filter(weights.add_up(train).round(2) >= least)["is_match"]
    assert chosen.sum() >= 0.95 * len(chosen)
    assert not set(found.without_test()["first_line"]) & {lines[p.first] for p in labelled if not is_for_training(p)}
    assert score_rules(train).predicted == 0


def test_the_seed_is_what_was_estimated(tmp_path):
    weights = estimate(draw_pairs(2_000, 0.3)[0])
    write_seed(weights, {"titles": 3.5}, "99", tmp_path / "seed.csv")
    seed = read_seed(tmp_path / "seed.csv")
    assert seed["enough", "titles"] == 3.5
    for evidence in EVIDENCE:
        for level in weights.m[evidence]:
            assert seed[evidence, level] == pytest.approx(weights.weight(evidence, level), abs=0.005)


def test_namesakes_are_neighbours_under_one_title(tmp_path):
    source = tmp_path / "papers.jsonl"
    source.write_text(
        "\n".join(
            f'{{"id": "2020.moss-1.{n}", "title": "Moss {n}", "abstract": "Fronds of slope {n}."}}' for n in range(4)
        )
    )
    (tmp_path / "day.json").write_text(
        '[{"paper": {"id": "1", "title": "Kites", "summary": "Strings.", "authors": [{"name": "Ada Quill"}]}},'
        ' {"paper": {"id": "2", "title": "Tides", "summary": "Shores.", "authors": [{"name": "Bea Reed"}]}}, "a repr"]'
    )
    records = read_identified([source, tmp_path / "day.json"])
    made, pairs = make_namesakes(records)
    assert len(records) == 6
    assert [kind for _, _, kind in pairs] == ["made, with abstracts"] * 3 + ["made, with authors alone"]
    by_id = {record["id"]: record for record in made}
    assert all(by_id[a]["title"] == by_id[b]["title"] for a, b, _ in pairs)
    assert by_id[pairs[-1][0]]["abstract"] is None
    (tmp_path / "odd.jsonl").write_text('{"title": "no id"}\n')
    with pytest.raises(BadRecordError, match=r"odd\.jsonl"):
        read_identified([tmp_path / "odd.jsonl"])
