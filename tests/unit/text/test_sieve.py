"""Texts that may have a key, by the numbers of their words: none that has one is left out, and most others are."""

import random

import polars as pl
import pytest

from paperhouse.text import sieve
from paperhouse.text.mentions import Vocabulary, find_mentions

WORDS = (
    "pre training pretraining on policy onpolicy of kettle lamp llama 3 8b 38b mixture experts self-attention".split()
)
KEYS = ("pre training", "on policy", "mixture of expert", "kettle lamp", "llama 3 8b", "self attention", "kettle")


def sift(texts, keys):
    """Which of the texts (title, abstract) may have one of the keys, and which have one."""
    rows = pl.DataFrame(
        [(str(number), title, abstract) for number, (title, abstract) in enumerate(texts)],
        schema={"text_id": pl.String, "title": pl.String, "abstract": pl.String},
        orient="row",
    )
    vocabulary = Vocabulary.of_keys(keys)
    found = find_mentions(rows, vocabulary).texts
    is_possible = sieve.Sieve(keys, vocabulary.edges).find_possible(found["parts"])
    return is_possible.tolist(), (found["form_numbers"].list.len() > 0).to_list()


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Pre-Training a teapot", "pretraining"),
        ("Pretrainings of teapots", "pre training"),
        ("An on-policy teapot", "on policy"),
        ("Mixtures of experts", "mixture of expert"),
        ("Tumours in teapots", "tumor"),
        ("Llama-3 8B pours", "llama 3 8b"),
    ],
)
def test_a_text_that_has_a_key_passes(title, key):
    assert sift([(title, None)], [key]) == ([True], [True])


@pytest.mark.parametrize(
    ("abstract", "key"),
    [
        ("A kettle and a lamppost.", "kettle lamp"),  # a word that begins like one
        ("The training comes after.", "pre training"),  # the end alone
        ("Train a model. Model a train.", "train gauge"),
        ("", "kettle"),
    ],
)
def test_a_text_that_cannot_have_the_key_is_left_out(abstract, key):
    assert sift([("A teapot", abstract)], [key]) == ([False], [False])


def test_words_in_another_order_pass_and_have_nothing():
    """Where the words stand is not known here."""
    assert sift([("A lamp for a kettle", None)], ["kettle lamp"]) == ([True], [False])


@pytest.mark.parametrize("seed", range(20))
def test_no_text_that_has_a_key_is_left_out(seed):
    chance = random.Random(seed)
    texts = [(" ".join(chance.choices(WORDS, k=6)), " ".join(chance.choices(WORDS, k=9))) for _ in range(30)]
    is_possible, has_one = sift(texts, chance.sample(KEYS, chance.randint(1, len(KEYS))))
    assert any(has_one)
    assert not [text for text, may, has in zip(texts, is_possible, has_one, strict=True) if has and not may]


def test_of_many_keys_every_text_passes(monkeypatch):
    monkeypatch.setattr(sieve, "MOST_PIECES", 20)
    assert sift([("A teapot", None)], ["kettle lamp"])[0] == [True]
