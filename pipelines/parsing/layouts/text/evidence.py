"""What the wording of a line says about its part in an entry: words shared, capitals, open ends.

Measures only; what they weigh against each other is decided where they are used.
"""

import polars as pl

_WORD = r"[\p{L}\p{N}][\p{L}\p{N}-]{3,}"
#: Words of titles that say nothing about which abstract they belong to.
_COMMON_WORDS = (
    "with from for via the and towards toward using based into over under model models modeling language large "
    "learning neural network networks deep data training efficient method approach framework task tasks generation"
).split()
#: Share of a title's words found in an abstract: 98 % of real pairs have a third or more, 95 % of neighbours less.
USUAL_OVERLAP = 0.3
LINKING = "of|for|and|or|with|in|on|to|via|from|by|using|through|as|at|under|into|towards?|without|between|beyond"
OPEN_END = rf"(?i)(?:[:,–—-]|\b(?:a|an|the|is|are|that|{LINKING}))$"


def small_share(text: pl.Expr) -> pl.Expr:
    """Share of the words that begin with a small letter: low in most titles, high in prose."""
    return text.str.count_matches(r"(?:^|\s)\p{Ll}") / text.str.count_matches(r"\S+")


def find_overlaps(pairs: pl.DataFrame) -> pl.DataFrame:
    """Share of the telling words of one text that occur in another; row, words_of, inside -> row, overlap."""
    return (
        pairs.drop_nulls()
        .select(
            "row",
            word=pl.col("words_of").str.to_lowercase().str.extract_all(_WORD).list.unique(),
            inside=pl.col("inside").str.to_lowercase(),
        )
        .explode("word", empty_as_null=False)
        .filter(~pl.col("word").is_in(_COMMON_WORDS))
        .group_by("row")
        .agg(overlap=pl.col("inside").str.contains(pl.col("word"), literal=True).mean())
    )
