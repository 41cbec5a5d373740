"""Where candidates stand in their text: an order by wording, place, and how common words and terms are in papers.

Of one text and the bundled background alone, so that it is the same in any corpus. Which keywords come first in the end
is scored in SQL, where the whole warehouse is known; this order says which candidates are worth a row at all.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from .background import read_background_terms, read_background_words
from .counting import rank_in_runs, run_starts
from .runs import number_keys
from .tokens import Tokens

#: As the macro keyword_score has them, but that what never stands alone is held back by more: it is nearly always a
#: part of a better candidate.
_FREQUENCY, _ALONE, _NEVER_ALONE = 0.81, -0.21, -1.33
_TITLE, _POSITION, _OPENS_TITLE = -0.24, -0.31, -1.18
#: Of one, two, three and more words.
_WORD_COUNTS = np.array([0.0, 0.11, 0.94, 0.67, 0.0])
_TITLE_LIFT, _ALONE_LIFT, _OPENING_LIFT, _CLOSING_LIFT, _GERUND = 0.83, 0.67, 0.33, 0.63, -0.55
#: The background weighs as much as so many papers beside the text (dbt's variable background_papers).
_PAPERS = 1_000


@dataclass(frozen=True)
class _Background:
    """Shares of the background's terms and words, in arrays that are looked up by number.

    Attributes:
        numbers: of its terms, sorted.
        counts: per number, in a row each: papers, those with it in the title, uses, those between breaks; all 0 in the
            last column, of any other number.
        title_share, alone_share: means over all uses of all terms.
        lifts: word, opening and closing: the lifts of what begins and what ends with it.
    """

    numbers: np.ndarray
    counts: np.ndarray
    title_share: float
    alone_share: float
    lifts: pl.DataFrame


def _lift(part: np.ndarray, whole: np.ndarray, mean: float, weight: float) -> np.ndarray:
    """The macro keyword_lift: how much more often than on average something holds, smoothed towards the mean."""
    return np.log((part + weight * mean) / ((whole + weight) * mean))


@cache
def _read_background() -> _Background:
    terms, words = read_background_terms(), read_background_words()
    numbers = number_keys(terms["term_key"])[0]
    papers, uses = (_PAPERS * terms[name].to_numpy() for name in ("paper_share", "occurrence_rate"))
    counts = np.vstack([papers, papers * terms["title_share"].to_numpy(), uses, uses * terms["alone_share"].to_numpy()])
    order = np.argsort(numbers)
    rates = words["opening_rate"].to_numpy()
    opened = float(rates @ words["opening_title_share"].to_numpy() / rates.sum())
    lifts = {"word": words["word"]}
    for end in ("opening", "closing"):
        rate, share = (words[f"{end}_{name}"].to_numpy() for name in ("rate", "title_share"))
        lifts[end] = pl.Series(_lift(_PAPERS * rate * share, _PAPERS * rate, opened, 10))
    return _Background(
        numbers=numbers[order],
        counts=np.hstack([counts[:, order], np.zeros((4, 1))]),
        title_share=counts[1].sum() / counts[0].sum(),
        alone_share=counts[3].sum() / counts[2].sum(),
        lifts=pl.DataFrame(lifts),
    )


def _weigh_words(words: pl.DataFrame) -> pl.DataFrame:
    """Per distinct word what it is worth at either end of a candidate of several, and of how many parts it is.

    Returns: opening (less for a gerund), closing, part_count; rows as in `words`.
    """
    parts = words["key"].str.split(" ")
    ends = pl.DataFrame({"first": parts.list.first(), "last": parts.list.last(), "part_count": parts.list.len()})
    lifts = _read_background().lifts
    return (
        ends.join(lifts.select(first="word", opened="opening"), on="first", how="left", maintain_order="left")
        .join(lifts.select(last="word", closed="closing"), on="last", how="left", maintain_order="left")
        .select(
            opening=_OPENING_LIFT * pl.col("opened").fill_null(0)
            + _GERUND * pl.col("first").str.ends_with("ing").fill_null(value=False),
            closing=_CLOSING_LIFT * pl.col("closed").fill_null(0),
            part_count=pl.col("part_count").cast(pl.Int64),
        )
    )


def rank_candidates(candidates: pl.DataFrame, tokens: Tokens) -> np.ndarray:
    """Place of each candidate among those of its text, 1 for the best; what an abbreviation stands for comes first.

    Args:
        candidates: in reading order, row, number (runs.compose_runs), at (in the flat table, of the first word),
            word_count (as written), occurrence_count, title_count, alone_count, first_word, is_defined (null: no).
        tokens: of the batch.
    """
    background, words = _read_background(), tokens.derive(_weigh_words)
    row, at, count, used, titles, alone, position = (
        candidates[name].to_numpy()
        for name in ("row", "at", "word_count", "occurrence_count", "title_count", "alone_count", "first_word")
    )
    flat = tokens.flat["word"].to_numpy()
    # A long form may have more words than the text between its places: 3D is one, and three if it is written out.
    ends = np.minimum(at + count, len(flat))
    parts = np.concatenate(([0], np.cumsum(words["part_count"].to_numpy()[flat])))
    length = np.minimum(parts[ends] - parts[at], len(_WORD_COUNTS) - 1)
    numbers = candidates["number"].to_numpy()
    known = np.minimum(np.searchsorted(background.numbers, numbers), len(background.numbers) - 1)
    known = np.where(background.numbers[known] == numbers, known, len(background.numbers))
    papers, titled, uses, stands = background.counts[:, known]
    in_title = titles > 0
    score = (
        _FREQUENCY * np.log(used)
        + _ALONE * np.log1p(alone)
        + _NEVER_ALONE * (alone == 0)
        + _TITLE * in_title
        + _POSITION * np.log1p(position)
        + _OPENS_TITLE * (position == 0)
        + _WORD_COUNTS[length]
        + _TITLE_LIFT * _lift(titled + in_title, papers + 1, background.title_share, 3)
        + _ALONE_LIFT * _lift(stands + alone, uses + used, background.alone_share, 2)
        + (length > 1) * (words["opening"].to_numpy()[flat[at]] + words["closing"].to_numpy()[flat[ends - 1]])
    )
    # In whole millionths, so that no machine's last digit decides; of equal ones the earlier and shorter stays first.
    # One number to sort by: no score is beyond a hundred.
    others = candidates["is_defined"].is_null().to_numpy()
    behind = (row.astype(np.int64) * 2 + others) * 2**28 - np.round(1e6 * score).astype(np.int64)
    places = np.empty(len(row), dtype=np.int64)
    places[np.argsort(behind, kind="stable")] = rank_in_runs(run_starts(row), len(row))[0] + 1
    return places
