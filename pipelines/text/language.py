"""The language a text is written in: English by its share of function words, any other by py3langid.

The words come from the token table; only texts that do not look English are looked at again, so that the model costs
nothing where there are none.
"""

from functools import cache

import polars as pl
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from .tokens import Tokens

#: English abstracts have 0.20 to 0.55 function words (7,200 seen); texts in other languages stay below 0.08.
_ENGLISH_SHARE = 0.18
_FOREIGN_SHARE = 0.08
#: Shorter texts say too little either way, unless their script says it.
_MIN_WORDS = 8
#: Share of letters that are not Latin from which on a text cannot be English, and how sure the model must be of which
#: language it is; of a text in Latin letters it must be surer: names and formulas are in no language.
_OTHER_LETTERS = 0.3
_MIN_CONFIDENCE, _MIN_LATIN_CONFIDENCE = 0.5, 0.8


def guess_language(texts: pl.DataFrame, tokens: Tokens) -> pl.DataFrame:
    """One row per text, in order: language (ISO 639, null where unsure), is_foreign (surely not English), and whether a
    foreign one has an English title (has_english_title).

    Args: texts: title, abstract, cleaned; tokens of the same texts, in the same order.
    A text may be foreign although its language is unknown.
    """
    is_function = tokens.words["is_function"].gather(tokens.flat["word"])
    is_word = tokens.words["is_word"].gather(tokens.flat["word"])
    counted = (
        pl.DataFrame({"row": tokens.flat["row"], "is_function": is_function, "is_word": is_word})
        .group_by("row", maintain_order=True)
        .agg(share=pl.col("is_function").sum() / pl.col("is_word").sum(), word_count=pl.col("is_word").sum())
    )
    enough = pl.col("word_count") >= _MIN_WORDS
    guessed = counted.select(
        language=pl.when(enough & (pl.col("share") >= _ENGLISH_SHARE)).then(pl.lit("en")),
        is_foreign=enough & (pl.col("share") < _FOREIGN_SHARE),
        has_words=enough,
    )
    doubtful = guessed["language"].is_null().arg_true()
    if len(doubtful) == 0:
        return guessed.drop("has_words").with_columns(has_english_title=pl.lit(False))
    other = _guess_other(texts[doubtful], guessed["has_words"].gather(doubtful))
    language = guessed["language"].scatter(doubtful, other)
    is_foreign = guessed["is_foreign"] | language.is_not_null() & (language != "en")
    foreign = is_foreign.fill_null(False).arg_true()
    has_english_title = pl.repeat(False, len(texts), eager=True).scatter(foreign, _have_english_titles(texts[foreign]))
    return pl.DataFrame({"language": language, "is_foreign": is_foreign, "has_english_title": has_english_title})


def _have_english_titles(texts: pl.DataFrame) -> pl.Series:
    """Whether titles of texts that are not English are: as journals print them above a text in another language.

    A title is too short for the model to be sure; that a text in other letters has one in Latin letters is enough.
    """
    title, text = texts["title"].fill_null(""), texts["abstract"].fill_null("")
    is_candidate = ~_is_in_other_letters(title) & title.str.contains(r"^\S*\p{L}\S* +\S*\p{L}")
    is_ascii = title.str.len_bytes() == title.str.len_chars()
    return pl.Series(
        [
            candidate and (other or (plain and _identifier().classify(said)[0] == "en"))
            for candidate, other, plain, said in zip(
                is_candidate.to_list(),
                _is_in_other_letters(text).to_list(),
                is_ascii.to_list(),
                title.to_list(),
                strict=True,
            )
        ],
        dtype=pl.Boolean,
    )


def _is_in_other_letters(texts: pl.Series) -> pl.Series:
    letters, latin = texts.str.count_matches(r"\p{L}"), texts.str.count_matches(r"\p{Latin}")
    return (letters - latin) > _OTHER_LETTERS * letters


def _guess_other(texts: pl.DataFrame, has_words: pl.Series) -> pl.Series:
    """Language of texts that do not look English, null where the model is unsure or there is too little to tell by."""
    text = texts.select(pl.concat_str("title", "abstract", separator=" ", ignore_nulls=True)).to_series()
    is_other = _is_in_other_letters(text)
    return pl.Series(
        [
            _classify(said, _MIN_CONFIDENCE if other else _MIN_LATIN_CONFIDENCE) if other or words else None
            for said, other, words in zip(text.to_list(), is_other.to_list(), has_words.to_list(), strict=True)
        ],
        dtype=pl.String,
    )


def _classify(text: str, least: float) -> str | None:
    code, confidence = _identifier().classify(text)
    return str(code) if confidence >= least else None


@cache
def _identifier() -> LanguageIdentifier:
    """The model, read at first use: that takes a good second."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
