"""Sidecars: the file `dumps.csv` beside dumps, in which an operator says when and where they were captured.

What belongs here: telling a sidecar from a dump, reading it, matching its rows to dumps, and giving raw.dumps what it
says. Columns: `file_name` (as in the folder), `captured_on` (YYYY-MM-DD), `source`, `note`; others are ignored.

A sidecar's date outranks every other, the date inside the dump too: it is the only evidence somebody wrote about this
very capture, and the only way to correct the others. What the dump prints stays in captured_on_text, and its own date
comes back when the row goes. A row that cannot be used gets a problem, which gate 1 reports as a warning: wrong notes
about dumps never keep the dumps out.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from ..parsing import Left, Links, dates
from ..parsing.folders import UNFOLLOWED
from ..warehouse.tables import TABLES, append

SIDECAR_NAME = "dumps.csv"
#: A note of a line per dump for ten million dumps would be smaller; more is a mistake.
SIZE_LIMIT = 1 << 30
NO_LINKS = Links()
_COLUMNS = {
    "file_name": "file_name",
    "filename": "file_name",
    "file": "file_name",
    "captured_on": "captured_on",
    "source": "source",
    "note": "note",
}


def split_sidecars(files: Sequence[Path], links: Links = NO_LINKS) -> tuple[list[Path], list[Path]]:
    """Tell dumps and sidecars apart: (dumps, sidecars beside any of the dumps, sorted).

    A table of papers may be called dumps.csv, too: one with a column `title` is a dump. A sidecar that is a link is
    heeded where it is among the files, or where links are followed.
    """
    beside = [path for path in _places_beside(files) if path.is_file() and _is_heeded(path, links)]
    sidecars = [path for path in beside if not _is_table_of_papers(path)]
    taken = set(sidecars)
    return [file for file in files if file not in taken], sidecars


def find_left_sidecars(files: Sequence[Path], links: Links) -> list[Left]:
    """The sidecars beside files named outright that are links and not heeded; those in folders are left already."""
    known = {left.path for left in links.left}
    beside = [path for path in _places_beside(files) if not _is_heeded(path, links) and str(path) not in known]
    return [Left(str(path), f"it is a link to {os.readlink(path)}{UNFOLLOWED}") for path in beside]


def _is_heeded(path: Path, links: Links) -> bool:
    return links.are_followed or path in links.taken or not path.is_symlink()


def _places_beside(files: Sequence[Path]) -> list[Path]:
    return [folder / SIDECAR_NAME for folder in sorted({file.parent for file in files})]


def _is_table_of_papers(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            header = file.readline(1 << 16).decode("utf-8-sig", errors="replace")
    except OSError:
        return False
    return "title" in _fold_header(header.rstrip("\r\n").split(_delimiter(header)))


def record_sidecars(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path], sidecars: Sequence[Path]
) -> list[str]:
    """Replace what raw.sidecars holds of the files' folders, and give raw.dumps what all sidecars say.

    Files must be in raw.files already. A sidecar that has gone from one of the folders counts no longer. Returns the
    problems of these sidecars, in words.
    """
    rows = [row for path in sidecars for row in _read(path)]
    frame = pl.DataFrame(rows, schema=TABLES["raw.sidecars"], orient="row")
    targets = pl.Series(
        [str(Path(path).parent / (name or "")) for path, name in frame.select("path", "file_name").rows()]
    )
    connection.execute(
        "delete from raw.sidecars where path in $paths", {"paths": [str(path) for path in _places_beside(files)]}
    )
    if frame.height:
        connection.register("named", pl.DataFrame({"target": targets.unique()}).to_arrow())
        met = connection.execute(
            "select distinct files.path as target, files.dump_id "
            "from raw.files inner join named on files.path = named.target order by all"
        ).pl()
        connection.unregister("named")
        matched = frame.drop("dump_id").with_columns(target=targets).join(met, on="target", how="left")
        append(connection, "raw.sidecars", matched)
    describe_dumps(connection)
    return frame["problem"].drop_nulls().to_list()


def describe_dumps(connection: duckdb.DuckDBPyConnection) -> None:
    """Bring raw.dumps in line with the sidecars and the dumps' own dates; only rows that differ are written.

    Several sidecars may describe one dump under several names: the earliest date wins, whichever came first.
    """
    connection.execute(
        """
        insert into raw.dump_dates
        select dump_id, captured_on, captured_on_source, captured_on_precision
        from raw.dumps
        where not exists (select 1 from raw.dump_dates where dump_dates.dump_id = dumps.dump_id)
        """
    )
    connection.execute(
        """
        with told as (
            select dump_id, captured_on, source, note
            from raw.sidecars
            where dump_id is not null and coalesce(cast(captured_on as varchar), source, note) is not null
            qualify row_number() over (
                partition by dump_id order by captured_on nulls last, source nulls last, note nulls last
            ) = 1
        ),

        described as (
            select
                own.dump_id,
                coalesce(told.captured_on, own.captured_on) as captured_on,
                if(told.captured_on is null, own.captured_on_source, 'sidecar') as captured_on_source,
                if(told.captured_on is null, own.captured_on_precision, 'day') as captured_on_precision,
                told.source,
                told.note
            from raw.dump_dates as own
            left join told on own.dump_id = told.dump_id
        )

        update raw.dumps set
            captured_on = described.captured_on,
            captured_on_source = described.captured_on_source,
            captured_on_precision = described.captured_on_precision,
            source = described.source,
            note = described.note
        from described
        where
            dumps.dump_id = described.dump_id
            and (
                dumps.captured_on is distinct from described.captured_on
                or dumps.captured_on_source is distinct from described.captured_on_source
                or dumps.source is distinct from described.source
                or dumps.note is distinct from described.note
            )
        """
    )


def _read(path: Path) -> Iterator[tuple]:
    """The rows of one sidecar, as rows of raw.sidecars without a dump."""
    shown = f"{path.parent.name}/{path.name}"

    def row(line: int, problem: str | None, name: str | None = None, *facts: object) -> tuple:
        captured_on, source, note = facts or (None, None, None)
        words = f"{shown}, line {line}: {problem}" if problem else None
        return str(path), line, name, None, captured_on, source, note, words

    try:
        if path.stat().st_size > SIZE_LIMIT:
            yield row(1, f"it is larger than {SIZE_LIMIT >> 20:,} MB; no row of it is used. Split the folder")
            return
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        yield row(1, f"it cannot be read ({error.strerror}); no row of it is used. Make it readable and build again")
        return
    except UnicodeDecodeError as error:
        yield row(1, f"it is not UTF-8 (byte {error.start:,}); no row of it is used. Save it as UTF-8")
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text[: 1 << 16].split("\n")[0]))
    try:
        columns = _fold_header(next(reader, []))
        if "file_name" not in columns:
            yield row(
                1,
                "it has no column file_name; no row of it is used. "
                "Its first line names the columns: file_name,captured_on,source,note",
            )
            return
        if "captured_on" not in columns:
            yield row(
                1, "it has no column captured_on, so no date is taken from it. Add the column, empty where unknown"
            )
        lines_by_name: dict[str, int] = {}
        for cells in reader:
            if any(cell.strip() for cell in cells):
                values = {name: cell.strip() or None for name, cell in zip(columns, cells, strict=False) if name}
                yield row(
                    reader.line_num, *_judge(path, values, len(cells) > len(columns), lines_by_name, reader.line_num)
                )
    except csv.Error as error:
        yield row(reader.line_num, f"it is no CSV from here on ({error}); the rows before are used. Mend the line")


def _judge(
    path: Path, values: dict[str, str | None], is_long: bool, lines_by_name: dict[str, int], line: int
) -> tuple[str | None, str | None, date | None, str | None, str | None]:
    """Problem, file name, date, source and note of a row. A row with a wrong date keeps its source and note."""
    name = values.get("file_name")
    unusable = None
    if name is None:
        unusable = "it names no file. Write the file's name in the column file_name, or remove the row"
    elif name in lines_by_name:
        unusable = f"{name!r} is described on line {lines_by_name[name]} already, which counts. Remove one of the two"
    elif os.path.isabs(name) or ".." in Path(name).parts:
        unusable = f"{name!r} lies outside the sidecar's folder. Put a {SIDECAR_NAME} beside that file"
    elif name == SIDECAR_NAME or not (path.parent / name).is_file():
        unusable = f"there is no dump {name!r} in the folder. Correct the name, or remove the row"
    if unusable:
        return unusable, name, None, None, None
    assert name is not None
    lines_by_name[name] = line
    printed, problem = values.get("captured_on"), None
    day = _read_day(printed) if printed else None
    if printed and day is None:
        problem = f"captured_on {printed!r} is no day of the calendar. Write it as YYYY-MM-DD, or leave it empty"
    elif is_long:
        problem = "it has more cells than there are columns; what is beyond is not used. Put quotes around commas"
    return problem, name, day, values.get("source"), values.get("note")


def _read_day(printed: str) -> date | None:
    found = dates.read_date_line(printed)
    return found.on() if found else None


def _fold_header(cells: Sequence[str]) -> list[str]:
    folded = [cell.strip().strip('"').lower().replace(" ", "_").replace("-", "_") for cell in cells]
    return [_COLUMNS.get(name, name) for name in folded]


def _delimiter(header: str) -> str:
    """The commonest of comma, semicolon and tab in the first line; spreadsheets of some countries write semicolons."""
    return max(",;\t", key=header.count)
