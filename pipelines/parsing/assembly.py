"""Findings of a batch to the raw tables: ids, positions, statuses and the decision which date evidence a dump takes.

The columns come out exactly as `schema` names them. Nothing here knows a layout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from . import bounds, dates, findings, labels, mapping, repairs, schema
from .files import Source

PARSER_VERSION = "15"


def name_version(own: mapping.ColumnMapping) -> str:
    """What a reading rests on beside the dump: the parser's version and, where a user has some, column names."""
    return f"{PARSER_VERSION}+{own.version}" if own.version else PARSER_VERSION


#: Why a file without an entry is no dump at all, and why one may be a dump but could not be opened.
_NO_DUMP = ("binary", "unknown_layout")
_UNOPENED = (
    "archive_limit",
    "damaged_archive",
    "damaged_compression",
    "damaged_member",
    "damaged_table",
    "nested_archive",
    "oversize",
    "unreadable_file",
    "unreadable_member",
    "unsafe_member",
)
_STATUS = (
    pl.when(pl.col("entry_count") > 0)
    .then(pl.lit("loaded"))
    .when(pl.col("reject_count") == 0)
    .then(pl.lit("empty"))
    .when(pl.col("reasons").list.eval(pl.element().is_in(_NO_DUMP)).list.all())
    .then(pl.lit("not_a_dump"))
    .when(pl.col("reasons").list.eval(pl.element().is_in(_UNOPENED)).list.all())
    .then(pl.lit("refused"))
    .otherwise(pl.lit("rejected"))
)


@dataclass(frozen=True)
class Parsed:
    """One batch of the raw tables: frames with exactly the columns of `schema`."""

    dumps: pl.DataFrame
    entries: pl.DataFrame
    rejects: pl.DataFrame
    line_spans: pl.DataFrame


def assemble(
    sources: Sequence[Source], found: findings.Findings, entries_before: int = 0, rejects_before: int = 0
) -> Parsed:
    """Build the raw tables of a batch; every source has a row in dumps, in the order given.

    A single source that comes in parts has its row with the part whose findings have one; entries_before and
    rejects_before say how many came with the parts before.
    """
    ids = pl.DataFrame(
        {"dump_id": [source.dump_id for source in sources]}, schema={"dump_id": pl.String}
    ).with_row_index("source")
    entries = _sort(found.entries, "source").join(ids, on="source", how="left", maintain_order="left")
    entries = labels.mark_labels(repairs.repair_texts(entries))
    is_cut = pl.col("abstract").str.contains(r"(?:…|\.\.\.)$").fill_null(False)
    is_cut &= ~pl.col("flags").list.contains("truncated")
    entries = entries.with_columns(
        flags=pl.when(is_cut).then(pl.col("flags").list.concat(pl.lit(["truncated"])).list.sort()).otherwise("flags")
    )
    entries = entries.with_columns(pl.col("published_on").fill_null(pl.col("published_at").dt.date()))
    entries = entries.with_columns(
        pl.col("published_precision").fill_null(pl.when(pl.col("published_on").is_not_null()).then(pl.lit("day"))),
        pl.col("published_year").fill_null(pl.col("published_on").dt.year().cast(pl.Int64)),
    )
    entries = bounds.leave_out(entries)
    position = pl.int_range(1, pl.len() + 1).over("source")
    entries = entries.with_columns(position=position + entries_before).with_columns(
        entry_id=pl.format("{}-{}", pl.col("dump_id").str.slice(0, 16), pl.col("position"))
    )
    rejects = (
        found.rejects.sort("source", "first_line", nulls_last=False, maintain_order=True)
        .join(ids, on="source", how="left", maintain_order="left")
        .with_columns(reject_number=position + rejects_before)
    )
    spans = found.line_spans.sort("source", "first_line").join(ids, on="source", how="left", maintain_order="left")
    dumps = pl.DataFrame(schema=schema.DUMPS)
    if found.dumps.height:
        dumps = _build_dumps(sources, found, entries).with_columns(
            pl.col("entry_count") + entries_before, pl.col("reject_count") + rejects_before
        )
        if entries_before or rejects_before:
            read = pl.when(pl.col("entry_count") > 0).then(pl.lit("loaded")).otherwise(pl.lit("rejected"))
            dumps = dumps.with_columns(status=read)
    return Parsed(
        dumps=dumps,
        entries=_conform(entries, schema.ENTRIES),
        rejects=_conform(rejects, schema.REJECTS),
        line_spans=_conform(spans, schema.LINE_SPANS),
    )


