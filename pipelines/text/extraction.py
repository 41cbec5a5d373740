"""The text stage: raw title and abstract in, the text tables out. Order of the steps and nothing else."""

from dataclasses import dataclass

import polars as pl

from .abbreviations import extract_abbreviations
from .cleaning import clean_abstracts, clean_titles, fold_titles
from .fingerprints import fingerprint_texts
from .language import guess_language
from .links import extract_links
from .method_names import name_methods
from .phrases import add_counts, count_words, extract_phrases
from .results import extract_results
from .schema import TEXTS
from .search_terms import count_search_terms
from .short_forms import find_short_forms
from .tokens import tokenize

TEXT_VERSION = "12"
#: Texts whose words are looked at together: memory follows this, and a text has a hundred times as many words as rows
#: of anything else.
WORDS_OF = 3_000


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
    clean = clean.with_columns(title_key=fold_titles(clean["title"]))
    abbreviations = extract_abbreviations(clean)
    slices = list(clean.iter_slices(WORDS_OF)) or [clean]
    read = [_read_words(part, abbreviations) for part in slices]
    found = {name: pl.concat([part[name] for part in read]) for name in read[0]}
    return TextFacts(
        **found | {"words": add_counts(found["words"])},
        links=extract_links(clean),
        abbreviations=abbreviations,
        results=extract_results(clean),
        methods=name_methods(clean),
    )


def _read_words(texts: pl.DataFrame, abbreviations: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What is found word by word, by the names of TextFacts.

    Args: texts: text_id, title, abstract, cleaned, title_key; abbreviations of these texts, and of others.
    """
    tokens = tokenize(texts)
    guessed = guess_language(texts, tokens)
    found = {
        "texts": texts.with_columns(language=guessed["language"], text_version=pl.lit(TEXT_VERSION))
        .select(list(TEXTS))
        .cast(pl.Schema(TEXTS)),
        "fingerprints": fingerprint_texts(texts, tokens),
        "search_terms": count_search_terms(texts, tokens),  # of texts in any language
    }
    if guessed["is_foreign"].any():
        tokens = tokens.without(guessed["is_foreign"], guessed["has_english_title"])
    begins = _begin_abstracts(texts)
    if begins.any():
        tokens = tokens.without_titles(begins)
    phrases, further_phrases = extract_phrases(texts, tokens, abbreviations)
    return found | {
        "phrases": phrases,
        "further_phrases": further_phrases,
        "words": count_words(tokens),
        "short_forms": find_short_forms(texts, tokens),
    }


def _begin_abstracts(texts: pl.DataFrame) -> pl.Series:
    """Which titles are the beginning of their abstracts, broken off: a paper without a title says it once."""
    beginning = pl.col("title").str.strip_suffix("...").str.strip_chars_end(" ")
    is_cut = pl.col("title").str.ends_with("...") & (beginning != "")
    return texts.select((is_cut & pl.col("abstract").str.starts_with(beginning)).fill_null(False)).to_series()
