"""Search terms: the same from a text and from a query, whatever the spelling."""

from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperhouse.release.macros import read_macros, write_out
from paperhouse.text.search_terms import TITLE_WEIGHT, count_search_terms, cut_plurals, fold, term_id
from paperhouse.text.tokens import tokenize


@pytest.fixture(scope="module")
def published():
    """A database with the scalar macros of a release."""
    with duckdb.connect() as connection:
        for _, name, kind, statement in write_out(read_macros(), "R1"):
            if name.startswith("search_") and not kind:
                connection.execute(statement)
        yield connection


def terms(title: str, abstract: str | None = None) -> dict[int, int]:
    texts = pl.DataFrame(
        {"text_id": ["t"], "title": [title], "abstract": [abstract]}, schema_overrides={"abstract": pl.String}
    )
    row = count_search_terms(texts, tokenize(texts)).row(0, named=True)
    assert row["term_count"] == sum(row["frequencies"])
    assert row["term_ids"] == sorted(row["term_ids"])
    return dict(zip(row["term_ids"], row["frequencies"], strict=True))


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("models", "model"),
        ("queries", "query"),
        ("series", "sery"),
        ("classes", "classe"),
        ("analysis", "analysi"),
        ("corpus", "corpus"),
        ("loss", "loss"),
        ("gas", "gas"),
        ("trees", "tree"),
    ],
)
def test_plurals_are_cut_as_harman_cuts_them(word, term, published):
    assert cut_plurals(pl.Series([word]))[0] == term
    assert published.execute("select search_term(?)", [word]).fetchall() == [(term,)]


def test_title_weighs_more_and_function_words_nothing():
    found = terms("Models of the Sea", "A model is wet.")
    assert found == {term_id("model"): TITLE_WEIGHT + 1, term_id("sea"): TITLE_WEIGHT, term_id("wet"): 1}


def test_parts_of_a_hyphenated_word_are_terms():
    assert set(terms("State-of-the-art GPT-4")) == {term_id(term) for term in ("state", "art", "gpt", "4")}


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("面向山谷水位的记忆网络", "山谷水位"),
        ("面向山谷水位的记忆网络", "谷"),
        ("ことばのモデルをつくる", "モデル"),
        ("작은 언어모델의 지식 증류", "언어모델"),
        ("基于GPT4模型的检索", "gpt4"),
        ("Über 山谷 und ラーメン", "ラーメン"),
    ],
)
def test_a_word_inside_text_without_spaces_is_found(published, title, query):
    (asked,) = published.execute(
        "select list_transform(flatten(list_transform(string_split(search_fold(?), ' '), lambda w: search_words(w))), "
        "lambda w: search_term_id(search_term(w)))",
        [query],
    ).fetchall()[0]
    assert set(asked) <= set(terms(title))


def test_characters_that_are_not_neighbours_are_no_term():
    found = terms("山谷 水位")
    assert term_id("谷水") not in found
    assert {term_id(term) for term in ("山谷", "水位", "山", "位")} <= set(found)


def test_a_text_without_terms_has_none():
    assert terms("∀∃") == {}


# Letters that this Python does not know yet (Cn) are none to DuckDB either, and some to Polars: U+13460, of 2024.
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cn"]), min_size=1, max_size=40))
def test_a_query_is_folded_like_a_text(published, text):
    (folded,) = published.execute("select search_fold(?)", [text.replace("\0", " ")]).fetchall()[0]
    assert folded == fold(pl.Series([text.replace("\0", " ")]))[0].strip()


def test_ids_are_equal_everywhere(published):
    for term in ("model", "größe", "模型", "4"):
        assert published.execute("select search_term_id(?)", [term]).fetchall() == [(term_id(term),)]


def test_every_macro_has_a_comment():
    found = {name: remark for remark, name, _, _ in write_out(read_macros(), "R1")}
    assert {"search_papers", "keyword_trend", "papers_with", "similar_papers", "line_of"} <= set(found)
    assert all(remark.endswith(".") for remark in found.values())
    statements = Path(__file__).parents[3].joinpath("pipelines/release/macros.sql").read_text().count("create macro")
    assert len(found) == statements
