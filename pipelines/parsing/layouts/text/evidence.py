"""What the wording of a line says about its part in an entry: its shape, words shared, open ends.

Measures only; what they weigh against each other is decided where they are used.
"""

import polars as pl

_WORD = r"[\p{L}\p{N}][\p{L}\p{N}-]{3,}"
_LONG_WORD = r"[\p{L}\p{N}-]{5,}"
#: Words of titles that say nothing about which abstract they belong to.
_COMMON_WORDS = (
    "with from for via the and towards toward using based into over under model models modeling language large "
    "learning neural network networks deep data training efficient method approach framework task tasks generation "
    "that this what when where which does makes need know your their more have between beyond better than through"
).split()
#: Share of a title's words found in an abstract: 98 % of real pairs have a third or more, 95 % of neighbours less.
USUAL_OVERLAP = 0.3
LINKING = "of|for|and|or|with|in|on|to|via|from|by|using|through|as|at|under|into|towards?|without|between|beyond"
OPEN_END = rf"(?i)(?:[:,–—-]|\b(?:a|an|the|is|are|that|{LINKING}))$"
CONTINUES = rf"^(?:\p{{Ll}}|(?:{LINKING})\b)"
#: How the last sentence of many abstracts begins that stands on a line of its own.
TAIL_START = (
    r"(?i)^(?:(?:our|the|all|source|project|more|demo|online|this|an?)?\s*"
    r"(?:codes?|datasets?|data|models?|weights|project|page|website|webpage|demos?|github|urls?|links?|"
    r"repository|source|videos?|resources|checkpoints|implementation)\b"
    r"(?:\s*:|.{0,120}\b(?:available|released|open-?sourced?|published)\b)|https?://)"
)
#: A text that ends as a finished one does: with a stop, closed by quotes or brackets, or with an address.
FINISHED = r"(?:[.?!。！？][)\]\"'”’}*_]*|[)\]]|https?://\S+|\b[\w-]+\.(?:io|com|org|ai|net|dev)\S*)$"

_FINITE = (
    r"(?i)\b(?:we|our|us|is|are|was|were|be|been|has|have|had|do|does|can|may|will|this|that|these|those|which|it|its|"
    r"they|their|such|however|while|also|than|more)\b"
)
_OPENER = (
    r"^(?:We|Our|This|These|In|However|The|It|Its|Experiments|Extensive|Recent|Although|While|Existing|To|As|By|"
    r"Despite|Yet|Code|There|With|For|Here|Specifically|Moreover|Furthermore|Finally|Additionally)\b"
)
#: Longer than any title; texts longer than this need no closer look to be told from one.
PROSE_BYTES = 600
#: Scores of shape are cut off at these: a title may always be a line of an abstract, a long text is never a title.
SURE_TITLE, SURE_PROSE = 6.0, -20.0


def small_share(text: pl.Expr) -> pl.Expr:
    """Share of the words that begin with a small letter: low in most titles, high in prose."""
    return text.str.count_matches(r"(?:^|\s)\p{Ll}") / text.str.count_matches(r"\S+")


def weigh_shape(text: pl.Expr) -> pl.Expr:
    """Log-odds that a text is a title, from its shape alone: positive for titles, negative for prose.

    The weights are those of a logistic regression on titles, halves of titles, abstracts and paragraphs of abstracts,
    real and invented, some of them robbed of their final stop, some titles given one.
    """

    def weigh(pattern: str, weight: float) -> pl.Expr:
        return weight * text.str.contains(pattern).cast(pl.Float64)

    # An ideograph says as much as half a word; and neither small letters nor spaces tell there.
    ideographs = text.str.count_matches(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
    size = text.str.len_chars() + 2 * ideographs
    small = pl.when(ideographs * 4 > text.str.len_chars()).then(0.6).otherwise(small_share(text))
    return (
        2.3
        - 3.3 * (size / 230).log()
        - 8.4 * (small - 0.5)
        - 1.6 * text.str.count_matches(_FINITE).clip(0, 4)
        + weigh(r"(?:\.|。)[\"'”’)\]]*$", -4.2)
        + weigh(r"[.?!][\"'”’)\]]*\s+[A-Z(“\"]|[。！？].", -1.8)
        + weigh(_OPENER, -3.2)
        + weigh(TAIL_START, -3.8)
        + weigh(r"https?://\S+\W?$|\b[\w-]+\.github\.io", -6.0)
    )


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


def find_cohesion(texts: pl.DataFrame) -> pl.DataFrame:
    """Share of the rare words of each text that occur in the texts before it in its run.

    Args: row, source, run, text; rows rising.
    Returns: row, cohesion, for texts with at least two rare words. Rare is a word of at most a fiftieth of the source's
    texts: half of the second parts of real abstracts share an eighth of theirs with the first, hardly one abstract a
    twelfth with its neighbour.
    """
    words = texts.select(
        "row", "source", "run", word=pl.col("text").str.to_lowercase().str.extract_all(_LONG_WORD).list.unique()
    ).explode("word", empty_as_null=False)
    limit = texts.group_by("source").agg(limit=(pl.len() * 0.02).clip(4, None))
    return (
        words.join(words.group_by("source", "word").agg(count=pl.len()), on=["source", "word"])
        .join(limit, on="source")
        .filter(pl.col("count") <= pl.col("limit"))
        .with_columns(is_shared=pl.col("row") > pl.col("row").min().over("run", "word"))
        .group_by("row")
        .agg(cohesion=pl.col("is_shared").mean(), count=pl.len())
        .filter(pl.col("count") >= 2)
        .drop("count")
    )
