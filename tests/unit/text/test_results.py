"""Reported results and method names: what counts, what does not, and where it stands."""

import polars as pl
import pytest
from extracted_texts import extract_each

from paperhouse.text import extract_texts

RESULTS = {
    "a gain with its metric": ("Ours improves accuracy by 4.7 %.", [("4.7 %", 4.7, "percent", "up", "accuracy")]),
    "a factor before what it is of": ("It is 10x faster.", [("10x", 10.0, "times", "up", None)]),
    "points": ("Gears gain 2.3 points.", [("2.3 points", 2.3, "points", "up", None)]),
    "fewer is down": ("It needs 3× fewer gears.", [("3×", 3.0, "times", "down", None)]),
    "thousands": ("Latency is reduced by 1,200%.", [("1,200%", 1200.0, "percent", "down", "Latency")]),
    "a bound says no way": ("Only less than 5% of the gears were seen.", []),
    "a share is no result": ("We look at 30% of all gears.", []),
    "a claim": ("Ours achieves state-of-the-art results.", [
        ("state-of-the-art", None, "state of the art", "reached", None)
    ]),
    "what others have is no claim": ("Existing state-of-the-art gears are slow.", []),
}  # fmt: skip


@pytest.fixture(scope="module")
def reporting():
    """What is found in each abstract of RESULTS."""
    return extract_each({name: ("On gears", abstract) for name, (abstract, _) in RESULTS.items()})


@pytest.mark.parametrize("name", RESULTS)
def test_results(reporting, name):
    found = reporting[name].results
    assert found.select("surface", "value", "unit", "direction", "metric").rows() == RESULTS[name][1]


def test_offsets_of_a_result_and_its_sentence():
    said = "Zähne matter. Ours improves by 4.7% and by 4.7%. That is all."
    facts = extract_texts(pl.DataFrame({"text_id": ["t"], "title": ["On gears"], "abstract": [said]}))
    abstract = facts.texts["abstract"][0]
    rows = facts.results.rows(named=True)
    assert [abstract[row["start"] : row["end"]] for row in rows] == ["4.7%", "4.7%"]
    assert {abstract[row["sentence_start"] : row["sentence_end"]] for row in rows} == {
        "Ours improves by 4.7% and by 4.7%."
    }
    assert rows[0]["start"] < rows[1]["start"]


NAMES = {
    "coined word before a colon": ("GearVolta: Efficient Gears", "We turn.", ["GearVolta"]),
    "a topic before a colon": ("Gears: a Survey", "We turn.", []),
    "a question": ("Why Gears: Turning", "We turn.", []),
    "a plain word that the abstract uses as a name": ("Cogito: Turning Gears", "Cogito turns.", ["Cogito"]),
    "introduced in the abstract": ("Turning Gears", "We propose GearNet, a gear.", ["GearNet"]),
    "a plain word introduced": ("Turning Gears", "We propose gears for all.", []),
}


@pytest.fixture(scope="module")
def naming():
    """What is found in each text of NAMES."""
    return extract_each({name: (title, abstract) for name, (title, abstract, _) in NAMES.items()})


@pytest.mark.parametrize("name", NAMES)
def test_method_names(naming, name):
    assert naming[name].methods["method_name"].to_list() == NAMES[name][2]
