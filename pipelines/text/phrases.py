"""Keyword candidates of a batch of texts, with offsets and the counts that scoring needs; and words per batch.

Finds and counts; which candidates become keywords is decided in SQL (dbt), where document frequencies are known.
"""

import numpy as np
import polars as pl

from .counting import number_values, pair_numbers, run_starts
from .lexicon import word_classes
from .schema import PHRASES, WORDS
from .tokens import Tokens
from .vocabulary import Place

MAX_WORDS = 4
#: A definition may be longer, since its words are known to belong together.
MAX_DEFINED_WORDS = 6
_COLUMNS = ["row", *PHRASES]
_ANY = Place.START | Place.INSIDE | Place.END


def _runs(tokens: Tokens) -> pl.DataFrame:
    """Places of the flat tokens in their context, and is_joined only where both neighbours may be in a phrase.

    A version number counts as a word after a name only, a verb that could be a noun (`tool use`) after a singular noun;
    a noun that could be a verb counts as none where it is one. What a name is told to be (`the metric ReGap`) is parted
    from it.
    """
    places = tokens.words["places"].gather(tokens.flat["word"])
    is_joined = tokens.flat["is_joined"]
    before = places.shift(1, fill_value=0) * is_joined.cast(pl.UInt16)

    def follows(role: int, sign: int) -> pl.Series:
        return ((places & role) != 0) & ((before & sign) != 0)

    is_version = (places & Place.VERSION) != 0
    is_noun = follows(Place.FOLLOWING, Place.SINGULAR)
    is_verb = follows(Place.EITHER, Place.VERB_SIGN) | follows(Place.GERUND, Place.GERUND_SIGN)
    closing = (follows(Place.VERSION, Place.NAME) | is_noun).cast(pl.UInt16) * int(Place.INSIDE | Place.END)
    places = closing + places * (~(is_version | is_verb)).cast(pl.UInt16)
    usable = (places & _ANY) != 0
    is_told = ((places & Place.SPECIAL) != 0) & ((places & Place.NAMING) != 0).shift(1, fill_value=False)
    is_joined = is_joined & usable & usable.shift(1, fill_value=False) & ~is_told
    return pl.DataFrame({"places": places, "is_joined": is_joined})


def _find(tokens: Tokens, keys: pl.Series) -> pl.DataFrame:
    """Every candidate occurrence, in reading order, shorter ones first.

    Returns: at (row of the flat table), word_count, is_alone, and two hashes: of text and folded words, and of text,
    field and words as written.
    """
    flat, runs = tokens.flat, _runs(tokens)
    places = runs["places"]
    may = {place: (places & place) != 0 for place in (Place.START, Place.INSIDE, Place.END, Place.ALONE, Place.VAGUE)}
    opens = ~runs["is_joined"]
    closes = opens.shift(-1, fill_value=True)
    field = flat["row"].cast(pl.UInt64) * 2 + flat["in_abstract"]
    spelling = (field * len(tokens.words) + flat["word"]).hash()
    folding = (flat["row"].cast(pl.UInt64) * len(tokens.words) + keys).hash()

    # A column for each number of words, so that one search finds all candidates in order.
    good = np.zeros((flat.height, MAX_WORDS), dtype=bool)
    good[:, 0] = may[Place.ALONE]
    reach = pl.repeat(True, flat.height, eager=True)
    for n in range(2, MAX_WORDS + 1):
        reach = reach & runs["is_joined"].shift(1 - n, fill_value=False)
        may_be = may[Place.START] & reach & may[Place.END].shift(1 - n, fill_value=False)
        reach = reach & may[Place.INSIDE].shift(1 - n, fill_value=False)
        if n == 2:
            common = ~may[Place.ALONE] & ((places & Place.SPECIAL) == 0)
            may_be = may_be & ~(may[Place.VAGUE] & common.shift(-1, fill_value=False))
        good[:, n - 1] = may_be
    at, column = np.divmod(np.flatnonzero(good), MAX_WORDS)
    return pl.DataFrame(
        {
            "at": at.astype(np.uint32),
            "word_count": column + 1,
            "is_alone": opens.to_numpy()[at] & closes.to_numpy()[at + column],
            "folded": _combine(folding.to_numpy(), at, column),
            "spelled": _combine(spelling.to_numpy(), at, column),
        }
    )


