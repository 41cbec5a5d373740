"""One key per word: what folds together and what must stay apart."""

import pytest

from paperhouse.text.folding import fold_phrase

SAME = [
    ("Models", "model"),
    ("GANs", "GAN"),
    ("LLMs", "LLM"),
    ("queries", "query"),
    ("analyses", "analysis"),
    ("matrices", "matrix"),
    ("caches", "cache"),
    ("biases", "bias"),
    ("patches", "patch"),
    ("pre-training", "Pre-Training"),
    ("pre-training", "pre training"),
    ("mixture-of-experts", "mixture of experts"),
    ("behaviours", "behavior"),
    ("optimisation", "optimization"),
    ("optimising", "optimizing"),
    ("modelling", "modeling"),
    ("tokeniser", "tokenizer"),
    ("Fourier's law", "Fourier law"),
    ("1-step", "one-step"),
    ("Three-dimensional", "3D"),
    ("Tülu", "tulu"),
    ("β-VAEs", "β-vae"),
    ("Kettle-NeXT", "Kettle-Next"),
]
APART = [
    ("DNS", "DN"),
    ("GPS", "GP"),
    ("bias", "bia"),
    ("loss", "los"),
    ("physics", "physic"),
    ("analysis", "analysi"),
    ("LLM", "LLaMA"),
    ("RL", "RLHF"),
    ("zero-shot", "one-shot"),
    ("attention", "attention head"),
    ("C", "C++"),
    ("L1", "L2"),
    ("CLIP-based", "clip-based"),
    ("ITS", "its"),
    ("ITSs", "its"),
    ("KEPT", "kept"),
    ("WHO", "who"),
    ("noise", "noize"),
    ("expertise", "expertize"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_spellings_of_one_word_share_a_key(first, second):
    assert fold_phrase(first) == fold_phrase(second)


@pytest.mark.parametrize(("first", "second"), APART)
def test_other_words_keep_their_key(first, second):
    assert fold_phrase(first) != fold_phrase(second)


@pytest.mark.parametrize("word", ["noise", "precise", "exercise", "enterprise", "otherwise", "supervised", "promising"])
def test_words_that_are_always_written_with_s_keep_it(word):
    assert fold_phrase(word) == word


@pytest.mark.parametrize("word", ["models", "analyses", "optimising", "pre-trainings", "GANs", "series"])
def test_a_key_is_its_own_key(word):
    assert fold_phrase(fold_phrase(word)) == fold_phrase(word)
