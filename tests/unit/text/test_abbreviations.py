"""Definitions of abbreviations, and brackets that define nothing."""

import polars as pl
import pytest
from extracted_texts import extract_each

from paperhouse.text import extract_texts
from paperhouse.text.abbreviations import match_long_forms

ODD = {
    "plain": ("We train large gear models (LGM).", [("LGM", "large gear models")]),
    "plural": ("Large gear models (LGMs) turn.", [("LGMs", "Large gear models")]),
    "words before it": ("We use a new deep gear lattice (DGL) here.", [("DGL", "deep gear lattice")]),
    "letters inside words": ("the gear transFormer (GearFormer)", [("GearFormer", "gear transFormer")]),
    "hyphen": ("a mixture-of-gears (MoG)", [("MoG", "mixture-of-gears")]),
    "compound with the same initial twice": ("a Multi-metal gear lattice (MGL)", [("MGL", "Multi-metal gear lattice")]),
    "small words inside": ("learning from human gears (LHG)", [("LHG", "learning from human gears")]),
    "initials before the first match": ("ring report gears; Rotor Ring Gears (RRG)", [("RRG", "Rotor Ring Gears")]),
    "more in the bracket": ("deep gear lattices (DGL; see below)", [("DGL", "deep gear lattices")]),
    "short form first": ("the DGL (deep gear lattice) turns", [("DGL", "deep gear lattice")]),
    "defined twice": ("Deep gears (DG) and Deep gears (DG).", [("DG", "Deep gears")]),
    "a digit": ("a 3D gear lattice (3DGL)", [("3DGL", "3D gear lattice")]),
    "a citation": ("as Gearman showed (Gearman, 2001)", []),
    "an aside": ("gears (see below) and lattices (e.g., iron)", []),
    "a number": ("gears (12) and lattices (2.5)", []),
    "another sentence": ("Lattices last. Deep is gear (DL).", []),
    "hidden in one word": ("we aim for Consistency (CEC).", []),
    "unclosed": ("deep gear lattice (DGL", []),
    "a binding word first": ("an Abrasion and Rust Corpus (ARC)", [("ARC", "Abrasion and Rust Corpus")]),
    "binding words count inside": ("a Game of Pure Gears (GOPG)", [("GOPG", "Game of Pure Gears")]),
    "a comma ends a thought": ("of metal moulds, multimetal unmoulding (MMU)", [("MMU", "multimetal unmoulding")]),
    "a name with commas": ("Torque, Rust, and Scale Mapping (TRaSM)", [("TRaSM", "Torque, Rust, and Scale Mapping")]),
    "a name in running text": ("in this, we show equivAriant Position Gears (TAPG)", []),
    "a number in brackets": ("over GPG-4 (gains of up to 46%)", []),
    "an aside of two words": ("old rotors break (or OR) and so on", []),
    "to is no beginning": ("a Torque to Speed synthesis (TTS)", [("TTS", "Torque to Speed synthesis")]),
    "nothing matches": ("the old wheel (XQZ)", []),
}


@pytest.fixture(scope="module")
def found():
    """What is found in each odd abstract."""
    return extract_each({name: ("On gears", abstract) for name, (abstract, _) in ODD.items()})


@pytest.mark.parametrize("name", ODD)
def test_definitions(found, name):
    assert found[name].abbreviations.select("short_form", "long_form").rows() == ODD[name][1]


def test_keys_and_offsets():
    abstract = "Größere Räder: Large Gear Models  (LGMs) turn."
    facts = extract_texts(pl.DataFrame({"text_id": ["t"], "title": ["On gears"], "abstract": [abstract]}))
    (row,) = facts.abbreviations.iter_rows(named=True)
    clean = facts.texts["abstract"][0]
    assert clean[row["long_start"] :].startswith("Large Gear Models (LGMs)")
    assert clean[row["short_start"] :].startswith("LGMs) turn")
    assert (row["short_key"], row["long_key"]) == ("lgm", "large gear model")


def test_matching_needs_every_letter_and_a_word_start():
    found = match_long_forms(pl.Series(["AB", "AB", "++"]), pl.Series(["any old bear", "crab boat", "any text"]))
    assert found.to_list() == [0, None, None]