def _combine(hashes: np.ndarray, at: np.ndarray, further: np.ndarray) -> np.ndarray:
    """Hashes of the parts from `at` on in order; a product that wraps around is still a hash."""
    combined = hashes[at]
    for n in range(1, MAX_WORDS):
        longer = np.flatnonzero(further >= n)
        combined[longer] = combined[longer] * np.uint64(31) + hashes[at[longer] + n]
    return combined


def _worth_keeping(found: pl.DataFrame, tokens: Tokens) -> pl.Series:
    """Which occurrences belong to a phrase that could ever be a keyword: rows cost, and most candidates never win.

    Kept is what the text repeats, and of the rest: phrases of the title; in the abstract, whole runs that neither begin
    with praise or the like (`explosive growth`) nor end in a generic noun; and single words only where they are spelled
    specially or are a whole run of the title. This halves the rows. Measured: F1@10 against exhaustive gold rises by 1,
    F1@5 against authors' keywords falls by 1.
    """
    flat = tokens.flat
    places = tokens.words["places"].gather(flat["word"])
    praising = tokens.words["word"].str.to_lowercase().is_in(pl.Series(sorted(word_classes()["praise"])).implode())
    last = places.gather(found["at"] + (found["word_count"] - 1).cast(pl.UInt32))
    in_title = ~flat["in_abstract"].gather(found["at"])
    repeated = found["folded"].is_duplicated()
    is_alone, is_long = found["is_alone"], found["word_count"] > 1
    is_telling = ((last & Place.GENERIC) == 0) & ~praising.gather(flat["word"]).gather(found["at"])
    long_phrase = is_long & (in_title | (is_alone & is_telling))
    word = ~is_long & ((in_title & is_alone) | ((in_title | is_alone) & ((last & Place.SPECIAL) != 0)))
    return repeated | long_phrase | word


def extract_phrases(texts: pl.DataFrame, tokens: Tokens, abbreviations: pl.DataFrame) -> pl.DataFrame:
    """Keyword candidates: 1-4 words in a run that no sign and no stop word breaks, and what an abbreviation stands for.

    Args: texts: text_id; tokens and abbreviations of the same texts, tokens in the same order.
    Returns: the columns of schema.PHRASES, texts in the given order, then by first_word, word_count; a
    run before a definition.
    """
    phrases = _extract_runs(texts, tokens)
    defined = _defined_phrases(texts, tokens, abbreviations)
    beside = phrases.filter(pl.col("row").is_in(defined["row"].implode()))
    phrases = pl.concat([phrases, defined.join(beside, on=["row", "field", "phrase"], how="anti")])
    # One number to sort by; no text has 2^24 words.
    place = pl.col("row").cast(pl.Int64) * 2**28 + pl.col("first_word") * 2**4 + pl.col("word_count")
    order = np.argsort(phrases.select(place).to_series().to_numpy(), kind="stable")
    return phrases[order].select(list(PHRASES)).cast(pl.Schema(PHRASES))


def _defined_phrases(texts: pl.DataFrame, tokens: Tokens, abbreviations: pl.DataFrame) -> pl.DataFrame:
    """Long forms of abbreviations, stop words and all: `reinforcement learning from human feedback`."""
    rows = texts.select("text_id").with_row_index("row")
    defined = (
        abbreviations.filter(
            pl.col("long_form").str.contains(r"^[\p{L}\p{N}][\p{L}\p{N} '’.+/-]*$"),
            pl.col("long_form").str.count_matches(" ") < MAX_DEFINED_WORDS,
            ~pl.col("long_form").str.to_lowercase().is_in(word_classes()["stop"]),
            # `7 billion parameters (7B)` says how many, not what.
            ~pl.col("long_form").str.contains(r"^[\d.]+ "),
        )
        .join(rows, on="text_id")
        .with_columns(place=_place("row", pl.col("field") == "abstract", "long_start"))
    )
    # Words are in the order of their places, so that a definition's first one is found by bisection.
    places = tokens.flat.select(_place("row", pl.col("in_abstract"), "start")).to_series()
    at = places.search_sorted(defined["place"])
    place, first_word = (values.gather(at, null_on_oob=True) for values in (places, tokens.flat["position"]))
    return (
        defined.with_columns(first_word=first_word)
        .filter(place == defined["place"])
        .unique(["row", "field", "long_form", "long_start"])
        .sort("row", "first_word")
        .group_by("row", "field", "long_form", maintain_order=True)
        .agg(
            pl.col("text_id", "first_word").first(),
            phrase_key=pl.col("long_key").first(),
            occurrence_count=pl.len().cast(pl.Int64),
            starts="long_start",
        )
        .select(
            "row",
            "text_id",
            "field",
            "phrase_key",
            "occurrence_count",
            "first_word",
            "starts",
            phrase="long_form",
            word_count=pl.col("long_form").str.count_matches(" ").cast(pl.Int64) + 1,
            alone_count="occurrence_count",
        )
        .select(_COLUMNS)
    )


