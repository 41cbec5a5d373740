"""Keyword candidates: which phrases a text gives, where they stand, and what never becomes one."""

import polars as pl
import pytest
from extracted_texts import extract_each

from paperhouse.text import extract_texts
from paperhouse.text.schema import PHRASES, WORDS

INPUT = {"text_id": pl.String, "title": pl.String, "abstract": pl.String}


def _extract(title, abstract=None):
    texts = [{"text_id": "t", "title": title, "abstract": abstract}]
    return extract_texts(pl.DataFrame(texts, schema=INPUT))


def _phrases(title, abstract=None):
    return set(_extract(title, abstract).phrases["phrase"])


def _row(facts, phrase):
    return facts.phrases.row(by_predicate=pl.col("phrase") == phrase, named=True)


TOKENS = ["GPT-4", "mT5", "C++", "L1", "β-VAE", "LoRA", "mixture-of-experts", "fine-tuning", "F1", "Qwen2.5-VL"]
TOKENS += ["TCP/IP", "C#", "actor–critic"]
TALK = [
    "In this paper, we propose a novel method. Our results show that our approach outperforms baselines.",
    "Code is available at https://github.com/some-lab/some-repo and www.example.org/page. Smith et al. [12] agree.",
    "It is 40% faster, 2.3× cheaper, 10x smaller (p < 0.05), i.e., on the 3rd of 1,000 tries.",
]
TERMS = ["foundation models", "link prediction", "pose estimation", "theorem proving", "weak supervision"]
TERMS += ["working memory"]
RESIDUE = {
    "The foundation of widgets. Its link to gears; gears and their link.": {"foundation", "link"},
    "By sharing gears, and by sharing gears again, we win.": {"sharing", "sharing gears"},
    "A critical role, a weak result and a critical role again.": {"critical role", "weak result"},
}
NUMBERED = ["Figure 1", "Task 2", "Stage 3"]
MEASURES = ["pass@1", "Pass@k", "recall@10"]
ADDRESSES = ["lid@kettle.example", "a@b"]


@pytest.fixture(scope="module")
def said():
    """The phrases of each text that a test below names; all of them worked on in one go."""
    texts = {token: (f"On {token}", f"We compare {token}, and {token}.") for token in TOKENS}
    texts |= {abstract: ("On this", abstract) for abstract in (*TALK, *RESIDUE)}
    texts |= {term: ("On this", f"We study {term}; others study {term}, too.") for term in TERMS}
    for name in NUMBERED:
        texts[name] = ("On gears", f"{name} turns the gear, and {name} of Gemma 2 stops it.")
        texts[f"of {name}"] = (f"The gears of GearEval {name}", "It turns the gear.")
    texts |= {word: ("Kettles", f"We report {word}, and ({word}) again.") for word in MEASURES}
    texts |= {word: ("Kettles", f"Write to {word}, and {word}.") for word in ADDRESSES}
    return {name: set(facts.phrases["phrase"]) for name, facts in extract_each(texts).items()}


@pytest.mark.parametrize("token", TOKENS)
def test_special_tokens_stay_whole(said, token):
    assert token in said[token]


def test_version_numbers_belong_to_the_name_before_them():
    found = _phrases(
        "Testing widgets", "We test Llama 3, Mixtral 8x7B and Gemini 1.5 Pro. In 2023 we had 3 tests of 7B."
    )
    assert {"Llama 3", "Mixtral 8x7B", "Gemini 1.5 Pro"} <= found
    assert not found & {"2023", "3", "7B", "3 tests"}


def test_a_candidate_is_one_row_however_and_wherever_it_is_written():
    abstract = "Widget forests grow. We prune widget-forests, and old Widget Forests regrow."
    facts = _extract("Pruning widget forests", abstract)
    row = _row(facts, "Widget Forests")
    assert row["phrase_key"] == "widget forest"
    counts = ("word_count", "occurrence_count", "title_count", "alone_count", "first_word")
    assert [row[name] for name in counts] == [2, 4, 1, 2, 1]
    assert facts.phrases.filter(pl.col("phrase_key").str.replace_all(" ", "") == "widgetforest").height == 1


def test_a_row_is_spelled_as_in_the_abstract():
    assert "widget forests" in _phrases("Pruning Widget Forests", "We prune widget forests.")
    assert "Widget Forests" in _phrases("Pruning Widget Forests", "We prune.")


def test_word_positions_count_on_from_the_title():
    facts = _extract("Widget forests", "Widget forests: the gear lattice.")
    # Three words and the break between title and abstract stand before the gear.
    assert _row(facts, "gear lattice")["first_word"] == 6


def test_alone_counts_runs_that_breaks_enclose():
    facts = _extract("A study", "The gear lattice of a gear lattice model. Gear lattice!")
    row = _row(facts, "Gear lattice")
    assert (row["alone_count"], row["occurrence_count"]) == (2, 3)


@pytest.mark.parametrize("abstract", TALK)
def test_the_talk_of_papers_gives_no_phrase(said, abstract):
    assert said[abstract] == set()


@pytest.mark.parametrize("term", TERMS)
def test_words_of_common_talk_stand_in_terms_that_need_them(said, term):
    assert term in said[term]


@pytest.mark.parametrize("abstract", RESIDUE)
def test_words_of_common_talk_are_no_terms_themselves(said, abstract):
    assert not said[abstract] & RESIDUE[abstract]


def test_sentences_without_a_space_between_give_no_phrase():
    found = _phrases(
        "On this", "We trim the widget forest.In spring the widget forest regrows.We use llama.cpp and llama.cpp."
    )
    assert "llama.cpp" in found
    assert not any(".In" in phrase or ".We" in phrase for phrase in found)


