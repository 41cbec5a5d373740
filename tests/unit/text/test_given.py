"""Keywords that dumps carry, folded like phrases; and the bundled background, which must be folded the same way."""

import polars as pl
import pytest

from paperhouse.text import fold_given_keywords, read_background_terms, read_background_words
from paperhouse.text.folding import close_key, fold_phrase

GIVEN = {
    "plural and hyphen": ("Vision-Language Models", "vision language model"),
    "abbreviation in brackets": ("Large Language Models (LLMs)", "large language model"),
    "an abbreviation alone": ("LLMs", "llm"),
    "glued full stop": ("gear trains.", "gear train"),
    "LaTeX": (r"$\beta$-VAE", "beta vae"),
}


@pytest.mark.parametrize("case", GIVEN)
def test_given_keywords_fold_like_phrases(case):
    keyword, key = GIVEN[case]
    assert fold_given_keywords(pl.Series([keyword])).rows() == [(keyword, key)]


def test_what_is_no_keyword_is_left_out():
    assert fold_given_keywords(pl.Series(["--", "", "gear " * 30])).is_empty()


def test_no_given_keywords_are_no_rows():
    assert fold_given_keywords(pl.Series([], dtype=pl.String)).is_empty()


def test_background_is_shares_of_folded_words_and_short_terms():
    words, terms = read_background_words(), read_background_terms()
    assert words.height > 1000
    assert terms.height > 1000
    assert words["word"].is_unique().all()
    assert terms["term_key"].is_unique().all()
    assert words["text_share"].is_between(0, 1).all()
    assert all(terms[name].is_between(0, 1).all() for name in ("paper_share", "title_share", "alone_share"))
    keys = set(terms["term_key"])
    assert {close_key(fold_phrase(form)) for form in ("Diffusion Models", "pre-training", "GPT-4o")} <= keys
    # Words of a sentence would be far longer.
    assert terms["term_key"].str.len_chars().max() < 60