def _place(row: str, in_abstract: pl.Expr, start: str) -> pl.Expr:
    """One ascending number for a place in a batch; no text has 2^32 characters."""
    return (pl.col(row).cast(pl.Int64) * 2 + in_abstract.cast(pl.Int64)) * 2**32 + pl.col(start)


def _extract_runs(texts: pl.DataFrame, tokens: Tokens) -> pl.DataFrame:
    """Candidates of runs: the columns of schema.PHRASES and row, the position of the text."""
    flat, words = tokens.flat, tokens.words
    found = _find(tokens, number_values(words["key"])[1].gather(flat["word"]))
    found = found.filter(_worth_keeping(found, tokens))
    grouped = (
        found.with_columns(start=flat["start"].gather(found["at"]))
        .group_by("spelled", maintain_order=True)
        .agg(
            pl.col("at", "word_count").first(),
            occurrence_count=pl.len().cast(pl.Int64),
            alone_count=pl.col("is_alone").sum().cast(pl.Int64),
            starts=pl.col("start"),
        )
    )
    at, word_count = grouped["at"], grouped["word_count"]
    row = flat["row"].gather(at)
    return grouped.select(
        "word_count",
        "occurrence_count",
        "alone_count",
        "starts",
        row=row,
        text_id=texts["text_id"].gather(row),
        field=pl.when(flat["in_abstract"].gather(at)).then(pl.lit("abstract")).otherwise(pl.lit("title")),
        phrase=_spell(words["word"], flat["word"], at, word_count),
        phrase_key=_spell(words["key"], flat["word"], at, word_count),
        first_word=flat["position"].gather(at),
    ).select(_COLUMNS)


def _spell(spellings: pl.Series, word: pl.Series, at: pl.Series, word_count: pl.Series) -> pl.Series:
    """The words from `at` on, parted by one space."""
    places, phrases = [], []
    for n in range(1, MAX_WORDS + 1):
        place = (word_count == n).arg_true()
        first = at.gather(place)
        words = [spellings.gather(word.gather(first + i)) for i in range(n)]
        places.append(place)
        phrases.append(pl.select(pl.concat_str(words, separator=" ")).to_series())
    return pl.concat(phrases).gather(pl.concat(places).arg_sort())


def count_words(tokens: Tokens) -> pl.DataFrame:
    """In how many texts of the batch each folded word occurs; hyphenated words count by their parts.

    Returns: the columns of schema.WORDS, sorted by word. Numbers and residue that no phrase may hold are left out;
    stop words are in, since a hyphenated word may hold them.
    """
    counted = ((tokens.words["places"] & _ANY) != 0) | tokens.words["word"].str.contains(r"^\p{L}+$")
    used = tokens.flat.select("row", "word").filter(counted.gather(tokens.flat["word"]))
    parts = (
        pl.DataFrame({"part": tokens.words["key"].str.split(" ")})
        .with_row_index("word")
        .explode("part", empty_as_null=False)
    )
    names, numbers = number_values(parts["part"])
    is_first = parts["word"].is_first_distinct()
    first = numbers.filter(is_first)
    rest = pl.DataFrame({"word": parts["word"], "part": numbers}).filter(~is_first)
    seen = pl.concat(
        [
            used.select("row", part=first.gather(used["word"])),
            used.filter(pl.col("word").is_in(rest["word"].implode())).join(rest, on="word").select("row", "part"),
        ]
    )
    width = len(names) + 1
    pairs = np.sort(pair_numbers(seen["row"], seen["part"], width))
    counts = np.bincount((pairs[run_starts(pairs)] % np.uint64(width)).astype(np.int64), minlength=len(names))
    return (
        pl.DataFrame({"word": names, "text_count": counts}, schema=WORDS)
        .filter(pl.col("text_count") > 0, pl.col("word") != "")
        .sort("word")
    )
