"""Keyword candidates of a batch of texts, with offsets and the counts that scoring needs; and words per batch.

Finds and counts; which candidates become keywords is decided in SQL (dbt), where document frequencies are known.
"""

import numpy as np
import polars as pl

from .counting import number_values, pair_numbers, run_starts
from .doings import find_doings
from .known import open_lists, used_places
from .lexicon import word_classes
from .runs import BASE, RunningWords, close_keys, compose_runs, describe_keys, number_keys
from .schema import FURTHER_PHRASES, PHRASES, WORDS
from .standing import rank_candidates
from .tokens import Tokens
from .vocabulary import Place

MAX_WORDS = 4
#: A definition may be longer, since its words are known to belong together.
MAX_DEFINED_WORDS = 6
#: Candidates of a text that are worth a row: with all of them papers with known keywords fare no better.
MOST = 15
_ANY = Place.START | Place.INSIDE | Place.END


def _runs(tokens: Tokens) -> pl.DataFrame:
    """Places of the flat tokens in their context, and is_joined only where both neighbours may be in a phrase.

    A version number counts as a word after a name only, a verb that could be a noun (`tool use`) after a singular noun;
    a noun that could be a verb counts as none where it is one, and so does the unit of a number. What a name is told to
    be (`the metric ReGap`) is parted from it.
    """
    places = tokens.words["places"].gather(tokens.flat["word"])
    is_joined = tokens.flat["is_joined"]
    before = places.shift(1, fill_value=0) * is_joined.cast(pl.UInt32)

    def follows(role: int, sign: int) -> pl.Series:
        return ((places & role) != 0) & ((before & sign) != 0)

    is_version = (places & Place.VERSION) != 0
    is_noun = follows(Place.FOLLOWING, Place.SINGULAR)
    is_verb = (
        follows(Place.EITHER, Place.VERB_SIGN)
        | follows(Place.GERUND, Place.GERUND_SIGN)
        | _follow_plurals(places, is_joined)
    )
    is_unit = ((places & Place.UNIT) != 0) & ((places & Place.NUMERAL) != 0).shift(1, fill_value=False)
    closing = (follows(Place.VERSION, Place.NAME) | is_noun).cast(pl.UInt32) * int(Place.INSIDE | Place.END)
    places = closing + places * (~(is_version | is_verb | is_unit)).cast(pl.UInt32)
    usable = (places & _ANY) != 0
    is_told = ((places & Place.SPECIAL) != 0) & ((places & Place.NAMING) != 0).shift(1, fill_value=False)
    is_joined = is_joined & usable & usable.shift(1, fill_value=False) & ~is_told
    return pl.DataFrame({"places": places, "is_joined": is_joined})


def _follow_plurals(places: pl.Series, is_joined: pl.Series) -> pl.Series:
    """Which words are the verb of a noun in the plural just before them: `models face`, `rules governing use`.

    What has a capital and stands inside a sentence may be a name: `a Hawkes process`.
    """
    is_plural = ((places & Place.PLURAL) != 0) & ~(((places & Place.TITLED) != 0) & is_joined)
    may_be = ((places & (Place.EITHER | Place.GERUND | Place.PARTICIPLE)) != 0) & (
        ((places & Place.EITHER) != 0) | ((places & Place.NOMINAL) == 0)
    )
    return may_be & is_joined & is_plural.shift(1, fill_value=False)


