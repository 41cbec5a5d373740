"""What date lines say: of the whole dump, of the sections of one that holds several days, or of each entry.

Which lines are dates is decided before; which of a dump's dates counts in the end is `assembly`'s business.
"""

import polars as pl

from ... import dates, fields, lines, schema

#: As many date lines, and half as many as there are entries, are dates of entries, not of sections.
_FEWEST_EACH = 5


def read_date_lines(aside: pl.DataFrame) -> pl.DataFrame:
    """Read the dates printed on the lines set aside.

    Returns: source, line_no, text, date (as printed), line_class, is_possible, is_relative, section_on (null without a
    year).
    """
    printed = aside.drop_nulls("date").select("source", "line_no", "text", "date", "line_class")
    texts = printed["date"].unique().to_list()
    read = [dates.read_date_line(text) for text in texts]
    known = pl.DataFrame(
        {
            "date": texts,
            "is_possible": [date is not None and date.is_possible() for date in read],
            "is_relative": [date is None and dates.is_relative(text) for date, text in zip(read, texts, strict=True)],
            "section_on": [date.on() if date is not None else None for date in read],
        },
        schema={"date": pl.String, "is_possible": pl.Boolean, "is_relative": pl.Boolean, "section_on": pl.Date},
    )
    return printed.join(known, on="date", how="left", maintain_order="left")


def find_impossible(printed: pl.DataFrame) -> pl.DataFrame:
    """The date lines that name a day that does not exist."""
    return printed.filter((pl.col("line_class") == lines.DATE) & ~pl.col("is_possible") & ~pl.col("is_relative"))


def place_dates(entries: pl.DataFrame, printed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give entries the date of their section, or of their own; and find the dump's.

    Args: entries with entry, source, first_line, last_line; printed as read_date_lines gives it.
    Returns: entries with section_on, section_on_text, published_at; and source, date_text: the date that stands for the
    dump. Several dates divide a dump into sections; as many as there are entries are the entries' dates of publication.
    """
    nothing = {
        "section_on": pl.lit(None, dtype=pl.Date),
        "section_on_text": pl.lit(None, dtype=pl.String),
        "published_at": pl.lit(None, dtype=schema.INSTANT),
    }
    entries = entries.with_columns(**nothing)
    if not printed.height:
        return entries, pl.DataFrame(schema={"source": pl.UInt32, "date_text": pl.String})
    ends = entries.group_by("source").agg(first=pl.min("first_line"), last=pl.max("last_line"), entry_count=pl.len())
    printed = printed.join(ends, on="source", how="left", maintain_order="left")
    # `3 days ago` beside an entry says nothing of the page.
    printed = printed.filter(~pl.col("is_relative") | (pl.col("line_no") <= pl.col("first").fill_null(2**32)))
    is_inside = pl.col("line_no") > pl.col("first")
    count = is_inside.sum().over("source")
    is_each = (count >= _FEWEST_EACH) & (count * 2 >= pl.col("entry_count"))
    printed = printed.with_columns(is_each=is_each.fill_null(False), is_inside=is_inside.fill_null(False))
    own = printed.filter("is_each")
    if own.height:
        entries = _date_entries(entries, own)
        printed = printed.filter(~(pl.col("is_each") & (pl.col("is_inside") | (pl.len().over("source") == 1))))
    heads = (
        printed.filter(pl.col("is_possible") | pl.col("is_relative"))
        .group_by("source", maintain_order=True)
        .agg(date_text=pl.coalesce(pl.col("date").filter("is_possible").first(), pl.first("date")))
    )
    several = printed.filter(~pl.col("is_relative"), pl.col("date").n_unique().over("source") > 1)
    if several.height:
        order = entries.select("entry", "source", line_no="first_line").sort("line_no")
        placed = order.join_asof(
            several.select("source", "line_no", section_on_text="date", section_on="section_on").sort("line_no"),
            on="line_no",
            by="source",
            strategy="backward",
            check_sortedness=False,
        )
        entries = entries.update(
            placed.select("entry", "section_on", "section_on_text"), on="entry", maintain_order="left"
        )
    return entries, heads


def _date_entries(entries: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Give each entry the date beside it: after it, unless the first one has one before it and the last none."""
    own = own.with_columns(
        stands_before=((pl.col("line_no") < pl.col("first")).any() & ~(pl.col("line_no") > pl.col("last")).any()).over(
            "source"
        )
    )
    order = entries.select("entry", "source", "first_line", "last_line").sort("first_line")
    own = own.drop_nulls("section_on").select("source", "line_no", "stands_before", on="section_on").sort("line_no")
    before = own.filter("stands_before").join_asof(
        order, left_on="line_no", right_on="first_line", by="source", strategy="forward", check_sortedness=False
    )
    after = own.filter(~pl.col("stands_before")).join_asof(
        order, left_on="line_no", right_on="last_line", by="source", strategy="backward", check_sortedness=False
    )
    instants = {day: fields.read_instant(day) for day in own["on"].unique().to_list()}
    placed = (
        pl.concat([before, after], how="diagonal_relaxed")
        .drop_nulls("entry")
        .group_by("entry")
        .agg(published_at=pl.col("on").first().replace_strict(instants, return_dtype=schema.INSTANT))
    )
    return entries.update(placed, on="entry", maintain_order="left")
