"""Search terms: the words of a text as the search index counts them.

A term is a word in lower case, without accents and without the ending of a plural, so that a reader's spelling does not
matter. The macro `search_terms` of the published database makes the same terms of a query; a test holds the two
together. Function words are no terms: half of an index would be theirs, and nobody looks for them.

Chinese, Japanese and Korean do not part words by spaces as a reader would look for them, so runs of their characters
are told by pairs of neighbours, as Lucene's CJKBigramFilter does, and by single characters. A query of more than one
character asks for its pairs alone.
"""

import hashlib

import numpy as np
import polars as pl

from .counting import list_by_row, number_values, pair_numbers, sum_weights
from .known import open_lists, used_places
from .schema import SEARCH_TERMS
from .tokens import Tokens

#: A word of the title counts like so many of the abstract.
TITLE_WEIGHT = 3

#: Words that are no terms.
STOP_WORDS = frozenset(
    """
    a about above across after against all also although among an and any are as at be because been before being
    below between both but by can could did do does doing done down during each either every few for from
    further get had has have having he hence her here his how however i if in into is it its itself just may
    might more most much must no nor not of off on once one only or other our ours out over own per same she
    should since so some such than that the their them then there these they this those through thus to too
    toward towards under until up upon us use used using very via was we well were what when where whether which
    while who whose why will with within without would yet you your
    """.split()
)

#: A run of characters in which no space parts words; the lengthening mark of kana belongs to no script.
_RUN = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー]+"

#: The plural endings of Harman (1991), "How effective is suffixing?": the first rule whose ending fits, if it fits.
_PLURALS = ((r"ies$", r"[ea]ies$", "y"), (r"es$", r"[aeo]es$", "e"), (r"s$", r"[us]s$", ""))


def count_search_terms(texts: pl.DataFrame, tokens: Tokens) -> pl.DataFrame:
    """The terms of each text and how often it has them.

    Args:
        texts: text_id, in the order in which tokens number the rows.
        tokens: all words of these texts.

    Returns: the columns of schema.SEARCH_TERMS, one row per text, terms in the order of their ids.
    """
    word, in_abstract, row = (tokens.flat[name].to_numpy() for name in ("word", "in_abstract", "row"))
    owner, place, values = open_lists(tokens.known.facts(_list_terms)["terms"], word)
    at, number = used_places(place, len(values))
    ids, numbers = np.unique(values.to_numpy()[at], return_inverse=True)
    width = len(ids) + 1
    weight = TITLE_WEIGHT - in_abstract[owner].astype(np.uint64) * (TITLE_WEIGHT - 1)
    pairs, frequencies = sum_weights(pair_numbers(row[owner], numbers[number], width), weight)
    rows, terms = np.divmod(pairs, np.uint64(width))
    found = texts.select(
        "text_id",
        term_ids=list_by_row(rows, pl.Series(ids[terms]), texts.height),
        frequencies=list_by_row(rows, pl.Series(frequencies.astype(np.int64)), texts.height),
    )
    return found.with_columns(term_count=pl.col("frequencies").list.sum()).cast(pl.Schema(SEARCH_TERMS))


def _list_terms(words: pl.Series) -> pl.DataFrame:
    """The terms that the parts of each word are: a list of ids, empty for a function word."""
    parts = _terms_of_words(words)
    listed = list_by_row(parts["word"].to_numpy(), parts["term_id"], len(words))
    return pl.DataFrame({"terms": listed})


def _terms_of_words(words: pl.Series) -> pl.DataFrame:
    """Rows of word (row in words) and term_id in the order of words; a word of function words has none."""
    parts = (
        pl.DataFrame({"part": fold(words).str.split(" ")})
        .with_row_index("word")
        .explode("part", empty_as_null=False)
        .filter(pl.col("part") != "", ~pl.col("part").is_in(STOP_WORDS))
    )
    is_run = parts["part"].str.contains(_RUN)
    parts = pl.concat([parts.filter(~is_run), _split_runs(parts.filter(is_run))])
    names, numbers = number_values(cut_plurals(parts["part"]))
    ids = pl.Series(map(term_id, names), dtype=pl.Int64)
    return parts.select("word", term_id=ids.gather(numbers)).sort("word", maintain_order=True)


def _split_runs(runs: pl.DataFrame) -> pl.DataFrame:
    """Single characters and pairs of neighbours in place of each run of characters: columns word and part."""
    characters = runs.with_row_index("run").with_columns(pl.col("part").str.split("")).explode("part")
    pairs = characters.with_columns(part=pl.col("part") + pl.col("part").shift(-1).over("run")).drop_nulls("part")
    return pl.concat([characters, pairs]).drop("run")


def fold(texts: pl.Series) -> pl.Series:
    """Lower case, no accents, a space for all but letters and digits, and around a run of characters without spaces."""
    lower = texts.str.to_lowercase()
    accented = (lower.str.len_bytes() != lower.str.len_chars()).fill_null(False).arg_true()
    bare = lower.gather(accented).str.normalize("NFD").str.replace_all(r"\p{M}", "").str.normalize("NFC")
    bare = bare.str.replace_all(_RUN, " $0 ")
    return lower.scatter(accented, bare).str.replace_all(r"[^\p{L}\p{N}]+", " ")


def cut_plurals(words: pl.Series) -> pl.Series:
    """Words without the ending of a plural."""
    at = (words.str.ends_with("s") & (words.str.len_chars() > 3)).fill_null(False).arg_true()
    column = pl.col("word")
    chosen: pl.Expr = column
    for ending, exception, singular in reversed(_PLURALS):
        chosen = (
            pl.when(column.str.contains(ending) & ~column.str.contains(exception))
            .then(column.str.replace(ending, singular))
            .otherwise(chosen)
        )
    return words.clone().scatter(at, words.gather(at).to_frame("word").select(chosen).to_series())


def term_id(term: str) -> int:
    """A number for a term, equal on every machine: the first 15 hexadecimal digits of its MD5, which fit a bigint."""
    return int(hashlib.md5(term.encode(), usedforsecurity=False).hexdigest()[:15], 16)
