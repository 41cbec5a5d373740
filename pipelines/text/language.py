"""The language a text is written in: a cheap guess by script, else by the share of function words.

The words themselves come from the token table; only texts that do not look English are looked at again.
"""

import polars as pl

from pipelines.text.tokens import Tokens

#: English abstracts have 0.20 to 0.55 function words (7,200 seen); texts in other languages stay below 0.08.
_ENGLISH_SHARE = 0.18
_FOREIGN_SHARE = 0.08
#: Shorter texts say too little either way.
_MIN_WORDS = 8
_FUNCTION_WORDS = {
    "cs": "a že je se na pro které jsou který jako tato ve pomocí",
    "de": "der die das und ist nicht mit für ein eine einer wir den dem von zu auf werden wird sich",
    "es": "el la los las de que en una para con por del se es y como sus esta",
    "fr": "le la les des et est une dans pour nous que qui par sur du au cette avec",
    "id": "yang dan untuk dengan dari pada ini dalam kami adalah tidak oleh",
    "it": "il la che di per una con del della sono nel e un gli delle dei alla si",
    "nl": "de het een van en dat voor met zijn niet op wij wordt aan deze",
    "pl": "i w na się że do jest oraz dla przez które nie",
    "pt": "o os as de que em uma para com do da não e dos um são no na",
    "ro": "și de în la cu pentru care este un o din sunt",
    "sv": "och att det är som en ett för på av med inte vi",
    "tr": "ve bir bu için ile olarak olan daha gibi çok",
    "vi": "và của các là cho một trong với được này những",
}
#: Script -> the least share of letters that settles it; kana first, since Japanese has Han letters too.
_SCRIPTS = {
    "ja": (r"[\p{Hiragana}\p{Katakana}]", 0.1),
    "ko": (r"\p{Hangul}", 0.3),
    "zh": (r"\p{Han}", 0.3),
    "ru": (r"\p{Cyrillic}", 0.3),
    "ar": (r"\p{Arabic}", 0.3),
    "el": (r"\p{Greek}", 0.5),
    "hi": (r"\p{Devanagari}", 0.3),
}


def guess_language(texts: pl.DataFrame, tokens: Tokens) -> pl.DataFrame:
    """One row per text, in order: language (ISO 639-1, null where unsure), is_foreign (surely not English).

    Args: texts: title, abstract, cleaned; tokens of the same texts, in the same order.
    A text may be foreign although its language is unknown.
    """
    is_function = tokens.words["is_function"].gather(tokens.flat["word"])
    is_word = (tokens.words["word"] != "").gather(tokens.flat["word"])
    counted = (
        pl.DataFrame({"row": tokens.flat["row"], "is_function": is_function, "is_word": is_word})
        .group_by("row", maintain_order=True)
        .agg(share=pl.col("is_function").sum() / pl.col("is_word").sum(), word_count=pl.col("is_word").sum())
    )
    enough = pl.col("word_count") >= _MIN_WORDS
    guessed = counted.select(
        language=pl.when(enough & (pl.col("share") >= _ENGLISH_SHARE)).then(pl.lit("en")),
        is_foreign=enough & (pl.col("share") < _FOREIGN_SHARE),
    )
    doubtful = guessed["language"].is_null().arg_true()
    if len(doubtful) == 0:
        return guessed
    other = _guess_other(texts[doubtful])
    language = guessed["language"].scatter(doubtful, other)
    return guessed.with_columns(
        language=language, is_foreign=pl.col("is_foreign") | language.is_not_null() & (language != "en")
    )


def _guess_other(texts: pl.DataFrame) -> pl.Series:
    """Language of texts that do not look English, null where no script and no function words settle it."""
    text = pl.concat_str("title", "abstract", separator=" ", ignore_nulls=True).str.to_lowercase()
    frame = texts.select(text=text)
    letters = pl.col("text").str.count_matches(r"\p{L}").clip(lower_bound=1)
    words = pl.col("text").str.count_matches(r"\p{L}+")
    by_script = pl.coalesce(
        pl.when(pl.col("text").str.count_matches(script) / letters > share).then(pl.lit(code))
        for code, (script, share) in _SCRIPTS.items()
    )
    shares = frame.select(
        (pl.col("text").str.count_matches(rf"\b(?:{known.replace(' ', '|')})\b") / words.clip(lower_bound=1)).alias(
            code
        )
        for code, known in _FUNCTION_WORDS.items()
    )
    ranked = shares.select(
        best=pl.max_horizontal(pl.all()),
        second=pl.concat_list(pl.all()).list.sort(descending=True).list.get(1),
        code=pl.concat_list(pl.all()).list.arg_max(),
    )
    codes = pl.Series(list(_FUNCTION_WORDS)).gather(ranked["code"])
    # Neighbours share words (de, que, la): the best must be clearly better than the next.
    is_clear = (ranked["best"] > 0.12) & (ranked["best"] > 1.2 * ranked["second"])
    return frame.select(
        pl.coalesce(by_script, pl.when(pl.lit(is_clear) & (words >= _MIN_WORDS)).then(pl.lit(codes)))
    ).to_series()
