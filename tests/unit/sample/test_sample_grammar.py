import numpy as np
import pytest

from paperhouse.sample.grammar import Grammar, even, weighted, zipf


def write(rules, start="s", count=200, bound=None, profiles=((),), profile=0, starts=None) -> list[str]:
    grammar = Grammar(rules, bound or {}, profiles, starts or [start])
    keys = np.arange(count, dtype=np.uint64)
    return grammar.write(start, keys, np.full(count, profile)).to_list()


def test_every_production_is_chosen_in_proportion_to_its_weight():
    texts = write({"s": weighted({"rare": 1, "common": 9})}, count=5_000)
    assert set(texts) == {"rare", "common"}
    assert 0.08 < texts.count("rare") / len(texts) < 0.12


def test_zipf_words_fall_off_with_their_rank():
    texts = write({"s": zipf(["first", "second", "third"], offset=0)}, count=6_000)
    counts = [texts.count(word) for word in ("first", "second", "third")]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] / counts[2] == pytest.approx(3, rel=0.15)


@pytest.mark.parametrize(
    ("production", "expected"),
    [
        ("{noun}", "image-text query"),
        ("{^noun}", "Image-text query"),
        ("{*noun}", "Image-Text Query"),
        ("{a noun}", "an image-text query"),
        ("{^a noun}", "An image-text query"),
        ("{noun:s}", "image-text queries"),
        ("{*noun:s}", "Image-Text Queries"),
        ("{*glued:s}", "Subqueries"),
        ("{verb:ing} it", "planning it"),
        ("It was {verb:ed}.", "It was planned."),
    ],
)
def test_slots_change_first_and_last_word(production: str, expected: str):
    rules = {
        "s": even(production),
        "noun": even("{kind} query"),
        "kind": even("image-text"),
        "glued": even("{prefix}{tail}"),
        "prefix": even("sub"),
        "tail": even("query"),
        "verb": even("plan"),
    }
    assert set(write(rules, count=3)) == {expected}


def test_bound_symbols_expand_alike_and_groups_choose_the_same_index():
    rules = {
        "s": even("{long:s} ({short:s}), {long}, {free} {free}"),
        "long": even("language model", "neural field", "world model"),
        "short": even("LM", "NF", "WM"),
        "free": even("one", "two"),
    }
    texts = write(rules, bound={"long": "family", "short": "family"})
    pairs = {text.rsplit(",", 1)[0] for text in texts}
    assert pairs == {
        "language models (LMs), language model",
        "neural fields (NFs), neural field",
        "world models (WMs), world model",
    }
    assert {text.rsplit(", ", 1)[1] for text in texts} == {"one one", "one two", "two one", "two two"}


def test_a_profile_overrides_a_rule_everywhere_below():
    rules = {"s": even("about {topic}"), "topic": even("anything"), "topic@vision": even("images")}
    profiles = [("text",), ("vision",)]
    assert set(write(rules, profiles=profiles, profile=0)) == {"about anything"}
    assert set(write(rules, profiles=profiles, profile=1)) == {"about images"}


def test_a_text_depends_on_its_own_key_only():
    grammar = Grammar({"s": even("{w} {w}", "{w}"), "w": even("a", "b", "c", "é", "")}, {}, [()], ["s"])
    keys = np.arange(500, dtype=np.uint64)
    together = grammar.write("s", keys, np.zeros(500, dtype=np.int64))
    apart = grammar.write("s", keys[[499, 7, 123]], np.zeros(3, dtype=np.int64))
    assert apart.to_list() == together.gather([499, 7, 123]).to_list()


def test_a_symbol_without_rule_is_an_error():
    with pytest.raises(ValueError, match="no rule for"):
        write({"s": even("{missing}")})


def test_a_rule_that_never_ends_is_an_error():
    with pytest.raises(ValueError, match="does not come to an end"):
        write({"s": even("again {s}")})


def test_a_word_changed_twice_is_an_error():
    with pytest.raises(ValueError, match="changed twice"):
        write({"s": even("{*noun}"), "noun": even("{a thing}"), "thing": even("x")})
