"""What holds for every text: offsets point at what they name, and nothing depends on order or batch."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from paperhouse.text import extract_texts
from paperhouse.text.schema import ABBREVIATIONS, LINKS, PHRASES, TEXTS, WORDS

INPUT = {"text_id": pl.String, "title": pl.String, "abstract": pl.String}
_FRAGMENTS = st.sampled_from(
    [
        "deep gear lattice", "(DGL)", "deep gear lattice (DGL)", "gear", "Gears", "gear-lattice", "the", "of", "we use",
        "GPT-4", "Llama 3", "C++", "β-VAE", "R^2", "2.3times", "40\\%", "\\textit{stable}", "{\\em odd}", "~",
        "``x''", "https://github.com/gear-lab/gears.", "url{https://a.example/b}", "github.com/a/b", "Zähne", "齿轮",
        "𝒜", "e\u0301", "ﬁne", "\u00a0", "\n", "  ", "<EOS>", "<b>bold</b>", "&amp;", "—", "--", "'s", "model's",
        "Fourier's law", "a/b", "encoder/decoder", ".", ",", "(", ")", "İ", "ǅ", "ß", "\u200b", "x_1", "G_{stack}",
        "$x$", "\x00", "…", "100%",
    ]
)  # fmt: skip
_TEXT = st.lists(st.one_of(_FRAGMENTS, st.text(max_size=6)), max_size=25).map(" ".join)
_BATCH = st.lists(st.tuples(_TEXT, st.one_of(st.none(), _TEXT)), min_size=1, max_size=6).map(
    lambda rows: pl.DataFrame(
        [(f"t{i}", title, abstract) for i, (title, abstract) in enumerate(rows)], schema=INPUT, orient="row"
    )
)


def _fields(facts):
    """(text_id, field) -> cleaned text."""
    long = facts.texts.unpivot(["title", "abstract"], index="text_id", variable_name="field", value_name="text")
    return {(text_id, field): text for text_id, field, text in long.iter_rows()}


@settings(max_examples=20, deadline=None)
@given(_BATCH)
def test_offsets_point_at_what_they_name_and_no_phrase_holds_a_sign_a_link_or_a_double_key_space(batch):
    facts = extract_texts(batch)
    clean = _fields(facts)
    for row in facts.phrases.iter_rows(named=True):
        text = clean[row["text_id"], "title"] + "\n" + (clean[row["text_id"], "abstract"] or "")
        assert not set(row["phrase"]) & set('\n\t"(){}[]<>|\\^$~,;:!?%')
        assert "http" not in row["phrase"].lower()
        assert row["phrase_key"] == " ".join(row["phrase_key"].split(" ")).strip()
        assert row["phrase_key"]
        assert row["word_count"] == row["phrase"].count(" ") + 1
        assert row["occurrence_count"] >= max(row["alone_count"], row["title_count"], 1)
        assert row["phrase"] in text
    assert facts.phrases.select("text_id", pl.col("phrase_key").str.replace_all(" ", "")).is_unique().all()
    for row in facts.links.iter_rows(named=True):
        written = clean[row["text_id"], row["field"]][row["start"] : row["end"]]
        assert written.lower().removeprefix("https://").removeprefix("http://").rstrip("/") == row[
            "url"
        ].lower().removeprefix("https://")
    for row in facts.abbreviations.iter_rows(named=True):
        text = clean[row["text_id"], row["field"]]
        assert text[row["short_start"] : row["short_start"] + len(row["short_form"])] == row["short_form"]
        assert text[row["long_start"] : row["long_start"] + len(row["long_form"])] == row["long_form"]


@pytest.mark.deep
@settings(max_examples=8, deadline=None)
@given(_BATCH, st.randoms(use_true_random=False))
def test_neither_order_nor_batches_matter(batch, random):
    whole = extract_texts(batch)
    rows = list(range(batch.height))
    random.shuffle(rows)
    shuffled = extract_texts(batch[rows])
    cut = random.randint(0, batch.height)
    parts = [extract_texts(batch[:cut]), extract_texts(batch[cut:])]
    for name in ("texts", "phrases", "links", "abbreviations"):
        assert_frame_equal(getattr(whole, name), getattr(shuffled, name))
        together = pl.concat([getattr(part, name) for part in parts])
        assert_frame_equal(getattr(whole, name), together)
    assert_frame_equal(whole.words, shuffled.words)
    summed = pl.concat([part.words for part in parts]).group_by("word").agg(pl.col("text_count").sum())
    assert_frame_equal(whole.words, summed.sort("word"))


@pytest.mark.parametrize("rows", [[], [("t", "", None)], [("t", "", "")], [("t", "(((", ")))")], [("t", " ", "\x00")]])
def test_texts_with_nothing_in_them_give_empty_tables_of_the_right_columns(rows):
    facts = extract_texts(pl.DataFrame(rows, schema=INPUT, orient="row"))
    assert facts.texts.height == len(rows)
    schemas = {"texts": TEXTS, "phrases": PHRASES, "words": WORDS, "links": LINKS, "abbreviations": ABBREVIATIONS}
    for name, columns in schemas.items():
        assert getattr(facts, name).schema == pl.Schema(columns)
    assert facts.phrases.is_empty()


def test_tables_are_sorted_by_text_and_place():
    texts = pl.DataFrame(
        {
            "text_id": ["b", "a"],
            "title": ["Gear lattices", "Lattice gears"],
            "abstract": ["Gear lattices, and www.gears.example.", "Lattice gears (LG)."],
        }
    )
    facts = extract_texts(texts)
    assert facts.texts["text_id"].to_list() == ["a", "b"]
    places = facts.phrases.select("text_id", "place").rows()
    assert places == sorted(places)


def test_a_title_that_is_the_beginning_of_the_abstract_is_said_once():
    abstract = "A deep gear lattice turns. It is stable, and nothing of it is worn."
    rows = [
        ("t", "A deep gear lattice turns. It is stable, and ...", abstract),
        ("u", "A deep gear lattice ...", "It turns."),
    ]
    phrases = extract_texts(pl.DataFrame(rows, schema=INPUT, orient="row")).phrases
    found = phrases.filter(pl.col("phrase") == "deep gear lattice").select("text_id", "title_count", "occurrence_count")
    assert found.rows() == [("t", 0, 1), ("u", 1, 1)]
