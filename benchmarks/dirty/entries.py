"""The entries whose pages are damaged: invented papers in every length and shape, or those of dumps at hand.

Every frame has the columns of `sample.papers.write_papers`, so that every layout of the sample can print it.
"""

import random
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from paperhouse.parsing import find_files, hash_files, parse_dumps
from paperhouse.sample.papers import list_days, write_papers

#: Invented papers that shapes are drawn from.
_POOL_SIZE = 6_000
_SENTENCE_END = re.compile(r"(?<=[.?!]) (?=[A-Z])")
_LINE_BREAK = re.compile(r"(.{1,79})(?: |$)")
_SUBTITLES = (
    "A Study of Failure Modes across Domains, Scales and Languages",
    "Evidence from Seven Harbours and Three Mountain Railways",
    "with an Appendix on Measurement Error in Small Samples",
    "and the Limits of Weak Supervision without Labels of Any Kind",
    "Lessons from Ten Thousand Hours of Patient Observation",
)


@lru_cache(maxsize=1)
def _pool() -> pl.DataFrame:
    return write_papers(np.arange(_POOL_SIZE, dtype=np.int64), _POOL_SIZE, list_days(60), seed=11)


def invent_papers(count: int, seed: int) -> pl.DataFrame:
    """Draw distinct invented papers: titles of 8 to 250 characters, abstracts of 150 to 2,500, questions, colons,
    quotes, acronyms; most of the usual lengths.

    Raises:
        ValueError: more papers than the pool holds.
    """
    rng = random.Random(seed)
    pool = _pool()
    drawn = pool[sorted(rng.sample(range(pool.height), count))]
    titles = [_shape_title(title, rng) for title in drawn["page_title"]]
    abstracts = [
        _shape_abstract(abstract, title, rng) for title, abstract in zip(titles, drawn["page_abstract"], strict=True)
    ]
    return with_texts(drawn, titles, abstracts)


def _shape_title(title: str, rng: random.Random) -> str:
    kind = rng.random()
    name = title.split(":")[0]
    if kind < 0.05 and 8 <= len(name) <= 30:
        return name
    if kind < 0.10:
        subtitle = " ".join(rng.sample(_SUBTITLES, rng.randint(1, 3)))
        return f"{title}{' ' if title.endswith('?') else ' - ' if ':' in title else ': '}{subtitle}"[:250].rstrip()
    if kind < 0.13:
        words = title.split()
        words[0] = f'"{words[0]}"'
        return " ".join(words)
    if kind < 0.15:
        return title.lower()
    return title


def _shape_abstract(abstract: str, title: str, rng: random.Random) -> str:
    sentences = _SENTENCE_END.split(abstract)
    kind = rng.random()
    if kind < 0.06:
        # Short, and about the title's subject, as short abstracts are.
        words = " ".join(word.lower() for word in re.findall(r"[\w-]{4,}", title)[:6])
        return f"We look at {words} and report what we find. {' '.join(sentences[2 : rng.randint(3, 5)])}"
    if kind < 0.12:
        return " ".join([*sentences, *sentences[3:]])[:2_500].rsplit(". ", 1)[0] + "."
    if kind < 0.18:
        return f"{abstract} Code is available at https://example.org/{rng.randrange(10**6)}."
    if kind < 0.21:
        return f"{abstract} Project page: https://example.org/{rng.randrange(10**6)}"
    return abstract


def with_texts(papers: pl.DataFrame, titles: Sequence[str], abstracts: Sequence[str | None]) -> pl.DataFrame:
    """Give papers other texts, in every form the layouts print: as a page shows them, and wrapped as records do."""
    wrapped = [text and _LINE_BREAK.sub(r"\1\n", " ".join(text.split())).rstrip("\n") for text in abstracts]
    return papers.with_columns(
        **{name: pl.Series(titles, dtype=pl.String) for name in ("title", "page_title", "wrapped_title")},
        **{name: pl.Series(abstracts, dtype=pl.String) for name in ("abstract", "page_abstract")},
        wrapped_abstract=pl.Series(wrapped, dtype=pl.String),
    )


def fold(text: str | None) -> str | None:
    """White space folded: what titles and abstracts are compared as."""
    return " ".join(text.split()) if text is not None else None


def read_papers(paths: Iterable[Path]) -> pl.DataFrame:
    """Read the entries of dumps, white space folded, one per distinct pair of title and abstract, in order.

    Entries without an abstract are left out; fields a dump does not carry are made up, so that every layout can print
    them.
    """
    files = hash_files(find_files(list(paths)))
    dumps = files.unique("dump_id", maintain_order=True).with_columns(file_names=pl.concat_list("file_name"))
    entries = pl.concat([parsed.entries for parsed in parse_dumps(dumps)]).drop_nulls("abstract")
    folded = entries.with_columns(
        pl.col(name).str.replace_all(r"\s+", " ").str.strip_chars() for name in ("title", "abstract")
    ).unique(["title", "abstract"], keep="first", maintain_order=True)
    some_day = pl.lit(datetime(2025, 3, 3, tzinfo=UTC), dtype=pl.Datetime("us", "UTC"))
    number = pl.int_range(pl.len()) + 50_000
    listed_at = pl.coalesce("listed_at", "published_at", some_day).dt.replace_time_zone(None)
    filled = folded.select(
        paper_key=pl.format("paper-{}", number),
        arxiv_id=pl.col("arxiv_id").fill_null(pl.format("2503.{}", number)),
        authors=pl.col("authors").fill_null(["An Author"]),
        published_at=pl.coalesce("published_at", some_day).dt.replace_time_zone(None),
        listed_at=listed_at,
        listed_on=listed_at.dt.date(),
        upvotes=pl.col("upvotes").fill_null(3),
        comment_count=pl.col("comment_count").fill_null(0),
        submitter=pl.col("submitter").fill_null("A Submitter"),
        code_url="code_url",
        ai_keywords=pl.col("ai_keywords").fill_null(["keyword"]),
        planted=pl.lit(None, dtype=pl.String),
    )
    return with_texts(filled, folded["title"].to_list(), folded["abstract"].to_list())