def test_links_give_no_phrase():
    abstract = "Gear lattices at https://gears.example/gear-lattices/data_set and github.com/gear/lattice today."
    found = _phrases("Gear lattices", abstract)
    assert all("http" not in p and "github" not in p and "example" not in p for p in found)
    assert "Gear lattices" in found


def test_verbs_after_their_signs_break_a_phrase():
    found = _phrases("On gears", "We train gears to process long tapes, by scaling gear sizes. Gears process tapes.")
    assert not any(p.startswith(("process long", "scaling gear", "train gears")) for p in found)
    assert "scaling laws" in _phrases("On gears", "The scaling laws of gears.")


def test_vague_adjectives_make_no_term_of_a_common_noun():
    found = _phrases("On gears", "We solve complex tasks, diverse domains, and complex lattices.")
    assert found >= {"complex lattices"}
    assert not found & {"complex tasks", "diverse domains"}


def test_what_begins_with_praise_or_the_like_has_to_be_said_twice_or_in_the_title():
    found = _phrases("On explosive lattices", "They show explosive growth, vast gear lattices and bent gear lattices.")
    assert found >= {"explosive lattices", "bent gear lattices", "gear lattices"}
    assert not found & {"explosive growth", "vast gear lattices"}


@pytest.mark.parametrize("name", NUMBERED)
def test_what_a_number_tells_from_others_of_its_kind_is_no_name(said, name):
    assert name not in said[name]
    assert "Gemma 2" in said[name]
    assert f"GearEval {name}" in said[f"of {name}"]


def test_what_is_done_to_what_a_paper_is_about_is_no_term():
    found = _phrases("GearFix: Mending Copper Kettles", "We mend the copper kettles of it.")
    assert "copper kettles" in found
    assert "Mending Copper Kettles" not in found
    assert "Mending Copper Kettles" in _phrases("Mending Copper Kettles", "We mend them.")
    assert "lying copper kettles" in _phrases("On lying copper kettles", "The lying copper kettles are copper kettles.")


def test_what_a_name_is_told_to_be_is_no_part_of_it():
    found = _phrases("Gears by the metric GearScore", "We use the toolkit GearKit, and the gear LatticeNet.")
    assert found >= {"GearScore", "GearKit", "gear LatticeNet"}
    assert not any(p.startswith(("metric", "toolkit")) for p in found)


def test_what_is_left_of_a_hyphenated_word_is_no_term():
    assert not any("the-" in p for p in _phrases("On gears", "It is (the-art) and the-art, but the gear-lattice."))


def test_a_definition_that_counts_is_no_term():
    assert not any("billion" in p for p in _phrases("On gears", "It has 7 billion gears (7BG)."))


def test_possessives():
    found = _phrases("On Fourier's law", "Our model's gear lattice follows Fourier's law. The LatticeNet's gears turn.")
    assert "Fourier's law" in found
    assert not any("model's" in p or "Net's" in p for p in found)
    assert "LatticeNet" in found
    assert not any("'s" in p for p in _phrases("A Vision Model's Perception of Gears", "It sees."))


def test_slashes_between_words_break_and_inside_names_do_not():
    found = _phrases("On gears", "An encoder/decoder with TCP/IP.")
    assert "TCP/IP" in found
    assert not any("encoder/decoder" in p for p in found)


def test_what_an_abbreviation_stands_for_is_a_phrase_with_its_stop_words():
    row = _row(_extract("On gears", "We use gearing from human advice (GFHA) here."), "gearing from human advice")
    assert row["phrase_key"] == "gearing from human advice"
    assert (row["first_word"], row["alone_count"]) == (5, 1)


def test_a_text_in_another_language_gives_no_phrases_and_no_words():
    german = (
        "Wir stellen ein neues Verfahren für die Erkennung von Zahnrädern vor, das mit wenigen Beispielen auskommt."
    )
    facts = _extract("Zahnrad und Gitter", german)
    assert facts.texts["language"].to_list() == ["de"]
    assert facts.phrases.is_empty()
    assert facts.words.is_empty()
    assert facts.phrases.schema == pl.Schema(PHRASES)
    assert facts.words.schema == pl.Schema(WORDS)


def test_words_are_counted_once_per_text_and_hyphenated_ones_by_their_parts():
    texts = pl.DataFrame(
        {
            "text_id": ["a", "b"],
            "title": ["Gears and multi-gear gears", "Multi gear"],
            "abstract": [None, "Lattices of 2,000 gears."],
        },
        schema_overrides={"abstract": pl.String},
    )
    counts = dict(extract_texts(texts).words.iter_rows())
    assert counts["gear"] == 2
    assert counts["multi"] == 2
    assert counts["lattice"] == 1
    assert "2,000" not in counts


def test_a_verb_is_a_noun_after_a_noun_in_the_singular():
    phrases = _phrases(
        "Kettles", "We study tool use, and tool use in tea. Models use lids; they use spouts. Tool-use skill."
    )
    assert {"Tool-use", "Tool-use skill"} <= phrases  # a row is spelled as it is the last time
    assert not {phrase for phrase in phrases if phrase.startswith(("Models use", "use"))}


def test_a_plural_of_a_word_that_is_nothing_alone_is_nothing_alone():
    assert "Novels" not in _phrases("Novels", "Of novels, and novels.")
    assert "graphic novels" in _phrases("Kettles", "We draw graphic novels.")


@pytest.mark.parametrize("word", MEASURES)
def test_a_measure_at_a_number_is_one_word(said, word):
    assert word in said[word]


@pytest.mark.parametrize("word", ADDRESSES)
def test_an_address_is_no_measure(said, word):
    assert not {phrase for phrase in said[word] if "@" in phrase}