def _find(tokens: Tokens) -> pl.DataFrame:
    """Every candidate occurrence, in reading order, shorter ones first.

    Returns: at (row of the flat table), row, word_count, is_alone, number (of the letters of the folded words), term
    (number of text and letters).
    """
    flat, runs = tokens.flat, _runs(tokens)
    doings = find_doings(tokens, runs["is_joined"])
    places = runs["places"]
    may = {place: (places & place) != 0 for place in (Place.START, Place.INSIDE, Place.END, Place.ALONE, Place.VAGUE)}
    opens = ~runs["is_joined"]
    closes = opens.shift(-1, fill_value=True)
    opens = opens | doings["is_object"]
    # Figure 1 is one of several and no name; SemEval-2020 Task 1 is one, and SemEval-2020 Task none.
    is_single = ~_is_numbered(tokens)
    may[Place.START], may[Place.END] = may[Place.START] & is_single, may[Place.END] & is_single

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
    letters = RunningWords.of_keys(tokens.derive(_describe_letters), flat["word"].to_numpy(), closing=True)
    number, row = compose_runs(letters, at, column + 1)[0], flat["row"].to_numpy()[at]
    is_alone = opens.to_numpy()[at] & closes.to_numpy()[at + column]
    is_doing = np.where(column > 0, doings["opens_doing"].to_numpy()[at], doings["is_moved"].to_numpy()[at])
    return pl.DataFrame(
        {
            "at": at.astype(np.uint32),
            "row": row,
            "word_count": column + 1,
            "is_alone": is_alone & ~is_doing,
            "number": number,
            # A text and a number in one.
            "term": (number ^ (number >> np.uint64(29))) + row.astype(np.uint64) * np.uint64(BASE),
        }
    )


def _describe_letters(words: pl.DataFrame) -> pl.DataFrame:
    return describe_keys(close_keys(words["key"]))


def _describe_wording(words: pl.DataFrame) -> pl.DataFrame:
    """What else is asked of words: is_numbered (Figure, Task), is_number, is_praise; is_counted (by count_words)."""
    lower = pl.col("word").str.to_lowercase()
    return words.select(
        is_numbered=lower.str.replace_all("-", "", literal=True).is_in(word_classes()["numbered"]),
        is_number=(pl.col("places") & (Place.NUMERAL | Place.VERSION)) != 0,
        is_praise=lower.is_in(word_classes()["praise"]),
        is_counted=((pl.col("places") & _ANY) != 0) | pl.col("word").str.contains(r"^\p{L}+$"),
    )


def _is_numbered(tokens: Tokens) -> pl.Series:
    """Which words the number behind them tells from others of their kind."""
    wording = tokens.derive(_describe_wording)
    follows = wording["is_number"].gather(tokens.flat["word"]) & tokens.flat["is_joined"]
    return wording["is_numbered"].gather(tokens.flat["word"]) & follows.shift(-1, fill_value=False)


def _worth_keeping(found: pl.DataFrame, tokens: Tokens) -> pl.Series:
    """Which occurrences belong to a phrase that could ever be a keyword: rows cost, and most candidates never win.

    Kept is what the text repeats, and of the rest: phrases of the title; in the abstract, whole runs that neither begin
    with praise or the like (`explosive growth`) nor end in a generic noun; and single words only where they are spelled
    specially or are a whole run of the title. This halves the rows. Measured: F1@10 against exhaustive gold rises by 1,
    F1@5 against authors' keywords falls by 1.
    """
    flat = tokens.flat
    places = tokens.words["places"].gather(flat["word"])
    last = places.gather(found["at"] + (found["word_count"] - 1).cast(pl.UInt32))
    in_title = ~flat["in_abstract"].gather(found["at"])
    repeated = found["term"].is_duplicated()
    is_alone, is_long = found["is_alone"], found["word_count"] > 1
    praises = tokens.derive(_describe_wording)["is_praise"].gather(flat["word"].gather(found["at"]))
    is_telling = ((last & Place.GENERIC) == 0) & ~praises
    long_phrase = is_long & (in_title | (is_alone & is_telling)) & ~_are_doings(found, tokens, repeated)
    word = ~is_long & ((in_title & is_alone) | ((in_title | is_alone) & ((last & Place.SPECIAL) != 0)))
    return repeated | long_phrase | word


