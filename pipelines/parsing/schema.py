"""Columns of the raw tables: the one place that names them.

Parsers return frames of exactly these columns; the warehouse creates its tables from them; the dbt sources describe
them. Nothing here reads or writes.
"""

import polars as pl

INSTANT = pl.Datetime("us", "UTC")

#: One row per distinct dump content.
DUMPS: dict[str, pl.DataType] = {
    "dump_id": pl.String(),  # sha256 (hex) of the content, after decompression
    "file_names": pl.List(
        pl.String()
    ),  # every base name it came under, sorted; in an archive: archive name/path inside it
    "byte_count": pl.Int64(),  # of the content, after decompression
    "compression": pl.String(),  # none, gz, zst; of a member of an archive: zip, tar, tar.gz/zst, ...
    "encoding": pl.String(),  # utf-8, utf-8-sig, utf-16-le, cp1252, ...
    "control_character_count": pl.Int64(),  # control characters and terminal codes taken out of the content
    "layout": pl.String(),  # e.g. text_spaced, text_dense, api_json; unknown where none fits
    "layout_reason": pl.String(),  # the evidence the layout was recognised by, in words
    "status": pl.String(),  # loaded, empty (no entry, nothing rejected), rejected (no entry, something rejected)
    "line_count": pl.Int64(),
    "blank_line_count": pl.Int64(),
    "boilerplate_line_count": pl.Int64(),
    "date_line_count": pl.Int64(),
    "entry_line_count": pl.Int64(),
    "rejected_line_count": pl.Int64(),
    "entry_count": pl.Int64(),
    "reject_count": pl.Int64(),
    "captured_on": pl.Date(),  # the day somebody saved the page; null unless the year is known too
    "captured_on_text": pl.String(),  # the date as printed, e.g. "Mar 11"
    "captured_on_source": pl.String(),  # content, file_name, folder_name, sidecar, operator
    "captured_on_precision": pl.String(),  # day, month_day (no year); null where nothing is known
    "listed_on": pl.Date(),  # the day whose list the dump is (API days), not the day it was saved
    "listed_on_source": pl.String(),  # content, file_name, folder_name
    "ignored_fields": pl.List(
        pl.Struct({"field": pl.String(), "count": pl.Int64()})
    ),  # fields, columns, tags or keys that no field of an entry takes, by name, and how often each held a value
    "parser_version": pl.String(),
}

#: One row per paper listed in a dump, as printed. Every field but the first eight is null where a layout has none.
ENTRIES: dict[str, pl.DataType] = {
    "entry_id": pl.String(),  # first 16 characters of dump_id, "-", position
    "dump_id": pl.String(),
    "position": pl.Int64(),  # 1-based, order within the dump
    "first_line": pl.Int64(),  # 1-based, inclusive
    "last_line": pl.Int64(),
    "title": pl.String(),  # as printed: wording untouched
    "abstract": pl.String(),  # as printed; null where missing
    "section_on": pl.Date(),  # date of the section it stands in, where one dump holds several days; null without a year
    "section_on_text": pl.String(),  # that date as printed
    "flags": pl.List(pl.String()),  # what the parser did or noticed: unglued, dict_repr, ... sorted
    "arxiv_id": pl.String(),  # without version: 2503.01234
    "arxiv_version": pl.Int64(),
    "authors": pl.List(pl.String()),
    "author_count": pl.Int64(),
    "author_details": pl.List(
        pl.Struct(
            {
                "author_number": pl.Int64(),  # place in authors, from 1
                "orcid": pl.String(),  # 0000-0002-1825-0097, its check digit right
                "author_id": pl.String(),  # in the source, with its name: openalex:A5000000001
                "affiliations": pl.List(pl.String()),  # as printed
            }
        )
    ),  # what the dump says of authors beside their names: one for each it says anything of, in their order
    "doi": pl.String(),  # lower case, without the address before it: 10.1000/xyz
    "published_at": INSTANT,  # midnight where no more than a day is printed, of the first day where less
    "published_on": pl.Date(),  # the day as printed, in its own time zone; of a month or a year the first day
    "published_precision": pl.String(),  # day, month, year: how much of published_on is known
    "published_year": pl.Int64(),
    "listed_at": INSTANT,  # when it was put on the daily list
    "upvotes": pl.Int64(),
    "comment_count": pl.Int64(),
    "submitter": pl.String(),
    "organization": pl.String(),
    "venue": pl.String(),  # journal, conference, book or server that it appeared in, as printed
    "code_url": pl.String(),  # an address of the web, as project_url
    "github_stars": pl.Int64(),
    "project_url": pl.String(),
    "ai_summary": pl.String(),
    "ai_keywords": pl.List(pl.String()),
    "keywords": pl.List(pl.String()),  # keywords the authors chose, where a table of records carries them
}

#: One row per stretch of input that could not become an entry.
REJECTS: dict[str, pl.DataType] = {
    "dump_id": pl.String(),
    "reject_number": pl.Int64(),  # 1-based, order within the dump
    "reason": pl.String(),  # a code of parsing.reasons
    "detail": pl.String(),  # what exactly was wrong, for a person
    "first_line": pl.Int64(),
    "last_line": pl.Int64(),
    "text": pl.String(),  # the stretch itself, cut at a stated length
}

#: One row per run of boilerplate or date lines. With entries and rejects it says what became of every line; a line in
#: none of the three is blank.
LINE_SPANS: dict[str, pl.DataType] = {
    "dump_id": pl.String(),
    "first_line": pl.Int64(),
    "last_line": pl.Int64(),
    "kind": pl.String(),  # boilerplate, date
}
