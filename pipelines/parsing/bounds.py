"""What the columns of raw.entries may hold: the ranges of counts, years and days, and addresses of the web.

What belongs here: the ranges, and leaving out what lies beyond, in whatever layout it stood. A value that is left out
is null and a flag of its entry, `unread_` and the field, like one that nobody can read. How values are read is for
`fields`, `dates` and `paperhouse.addresses`.
"""

import polars as pl

from ..addresses import read_web_address
from . import dates, schema
from .orcids import check_details

#: The largest count a column of the warehouse holds.
COUNT_LIMIT = 2**31 - 1
COUNTS = ("author_count", "upvotes", "comment_count", "github_stars")
#: arXiv's own papers have two digits at most.
_VERSION_LIMIT = 999
ADDRESSES = ("code_url", "project_url")
#: What says when a paper was published, one evidence in several columns: none is kept without the others.
_PUBLICATION = ("published_at", "published_on", "published_precision", "published_year")
_SENTINELS = sorted(dates.SENTINELS)


def leave_out(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries without values that their columns may not hold; published_on and published_year stand where they can."""
    entries = _leave_out_orcids(_leave_out_addresses(entries))
    odd = {name: ~condition for name, condition in CHECKED.items()}
    found = entries.select(condition.any().alias(name) for name, condition in odd.items())
    for name in [name for name, is_found in found.row(0, named=True).items() if is_found]:
        entries = _clear(entries, name, odd[name])
    return entries


def _make_conditions() -> dict[str, pl.Expr]:
    """Field -> whether its value may be held; null where there is none."""
    year = pl.col("published_on").dt.year()
    is_day = pl.col("published_precision").eq_missing("day")
    at = pl.col("published_at")
    return {
        **{name: pl.col(name).is_between(0, COUNT_LIMIT) for name in COUNTS},
        "arxiv_version": pl.col("arxiv_version").is_between(1, _VERSION_LIMIT),
        "published_at": _in(year, dates.YEARS).fill_null(True)
        & ~(is_day & pl.col("published_on").is_in(_SENTINELS)).fill_null(False)
        & _in(at.dt.year(), dates.YEARS).fill_null(True)
        & (at != dates.EPOCH).fill_null(True),
        "published_year": _in(pl.col("published_year"), dates.YEARS),
        "listed_at": _in(pl.col("listed_at").dt.year(), dates.PAGE_YEARS)
        & ~pl.col("listed_at").dt.date().is_in(_SENTINELS),
        "section_on": _in(pl.col("section_on").dt.year(), dates.PAGE_YEARS) & ~pl.col("section_on").is_in(_SENTINELS),
    }


def _in(value: pl.Expr, years: range) -> pl.Expr:
    return value.is_between(years.start, years.stop - 1)


#: Field -> whether its value may be held.
CHECKED = _make_conditions()


def _clear(entries: pl.DataFrame, name: str, is_odd: pl.Expr) -> pl.DataFrame:
    """Entries with nothing in a field where it is odd, and with its flag there."""
    cleared = _PUBLICATION if name == "published_at" else (name,)
    odd = entries.select(is_odd.fill_null(False)).to_series()
    flagged = pl.col("flags").list.concat(pl.lit([f"unread_{name}"])).list.unique().list.sort()
    return entries.with_columns(
        pl.when(odd).then(flagged).otherwise("flags").alias("flags"),
        *(pl.when(~odd).then(pl.col(column)).alias(column) for column in cleared),
    )


def _leave_out_orcids(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries whose ORCIDs are spelled one way; a flag where one was left out, which takes nothing else with it."""
    written = entries["author_details"]
    if not written.drop_nulls().explode().struct.field("orcid").is_not_null().any():
        return entries
    checked = [(None, False) if details is None else check_details(details) for details in written.to_list()]
    kept = pl.Series("author_details", [details for details, _ in checked], schema.ENTRIES["author_details"])
    flagged = pl.col("flags").list.concat(pl.lit(["unread_author_details"])).list.unique().list.sort()
    odd = pl.Series([is_odd for _, is_odd in checked], dtype=pl.Boolean)
    return entries.with_columns(kept, pl.when(odd).then(flagged).otherwise("flags").alias("flags"))


def _leave_out_addresses(entries: pl.DataFrame) -> pl.DataFrame:
    for name in ADDRESSES:
        written = entries[name]
        if written.null_count() == len(written):
            continue
        kept = pl.Series(name, [None if text is None else read_web_address(text) for text in written], pl.String)
        odd = written.is_not_null() & kept.is_null()
        if odd.any():
            entries = _clear(entries, name, pl.lit(odd))
        entries = entries.with_columns(kept)
    return entries
