"""Which candidates of a text come first, and how many of them have a row."""

import polars as pl
from polars.testing import assert_frame_equal

from paperhouse.text import extract_texts
from paperhouse.text.phrases import MOST

#: Words that no list of ours has.
FIGURES = ("kettle", "spout", "spindle", "ladle", "trivet", "anvil", "bellows", "hammer", "chisel")


def _texts(**abstracts):
    return pl.DataFrame({"text_id": list(abstracts), "title": "On this", "abstract": list(abstracts.values())})


def _extract(title, abstract):
    return extract_texts(pl.DataFrame({"text_id": ["t"], "title": [title], "abstract": [abstract]}))


def _row(facts, phrase):
    return facts.phrases.row(by_predicate=pl.col("phrase") == phrase, named=True)


def test_a_text_has_so_many_rows_and_what_it_defines_is_among_them():
    names = [f"the {first} {second}" for first in ("copper", "iron", "tin", "brass") for second in FIGURES]
    said = " and ".join(names)
    facts = _extract("On " + said, f"It is {said}: all of {said}, and then we use a gear lattice kit (GLK).")
    assert facts.phrases.height == MOST
    assert sorted(facts.phrases["place"]) == list(range(1, MOST + 1))
    assert _row(facts, "gear lattice kit")["place"] == 1


def test_the_best_of_a_text_are_said_often_and_early_and_stand_alone():
    talk = " and ".join(f"the {word} lattice" for word in (*FIGURES, "lever", "pulley", "valve", "piston"))
    facts = _extract("Brass kettles", f"We use brass kettles: {talk}, {talk}; brass kettles, and a late gear spindle.")
    assert _row(facts, "brass kettles")["place"] == 1
    assert "gear spindle" not in set(facts.phrases["phrase"])


def test_what_never_stands_alone_comes_after_what_it_is_a_part_of():
    facts = _extract("On this", "We turn the copper kettle lid and then the copper kettle spout of it.")
    assert _row(facts, "copper kettle lid")["place"] < _row(facts, "copper kettle")["place"]


def test_what_papers_at_large_have_in_no_title_comes_late():
    facts = _extract("On this", "It has high accuracy, and it is a copper kettle. Of high accuracy it is.")
    assert _row(facts, "copper kettle")["place"] == 1


def test_a_place_is_the_same_in_any_company():
    texts = _texts(a="We use the copper kettle and the iron spout.", b="It is a tin lid, and it is the copper kettle.")
    apart = [extract_texts(texts[row]).phrases for row in (slice(0, 1), slice(1, 2))]
    assert_frame_equal(extract_texts(texts).phrases, pl.concat(apart))