def _are_doings(found: pl.DataFrame, tokens: Tokens, repeated: pl.Series) -> pl.Series:
    """Which occurrences say what is done to something: `Mending Copper Kettles` in a paper that has copper kettles."""
    count = found["word_count"].to_numpy()
    # Runs are in order, those without their first word among them.
    codes = found["at"].to_numpy().astype(np.int64) * MAX_WORDS + count
    rest = np.minimum(np.searchsorted(codes, codes + MAX_WORDS - 1), max(len(codes) - 1, 0))
    is_said = (codes[rest] == codes + MAX_WORDS - 1) & repeated.to_numpy()[rest] if len(codes) else codes > 0
    opening = tokens.words["places"].gather(tokens.flat["word"].gather(found["at"]))
    return ((opening & Place.GERUND) != 0) & pl.Series(is_said & (count > 2))


def extract_phrases(
    texts: pl.DataFrame, tokens: Tokens, abbreviations: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keyword candidates: 1-4 words in a run that no sign and no stop word breaks, and what an abbreviation stands for.

    The MOST best of each text by standing.py, whatever an abbreviation stands for among them; and of the others, of
    which no paper is about any, those that stand alone or are names.

    Args: texts: text_id; tokens and abbreviations of the same texts, tokens in the same order.
    Returns: the columns of schema.PHRASES and of schema.FURTHER_PHRASES, texts in the given order, then by place.
    """
    defined = _defined_phrases(texts, tokens, abbreviations)
    keys = defined.select("row", "number", is_defined=pl.lit(value=True))
    runs = _extract_runs(tokens).join(keys, on=["row", "number"], how="left", maintain_order="left")
    alone = defined.join(runs, on=["row", "number"], how="anti").with_columns(is_defined=pl.lit(value=True))
    candidates = pl.concat([runs, alone], how="diagonal").sort("row", maintain_order=True)
    candidates = candidates.with_columns(place=rank_candidates(candidates, tokens))
    is_best = candidates["place"] <= MOST
    best = candidates.filter(is_best)
    runs = best.filter(pl.col("phrase").is_null())
    runs = runs.with_columns(
        phrase=_spell(tokens.words["word"], tokens.flat["word"], runs["last"], runs["word_count"]),
        phrase_key=_spell(tokens.words["key"], tokens.flat["word"], runs["last"], runs["word_count"]),
    )
    best = pl.concat([runs, best.filter(pl.col("phrase").is_not_null())]).sort("row", "place")
    best = (
        best.with_columns(text_id=texts["text_id"].gather(best["row"])).select(list(PHRASES)).cast(pl.Schema(PHRASES))
    )
    return best, _list_further(texts, tokens, candidates.filter(~is_best & candidates["phrase"].is_null()))


def _list_further(texts: pl.DataFrame, tokens: Tokens, candidates: pl.DataFrame) -> pl.DataFrame:
    """The columns of schema.FURTHER_PHRASES, of candidates that are not among the best."""
    places = tokens.words["places"].gather(tokens.flat["word"].gather(candidates["last"]))
    in_abstract = candidates["title_count"] < candidates["occurrence_count"]
    candidates = candidates.with_columns(
        are_alone=candidates["alone_count"] > 0,
        are_names=(candidates["word_count"] == 1) & ((places & Place.SPECIAL) != 0) & in_abstract,
    )
    further = candidates.filter(pl.col("are_alone") | pl.col("are_names")).sort("row", "place")
    further = further.with_columns(
        phrase_keys=_spell(tokens.words["key"], tokens.flat["word"], further["last"], further["word_count"])
    )
    listed = further.group_by("row", maintain_order=True).agg("phrase_keys", "are_alone", "are_names")
    return (
        listed.with_columns(text_id=texts["text_id"].gather(listed["row"]))
        .select(list(FURTHER_PHRASES))
        .cast(pl.Schema(FURTHER_PHRASES))
    )


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
        defined.with_columns(at=at, first_word=first_word, number=number_keys(close_keys(defined["long_key"]))[0])
        .filter(place == defined["place"])
        .unique(["row", "field", "long_form", "long_start"])
        .sort("row", "first_word")
        .group_by("row", "number", maintain_order=True)
        .agg(
            pl.col("at", "first_word").first(),
            phrase=pl.col("long_form").last(),
            phrase_key=pl.col("long_key").last(),
            occurrence_count=pl.len().cast(pl.Int64),
            title_count=(pl.col("field") == "title").sum().cast(pl.Int64),
        )
        .with_columns(
            word_count=pl.col("phrase").str.count_matches(" ").cast(pl.Int64) + 1,
            alone_count="occurrence_count",
            last="at",
        )
    )


def _place(row: str, in_abstract: pl.Expr, start: str) -> pl.Expr:
    """One ascending number for a place in a batch; no text has 2^32 characters."""
    return (pl.col(row).cast(pl.Int64) * 2 + in_abstract.cast(pl.Int64)) * 2**32 + pl.col(start)


def _extract_runs(tokens: Tokens) -> pl.DataFrame:
    """Candidates of runs, a row for each text and number of letters: all of schema.PHRASES but the words themselves.

    Returns also: row (of the text, ascending), number, at and last (first words of the first and the last occurrence).
    """
    flat = tokens.flat
    found = _find(tokens)
    found = found.filter(_worth_keeping(found, tokens))
    grouped = (
        found.with_columns(in_title=~flat["in_abstract"].gather(found["at"]))
        .group_by("term", maintain_order=True)
        .agg(
            pl.col("row", "number", "at").first(),
            # Running text rather than a title, and seldom the capital of a sentence.
            pl.col("word_count").last(),
            last=pl.col("at").last(),
            occurrence_count=pl.len().cast(pl.Int64),
            title_count=pl.col("in_title").sum().cast(pl.Int64),
            alone_count=pl.col("is_alone").sum().cast(pl.Int64),
        )
    )
    return grouped.with_columns(first_word=flat["position"].gather(grouped["at"]))


def _spell(spellings: pl.Series, word: pl.Series, at: pl.Series, word_count: pl.Series) -> pl.Series:
    """The words from `at` on, parted by one space."""
    numbers, firsts, counts = word.to_numpy(), at.to_numpy(), word_count.to_numpy()
    places, phrases = [], []
    for n in range(1, MAX_WORDS + 1):
        place = np.flatnonzero(counts == n)
        words = [pl.lit(spellings).gather(pl.lit(numbers[firsts[place] + i])) for i in range(n)]
        places.append(place)
        phrases.append(pl.select(pl.concat_str(words, separator=" ")).to_series())
    return pl.concat(phrases).gather(np.argsort(np.concatenate(places)))


def _split_keys(words: pl.DataFrame) -> pl.DataFrame:
    return words.select(parts=pl.col("key").str.split(" "))


def count_words(tokens: Tokens) -> pl.DataFrame:
    """In how many texts of the batch each folded word occurs; hyphenated words count by their parts.

    Returns: the columns of schema.WORDS, sorted by word. Numbers and residue that no phrase may hold are left out;
    stop words are in, since a hyphenated word may hold them.
    """
    is_counted = tokens.derive(_describe_wording)["is_counted"].gather(tokens.flat["word"])
    used = tokens.flat.select("row", "word").filter(is_counted)
    owner, place, parts = open_lists(tokens.derive(_split_keys)["parts"], used["word"].to_numpy())
    at, number = used_places(place, len(parts))
    names, numbers = number_values(parts.gather(at))
    width = len(names) + 1
    pairs = np.sort(pair_numbers(used["row"].to_numpy()[owner], numbers.to_numpy()[number], width))
    counts = np.bincount((pairs[run_starts(pairs)] % np.uint64(width)).astype(np.int64), minlength=len(names))
    return (
        pl.DataFrame({"word": names, "text_count": counts}, schema=WORDS)
        .filter(pl.col("text_count") > 0, pl.col("word") != "")
        .sort("word")
    )


def add_counts(words: pl.DataFrame) -> pl.DataFrame:
    """Counts of several batches as those of one."""
    return words.group_by("word").agg(pl.col("text_count").sum()).select(list(WORDS)).sort("word")
