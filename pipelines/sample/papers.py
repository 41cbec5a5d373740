"""Invented papers as frames: what the grammar wrote, and the dates, votes and people printed beside it.

A paper is a function of the seed, its number, and the size of the sample (which decides its day). Where a paper is
printed and how is not decided here.
"""

from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from . import draws
from .grammar import Grammar
from .planted import PLANTED, plant
from .sentences import AREAS, compile_grammar

#: The last day of every sample, a Friday: samples grow into the past.
LAST_DAY = date(2025, 3, 28)
#: Numbers real arXiv months do not reach, so an invented paper never meets a real one.
FIRST_NUMBER = 50_000
NUMBERS_PER_MONTH = 50_000
AUTHOR_LIMIT = 8
#: What is known of a paper, in the order of the frame.
_COLUMNS = (
    "paper_key",
    "title",
    "abstract",
    "wrapped_title",
    "wrapped_abstract",
    "page_title",
    "page_abstract",
    "arxiv_id",
    "authors",
    "published_at",
    "listed_at",
    "listed_on",
    "upvotes",
    "comment_count",
    "submitter",
    "code_url",
    "ai_keywords",
    "planted",
)

#: A page shows no TeX: what readers copy out of it is `2.1times` and `O(n log n)`; `\%` stays as it is.
_TEX_MARK = r"\$|\\([A-Za-z]+)"

#: Where records break lines: an abstract's before column 80; a long title's once, the next beginning with two spaces.
_LINE_BREAK = r"(.{1,79})(?: |$)"
_TITLE_BREAK = r"^(.{40,70}) "


@cache
def _grammar() -> Grammar:
    return compile_grammar()


def list_days(days: int, days_apart: int = 1) -> list[date]:
    """Return the last `days` weekdays up to the last day, each so many weekdays after the one before, oldest first."""
    weekdays: list[date] = []
    day = LAST_DAY
    while len(weekdays) < days * days_apart:
        if day.weekday() < 5:
            weekdays.append(day)
        day -= timedelta(days=1)
    return weekdays[::days_apart][::-1]


def day_of(numbers: npt.NDArray[np.int64], papers: int, days: int) -> npt.NDArray[np.int64]:
    """Return the index of the day each paper is listed on: papers are numbered in the order of their days."""
    return numbers * days // papers


def write_papers(numbers: npt.NDArray[np.int64], papers: int, calendar: list[date], seed: int) -> pl.DataFrame:
    """Write the papers of these numbers.

    Args:
        numbers: 0-based, in any order.
        papers: size of the sample.
        calendar: the weekdays papers are listed on.
        seed: other seeds give other papers.

    Returns:
        one row per number, in order: paper_key; title and abstract (with TeX); wrapped_title and wrapped_abstract
        (the same with the hard line breaks of records); page_title and page_abstract (as pages print them);
        arxiv_id, authors, published_at, listed_at, listed_on, upvotes, comment_count, submitter, code_url (null for
        most), ai_keywords, planted (the planted term, null for most).
    """
    keys = draws.mix(numbers.astype(np.uint64), draws.mix(np.array([seed]), 0))
    day = day_of(numbers, papers, len(calendar))
    planted = plant(keys, day, len(calendar))
    terms = pl.Series([planted_term.term for planted_term in PLANTED] + [None], dtype=pl.String)
    frame = pl.DataFrame(
        {
            "number": numbers,
            "listed_on": pl.Series(calendar, dtype=pl.Date).gather(day),
            "planted": terms.gather(np.where(planted < 0, len(PLANTED), planted)),
            **_write_words(keys, planted),
            **_draw_numbers(keys),
        }
    )
    return _date(_print(frame)).select(_COLUMNS)


def _write_words(keys: draws.Keys, planted: npt.NDArray[np.int64]) -> dict[str, pl.Series]:
    """What the grammar writes about a paper of some area; author_0 to author_7 and ai_keywords are lists to be."""
    area_bounds = np.cumsum([area.share for area in AREAS])
    area = np.searchsorted(area_bounds, draws.draw(keys, "area", area_bounds[-1]), side="right")
    profile = area * (len(PLANTED) + 1) + planted + 1
    grammar = _grammar()
    *authors, submitter = (
        grammar.write("author", draws.mix(keys, draws.name_salt(f"author {place}")), profile)
        for place in range(AUTHOR_LIMIT + 1)
    )
    return {
        "title": grammar.write("title", keys, profile),
        "abstract": grammar.write("abstract", keys, profile),
        "code_url": grammar.write("code_url", keys, profile),
        "ai_keywords": grammar.write("ai_keywords", keys, profile).str.split("|"),
        "submitter": submitter,
        **{f"author_{place}": author for place, author in enumerate(authors)},
    }


def _draw_numbers(keys: draws.Keys) -> dict[str, npt.NDArray[Any]]:
    """What is drawn: counts, and the days and seconds that dates are made of."""
    return {
        "lag": 1 + draws.draw(keys, "lag", 4),
        "published_second": draws.draw(keys, "published second", 86_400),
        "listed_second": draws.draw(keys, "listed second", 36_000),
        # Votes fall off steeply: half of the papers stay under a dozen, a few reach hundreds.
        "upvotes": 240 // (1 + draws.draw(keys, "votes", 40)) + draws.draw(keys, "more votes", 7),
        "comment_count": draws.draw(keys, "comments", 6),
        "has_code": draws.draw(keys, "code link", 100) < 40,
        "author_count": 1 + draws.draw(keys, "author count", AUTHOR_LIMIT),
    }


def _print(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what is printed: the key, authors, code links, texts as records and as pages have them."""
    authors = pl.concat_list([f"author_{place}" for place in range(AUTHOR_LIMIT)])
    return frame.with_columns(
        paper_key=pl.lit("paper-") + pl.col("number").cast(pl.String).str.zfill(7),
        authors=authors.list.head(pl.col("author_count")),
        code_url=pl.when("has_code").then("code_url"),
        wrapped_title=pl.col("title").str.replace(_TITLE_BREAK, "$1\n  "),
        wrapped_abstract=pl.col("abstract").str.replace_all(_LINE_BREAK, "$1\n").str.strip_chars_end("\n"),
        page_title=pl.col("title").str.replace_all(_TEX_MARK, "$1"),
        page_abstract=pl.col("abstract").str.replace_all(_TEX_MARK, "$1"),
    )


def _date(frame: pl.DataFrame) -> pl.DataFrame:
    """Add published_at and listed_at, and the arxiv_id, which begins with the month of the first."""
    listed_on = pl.col("listed_on").cast(pl.Datetime("us"))
    published_at = listed_on - pl.duration(days=pl.col("lag")) + pl.duration(seconds=pl.col("published_second"))
    number = FIRST_NUMBER + pl.col("number") % NUMBERS_PER_MONTH
    return frame.with_columns(
        published_at=published_at,
        listed_at=listed_on + pl.duration(seconds=pl.col("listed_second")),
        arxiv_id=published_at.dt.strftime("%y%m") + "." + number.cast(pl.String),
    )
