"""Scoring of labelled pairs, and the invented pairs themselves."""

import json
import random

import pytest

from benchmarks.duplicates import make_dirty, write_corpus
from benchmarks.keywords import BadRecordError
from benchmarks.lookalikes import make_pairs
from benchmarks.matching import Pair, _read_papers, _score_groups, is_for_training, read_lines, score_pairs
from benchmarks.twins import TWINS, make_twin


def test_scores_are_counted():
    papers = {"a": "p1", "b": "p1", "c": "p2", "d": "p1"}
    score = score_pairs([Pair("a", "b", True), Pair("a", "c", True), Pair("a", "d", False)], papers)
    assert (score.precision, score.recall, score.f1) == (0.5, 0.5, 0.5)


def test_groups_score_like_all_their_pairs():
    # Paper 1 has three entries of which two were joined, and one of paper 2 was joined to them.
    score = _score_groups([(1, "x"), (1, "x"), (1, "y"), (2, "x"), (2, "z")])
    assert (score.matches, score.predicted, score.right) == (4, 3, 1)


def test_a_pair_of_unknown_records_is_refused():
    with pytest.raises(BadRecordError, match="record z"):
        score_pairs([Pair("a", "z", True)], {"a": "p"})


def test_lines_without_their_fields_are_named(tmp_path):
    source = tmp_path / "records.jsonl"
    source.write_text('{"id": 1, "title": "x"}\n\n{"id": 2}\n')
    assert len(read_lines(source, ("id",))) == 2
    with pytest.raises(BadRecordError, match="line 3"):
        read_lines(source, ("id", "title"))


def test_a_build_that_did_not_get_so_far_has_no_papers(tmp_path):
    assert _read_papers(tmp_path) == []


def test_halves_are_stable_and_keep_a_record_together():
    halves = [is_for_training(Pair(f"L{i}", "R", True)) for i in range(1_000)]
    assert 400 < sum(halves) < 600
    assert halves == [is_for_training(Pair(f"L{i}", "other", False)) for i in range(1_000)]


def test_hard_pairs_are_many_and_of_both_kinds():
    records, pairs = make_pairs()
    assert len(pairs) >= 200
    assert len({record["id"] for record in records}) == 2 * len(pairs)
    matches = sum(pair["match"] for pair in pairs)
    assert matches >= 100
    assert len(pairs) - matches >= 100
    by_id = {record["id"]: record for record in records}
    assert all(by_id[pair["a"]] != by_id[pair["b"]] for pair in pairs)
    assert (records, pairs) == make_pairs()


def test_a_corpus_has_one_copy_in_twenty(tmp_path):
    truth = write_corpus(tmp_path / "dumps", 200)
    assert len(truth) == 210
    copies = (tmp_path / "dumps" / "copies.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(copies) == 10
    assert truth["copies.jsonl", 2] == 20
    assert json.loads(copies[0])["title"]


def test_dirt_is_a_function_of_its_chance():
    dirty = [make_dirty("A Loom: Threads Counted", "We count. We weave.", random.Random(3)) for _ in range(2)]
    assert dirty[0] == dirty[1]


RECORD = {
    "id": "L1",
    "title": "looms that count threads in old guilds of weavers by hand and by night",
    "authors": "ada b. quill , bo marsh , cleo wren , dag holm",
    "venue": "annals of weaving",
    "year": "1999",
}


@pytest.mark.parametrize("kind", TWINS)
def test_a_twin_is_a_function_of_the_ids(kind):
    records = [{**RECORD, "id": f"L{number}"} for number in range(40)]
    made = make_twin(kind, records)
    assert made == make_twin(kind, records)
    assert [record["id"] for record in made] == [record["id"] for record in records]
    assert any(record != original for record, original in zip(made, records, strict=True))


def test_a_misplaced_value_stands_in_the_title_alone():
    for record in make_twin("dirty", [{**RECORD, "id": f"L{number}"} for number in range(40)]):
        for field in ("authors", "venue", "year"):
            assert (record[field] is None) == (RECORD[field] in record["title"])
