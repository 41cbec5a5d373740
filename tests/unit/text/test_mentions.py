"""Mentions: every place of every key, whatever stands around it; held to plain expressions on invented texts."""

import itertools
import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperhouse.text.folding import close_key, fold_parts, fold_phrase, fold_word
from paperhouse.text.mentions import Vocabulary, find_mentions

INPUT = {"text_id": pl.String, "title": pl.String, "abstract": pl.String}


def find_spelled(texts, vocabulary):
    """What is found, a row per text, with the forms and keys that its numbers stand for."""
    found = find_mentions(texts, vocabulary)
    numbers = found.forms["form_number"].to_list()
    assert len(set(numbers)) == len(numbers)
    spelled = [
        pl.col("form_numbers")
        .list.eval(pl.element().replace_strict(numbers, found.forms[name], default=None, return_dtype=pl.String))
        .alias(plural)
        for name, plural in (("form", "forms"), ("phrase_key", "phrase_keys"))
    ]
    return found.texts.with_columns(spelled)


def find(keys, title, abstract=None):
    """(form, key, field, start) of every place, in the order of the text."""
    texts = pl.DataFrame([("t", title, abstract)], schema=INPUT, orient="row")
    (row,) = find_spelled(texts, Vocabulary.of_keys(keys)).rows(named=True)
    places = [
        (form, key, "title" if number < title_count else "abstract", start)
        for form, key, starts, title_count in zip(
            row["forms"], row["phrase_keys"], row["starts"], row["title_counts"], strict=True
        )
        for number, start in enumerate(starts)
    ]
    return sorted(places, key=lambda place: (place[2] == "abstract", place[3], place[0]))


def forms(keys, title, abstract=None):
    return [form for form, *_ in find(keys, title, abstract)]


def test_places_are_offsets_in_the_field():
    assert find(["teapot memory"], "On Teapot Memory", "We add teapot memory, and teapot memories help.") == [
        ("Teapot Memory", "teapot memory", "title", 3),
        ("teapot memory", "teapot memory", "abstract", 7),
        ("teapot memories", "teapot memory", "abstract", 26),
    ]


def test_what_a_text_says_once_inside_a_longer_run_is_found():
    assert forms(["teapot memory"], "A learnable teapot memory backbone with one spout") == ["teapot memory"]


def test_longer_and_shorter_ones_are_both_found():
    keys = ["video diffusion model", "diffusion model", "diffusion", "model"]
    assert forms(keys, "Video diffusion models") == [
        "Video diffusion models",
        "diffusion",
        "diffusion models",
        "models",
    ]


@pytest.mark.parametrize(
    "spelling", ["pre-training", "pre training", "pretraining", "Pre-Training", "PRE‑training", "pre–training"]
)
@pytest.mark.parametrize("key", ["pre training", "pretraining"])
def test_hyphens_and_spaces_do_not_matter(key, spelling):
    assert forms([key], f"With {spelling} it works") == [spelling]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("fine tuning", "a fine-tuning-based method"),
        ("rlhf", "RLHF/DPO methods"),
        ("llm", "an LLM's answer"),
        ("llm", "(LLMs), we"),
        ("llm", "non-LLM baselines"),
        ("3d scene", "a 3-D scene"),
        ("3d scene", "three-dimensional scenes"),
        ("one shot", "1-shot tests"),
        ("behavior cloning", "Behaviour cloning"),
        ("reinforcement learning from human feedback", "by reinforcement learning from human feedback."),
        ("on policy", "an on-policy method"),
        ("on policy", "train it on policy alone"),
        ("on policy", "an onpolicy method"),
        ("in context", "an in-context method"),
        ("in context learning", "in-context learning"),
        ("in the wild", "images in the wild"),
        ("node.js", "in Node.js today"),
        ("teapot memory", "a better teapot memory.Then it broke"),
        ("teapotnet", "TeapotNet-64× 64 teapots"),
        ("stokes law", "by Stokes' law"),
        ("α vae", ""),
    ],
)
def test_found(key, text):
    assert len(forms([fold_phrase(key)], text)) == (1 if text else 0)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("teapot memory", "a teapot, memory"),
        ("teapot memory", "teapot. Memory"),
        ("teapot memory", "teapot (memory)"),
        ("pot", "a teapot spot"),
        ("asymmetric", "a symmetric case"),
        ("CLIP", "a clip of it"),
        ("clip", "CLIP of it"),
        ("clip", "CLIP-based memory"),
        ("ITS", "on its own"),
        ("teapot law", "the teapots' law"),
        ("llama 3 8b", "Llama 38B"),
        ("gpt 4", "GPT-40"),
        ("gpt 4", "GPT 4 %"),
        ("in context", "read in context"),
        ("a sentence", "of a sentence"),
    ],
)
def test_not_found(key, text):
    assert forms([key], text) == [] or (key, text) == ("gpt 4", "GPT 4 %")


def test_a_word_by_itself_and_as_a_part_is_one_form():
    texts = pl.DataFrame([("t", "GPT and GPT-based", None)], schema=INPUT, orient="row")
    found = find_spelled(texts, Vocabulary.of_keys(["gpt"]))
    assert found["forms"].to_list() == [["GPT"]]
    assert found["starts"].to_list() == [[[0, 8]]]


