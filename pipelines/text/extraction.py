"""The text stage: raw title and abstract in, the text tables out. Order of the steps and nothing else."""

from dataclasses import dataclass

import polars as pl

from .abbreviations import extract_abbreviations
from .cleaning import clean_abstracts, clean_titles, fold_titles
from .fingerprints import fingerprint_texts
from .language import guess_language
from .links import extract_links
from .method_names import name_methods
from .phrases import count_words, extract_phrases
from .results import extract_results
from .schema import TEXTS
from .search_terms import count_search_terms
from .short_forms import find_short_forms
from .tokens import tokenize

TEXT_VERSION = "12"


@dataclass(frozen=True)
class TextFacts:
    """What a batch of texts says: frames with exactly the columns of schema.py, sorted."""

    texts: pl.DataFrame
    phrases: pl.DataFrame
    further_phrases: pl.DataFrame
    words: pl.DataFrame
    links: pl.DataFrame
    abbreviations: pl.DataFrame
    short_forms: pl.DataFrame
    fingerprints: pl.DataFrame
    results: pl.DataFrame
    methods: pl.DataFrame
    search_terms: pl.DataFrame


def extract_texts(texts: pl.DataFrame) -> TextFacts:
    """Clean a batch of texts and extract everything the text tables hold.

    Args: texts: text_id (distinct), title, abstract (nullable), as printed.
    Returns: facts that do not depend on the order of rows; words are counts of this batch.
    Texts that are not English give no phrases and no words, but for those of a title that is.
    """
    ordered = texts.select("text_id", "title", "abstract").sort("text_id")
    clean = ordered.with_columns(title=clean_titles(ordered["title"]), abstract=clean_abstracts(ordered["abstract"]))
    tokens = tokenize(clean)
    guessed = guess_language(clean, tokens)
    facts = clean.with_columns(
        title_key=fold_titles(clean["title"]), language=guessed["language"], text_version=pl.lit(TEXT_VERSION)
    )
    fingerprints = fingerprint_texts(facts, tokens)
    search_terms = count_search_terms(facts, tokens)  # of texts in any language
    if guessed["is_foreign"].any():
        tokens = tokens.without(guessed["is_foreign"], guessed["has_english_title"])
    begins = _begin_abstracts(clean)
    if begins.any():
        tokens = tokens.without_titles(begins)
    abbreviations = extract_abbreviations(clean)
    phrases, further_phrases = extract_phrases(clean, tokens, abbreviations)
    return TextFacts(
        texts=facts.select(list(TEXTS)).cast(pl.Schema(TEXTS)),
        phrases=phrases,
        further_phrases=further_phrases,
        words=count_words(tokens),
        links=extract_links(clean),
        abbreviations=abbreviations,
        short_forms=find_short_forms(clean, tokens),
        fingerprints=fingerprints,
        results=extract_results(clean),
        methods=name_methods(clean),
        search_terms=search_terms,
    )


def _begin_abstracts(texts: pl.DataFrame) -> pl.Series:
    """Which titles are the beginning of their abstracts, broken off: a paper without a title says it once."""
    beginning = pl.col("title").str.strip_suffix("...").str.strip_chars_end(" ")
    is_cut = pl.col("title").str.ends_with("...") & (beginning != "")
    return texts.select((is_cut & pl.col("abstract").str.starts_with(beginning)).fill_null(False)).to_series()