def _sort(entries: pl.DataFrame, name: str) -> pl.DataFrame:
    """Entries in the order of a column; as they are where they stand so, which takes no other memory."""
    return entries if entries[name].is_sorted() else entries.sort(name, maintain_order=True)


def _conform(frame: pl.DataFrame, columns: dict[str, pl.DataType]) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in columns.items())


def _build_dumps(sources: Sequence[Source], found: findings.Findings, entries: pl.DataFrame) -> pl.DataFrame:
    counts = (
        pl.DataFrame({"source": range(len(sources))}, schema=findings.SOURCE)
        .join(
            entries.group_by("source").agg(entry_count=pl.len(), taken_out=pl.sum("control_character_count")),
            on="source",
            how="left",
        )
        .join(
            found.rejects.group_by("source").agg(reject_count=pl.len(), reasons=pl.col("reason").unique()),
            on="source",
            how="left",
        )
        .sort("source")
        .with_columns(pl.col("entry_count", "reject_count").fill_null(0))
    )
    facts = counts.join(found.dumps, on="source", how="left", maintain_order="left")
    evidence = [
        _decide_dates(source, printed if is_list_date else source.mail_day or printed, is_list_date)
        for source, printed, is_list_date in zip(sources, facts["date_text"], facts["is_list_date"], strict=True)
    ]
    names = pl.DataFrame(
        {
            "dump_id": [source.dump_id for source in sources],
            "file_names": [source.file_names for source in sources],
            "byte_count": [source.byte_count for source in sources],
            "compression": [source.compression for source in sources],
            "encoding": [source.encoding for source in sources],
            "control_character_count": [source.control_character_count for source in sources],
        },
        schema_overrides={"file_names": pl.List(pl.String)},
    )
    dumps = facts.hstack(pl.DataFrame(evidence, schema=_EVIDENCE)).hstack(names)
    dumps = dumps.with_columns(pl.col("control_character_count") + pl.col("taken_out").fill_null(0))
    version = pl.lit(name_version(mapping.in_force()))
    return _conform(dumps.with_columns(status=_STATUS, parser_version=version), schema.DUMPS)


_EVIDENCE = {
    name: schema.DUMPS[name]
    for name in (
        "captured_on",
        "captured_on_text",
        "captured_on_source",
        "captured_on_precision",
        "listed_on",
        "listed_on_source",
    )
}


def _decide_dates(source: Source, printed: str | None, is_list_date: bool | None) -> dict[str, object]:
    """Weigh the dump's own date (a mail's is its header's), then its file names, its folder; none is invented.

    A printed month and day takes its year from the file name only where that names the same month and day; the source
    is then the file name, which the year rests on.
    """
    inside = dates.read_date_line(printed) if printed else None
    if inside is not None and inside.year is not None and inside.year not in dates.PAGE_YEARS:
        inside = None
    named, named_source = _date_in_names(source)
    if is_list_date:
        day = inside.on() if inside else None
        return {
            "listed_on": day or named,
            "listed_on_source": "content" if day else named_source,
        }
    if inside is None:
        return {
            "captured_on": named,
            "captured_on_text": printed if printed and dates.is_relative(printed) else None,
            "captured_on_source": named_source,
            "captured_on_precision": "day" if named else None,
        }
    day = inside.on()
    agrees = named is not None and (named.month, named.day) == (inside.month, inside.day)
    if day is None and agrees:
        day, day_source = named, named_source
    else:
        day_source = "content"
    return {
        "captured_on": day,
        "captured_on_text": inside.text,
        "captured_on_source": day_source,
        "captured_on_precision": "day" if day else "month_day",
    }


def _date_in_names(source: Source) -> tuple[date | None, str | None]:
    """The date that all dated file names of a dump agree on, else that of the folder."""
    in_files = {day for name in source.file_names if (day := dates.find_date_in_name(name.rsplit("/", 1)[-1]))}
    if len(in_files) == 1:
        return in_files.pop(), "file_name"
    if not in_files and (day := dates.find_date_in_name(source.folder_name or "")):
        return day, "folder_name"
    return None, None
