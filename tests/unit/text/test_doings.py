"""Verbs that look like nouns, by what stands around them; and what belongs to the number beside it."""

import polars as pl
import pytest
from extracted_texts import extract_each

from paperhouse.text import extract_texts

INPUT = {"text_id": pl.String, "title": pl.String, "abstract": pl.String}


def _alone(title, abstract=None):
    """Phrase -> how often it stands alone, of the best candidates of one text."""
    texts = [{"text_id": "t", "title": title, "abstract": abstract}]
    found = extract_texts(pl.DataFrame(texts, schema=INPUT)).phrases
    return dict(zip(found["phrase"], found["alone_count"], strict=True))


#: Title and abstract, and what they do to what.
DOINGS = [
    ("Repainting Copper Kettles", None, "Repainting Copper Kettles", "Copper Kettles"),
    ("Ovens, a shop for repainting copper kettles", None, "repainting copper kettles", "copper kettles"),
    ("Ovens", "We tell of a shop for repainting copper kettles.", "repainting copper kettles", "copper kettles"),
    ("Ovens", "We work by carefully repainting copper kettles.", "repainting copper kettles", "copper kettles"),
]
NOUNS = [
    "We ask what the sampling ladder is.",
    "We ask how much of sampling ladders is oak.",
    "We ask whether self-painting ladders are oak.",
]
#: An abstract, what it is about, and what a verb would make of that.
VERBS = [
    ("Now copper kettles face rust.", "copper kettles", "copper kettles face"),
    ("Old harbour rules governing kettle use are few.", "kettle use", "rules governing kettle use"),
    ("Two harbour teams submitted copper kettles.", "copper kettles", "teams submitted copper kettles"),
    ("We want to effectively bridge harbour towns.", "harbour towns", "bridge harbour towns"),
    ("We tend to entertain harbour towns.", "harbour towns", "entertain harbour towns"),
]


@pytest.fixture(scope="module")
def alone():
    """Title and abstract of the lists above -> phrase -> how often it stands alone; all worked on in one go."""
    texts = [(title, abstract) for title, abstract, _, _ in DOINGS]
    texts += [("Ovens", abstract) for abstract in (*NOUNS, *(abstract for abstract, _, _ in VERBS))]
    found = extract_each({str(text): text for text in texts})
    return {text: dict(found[str(text)].phrases.select("phrase", "alone_count").iter_rows()) for text in texts}


@pytest.mark.parametrize(("title", "abstract", "doing", "done"), DOINGS)
def test_what_is_done_to_something_does_not_stand_alone_and_what_it_is_done_to_does(
    alone, title, abstract, doing, done
):
    found = alone[title, abstract]
    assert not found.get(doing)
    assert found[done] == 1


@pytest.mark.parametrize("abstract", NOUNS)
def test_a_gerund_where_only_a_noun_can_be_opens_a_term(alone, abstract):
    found = alone["Ovens", abstract]
    assert sum(found.get(term, 0) for term in ("sampling ladder", "sampling ladders", "self-painting ladders")) == 1


def test_a_gerund_that_is_moved_by_what_follows_is_no_term():
    assert not {"Weaving", "Speeding"} & set(_alone("Weaving a Basket"))
    assert "Speeding" not in _alone("Speeding up Kettles")
    assert _alone("Weaving in Harbour Towns")["Weaving"] == 1


@pytest.mark.parametrize(("abstract", "kept", "broken"), VERBS)
def test_a_verb_is_no_part_of_a_phrase(alone, abstract, kept, broken):
    found = alone["Ovens", abstract]
    assert kept in found
    assert broken not in found


def test_a_name_that_ends_like_a_plural_keeps_its_process():
    assert "Hobbes process" in _alone("Ovens", "We fit a Hobbes process.")


def test_a_unit_belongs_to_the_number_before_it():
    found = _alone("Kettles at 45 FPS", "They whistle at 45 FPS copper kettle songs, FPS-on and FPS-off.")
    assert not {phrase for phrase in found if phrase.startswith("FPS")}
    assert "FPS" in _alone("On FPS", "We measure FPS, and FPS again.")


def test_what_a_number_tells_from_others_ends_no_phrase_without_it():
    found = _alone("Kettles at KettleEval Task 12", "We took part in KettleEval Task 12.")
    assert "KettleEval" in found
    assert "KettleEval Task" not in found