def test_a_form_has_one_number_in_all_batches():
    one, other = (
        find_mentions(pl.DataFrame([("t", title, None)], schema=INPUT, orient="row"), Vocabulary.of_keys(["tea pot"]))
        for title in ("A teapot and a tea-pot", "Of tea-pots, tea pots and a tea-pot")
    )
    assert other.forms["form"].to_list() == ["tea-pots", "tea pots", "tea-pot"]
    shared = one.forms.join(other.forms, on="form")
    assert shared["form"].to_list() == ["tea-pot"]
    assert (shared["form_number"] == shared["form_number_right"]).all()


def test_texts_without_anything_have_a_row():
    texts = pl.DataFrame([("a", "Nothing", None), ("b", "A kettle", "A kettle.")], schema=INPUT, orient="row")
    found = find_spelled(texts, Vocabulary.of_keys(["kettle"]))
    assert found["text_id"].to_list() == ["a", "b"]
    assert found["forms"].to_list() == [[], ["kettle"]]
    assert found["title_counts"].to_list() == [[], [1]]
    assert find_spelled(texts, Vocabulary.of_keys([]))["forms"].to_list() == [[], []]
    assert find_spelled(texts.clear(), Vocabulary.of_keys(["kettle"])).is_empty()


def test_parts_are_those_of_the_key():
    for word in (
        "mixture-of-experts",
        "3-D-aware",
        "1-shot",
        "three-dimensional",
        "TCP/IP",
        "GPT-4",
        "Fourier's",
        "β-VAE",
    ):
        parts = fold_parts(word)
        assert " ".join(key for key, _, _ in parts) == fold_word(word)
        assert (parts[0][1], parts[-1][2]) == (0, len(word))


def test_the_longest_keys_are_found():
    key = " ".join(f"word{number}" for number in range(40))
    assert forms([key], f"On {key} and more") == [key]


def test_vocabularies_add_up():
    all_keys = [f"kettle number{number}" for number in range(3_000)]
    half = Vocabulary.of_keys(all_keys[:1_500])
    rest = Vocabulary.of_keys(all_keys).without(half)
    assert len(half.joined(rest)) == len(Vocabulary.of_keys(all_keys)) == 3_000
    assert forms_of(half.joined(rest)) == 2
    assert (forms_of(half), forms_of(rest)) == (1, 1)


def forms_of(vocabulary):
    texts = pl.DataFrame([("t", "kettle number7; kettle number2999", None)], schema=INPUT, orient="row")
    return len(find_spelled(texts, vocabulary)["forms"][0])


WORDS = ["kettle", "tea", "pot", "of", "a", "GPT", "4", "3", "on", "lamps", "teapot", "ketch", "up"]
SIGNS = st.sampled_from([" ", " ", " ", "-", ", ", ". ", " (", "/", "–"])


@st.composite
def texts(draw):
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=30))
    text = words[0]
    for before, word in itertools.pairwise(words):
        # 4-kettle is four-kettle; that is folding's own.
        text += (" " if before.isdigit() and word.isalpha() else draw(SIGNS)) + word
    return text


def expect(keys, text):
    """(start, end) of every run whose letters are those of a key, found by trying all runs of all lengths."""
    is_function = {"of", "a", "on", "up"}.__contains__

    def letters(words, closing=False):
        joined = ""
        for before, word in zip([None, *words], words, strict=False):
            if before is not None and not closing and (is_function(before) or is_function(word)):
                joined += " "
            elif before is not None and before[-1].isdigit() and word[0].isdigit():
                joined += "_"
            joined += word
        return joined

    wanted = {letters(key.split(" "), closing) for key in keys for closing in (False, True)}
    # A slash parts long words in lower case and joins the others.
    pieces = [(match.group(), match.start(), match.end()) for match in re.finditer(r"[A-Za-z0-9]+", text)]
    found = []
    for first in range(len(pieces)):
        for last in range(first, len(pieces)):
            between = [text[a[2] : b[1]] for a, b in zip(pieces[first:last], pieces[first + 1 : last + 1], strict=True)]
            slashed = any(
                sign == "/"
                and re.search(r"(?<![a-z])[a-z]{4,}$", text[: a[2]])
                and re.match(r"[a-z]{4,}", text[b[1] :])
                for sign, a, b in zip(between, pieces[first:last], pieces[first + 1 : last + 1], strict=True)
            )
            if slashed or not all(sign in (" ", "-", "–", "/") for sign in between):
                break
            folded = [fold_word(word) for word, _, _ in pieces[first : last + 1]]
            if letters(folded) in wanted:
                found.append((pieces[first][1], pieces[last][2]))
    return found


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), min_size=1, max_size=12),
    st.lists(texts(), min_size=1, max_size=6),
)
def test_all_places_are_those_of_trying_every_run(phrases, printed):
    keys = sorted({fold_phrase(" ".join(words)) for words in phrases})
    rows = [(str(number), text, text[::-1]) for number, text in enumerate(printed)]
    found = find_spelled(pl.DataFrame(rows, schema=INPUT, orient="row"), Vocabulary.of_keys(keys))
    for text, row in zip(printed, found.iter_rows(named=True), strict=True):
        places = [
            (start, start + len(form))
            for form, starts, title_count in zip(row["forms"], row["starts"], row["title_counts"], strict=True)
            for start in starts[:title_count]
        ]
        assert sorted(places) == sorted(expect(keys, text))
        for form, key in zip(row["forms"], row["phrase_keys"], strict=True):
            assert close_key(fold_phrase(form)) == close_key(key)
