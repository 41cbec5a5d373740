"""How things are shown in a terminal, and made safe to show there: titles and abstracts are data, never markup.

What belongs here: consoles, tables, escaping. What is shown is decided in `commands/`.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .clean import clean

#: Characters a column of a table needs before it is worth reading, where its cells are longer; and those beside it.
_NARROWEST, _BORDER = 11, 3

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def plain(text: object) -> str:
    """A value as text that can neither drive the terminal (see `clean`) nor be taken for markup."""
    return escape(clean(str(text)))


def print_rows(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Rows as a table fitted to the terminal's width, with their number below.

    Where columns of long cells would be too narrow to read, each row is a block of `name value` lines.
    """
    if len(names) > 1 and not _fit(names, rows):
        _print_blocks(names, rows)
    else:
        table = Table(header_style="bold")
        for name in names:
            table.add_column(plain(name), overflow="fold")  # the default would cut long names and ids off
        for row in rows:
            table.add_row(*["" if value is None else plain(value) for value in row])
        out.print(table)
    out.print(f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'}", style="dim")


def _fit(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bool:
    """Whether a table of these rows can be as narrow as the terminal and be read: short cells need no more room."""
    columns = zip(names, *(["" if value is None else clean(str(value)) for value in row] for row in rows), strict=True)
    return sum(min(max(map(cell_len, column)), _NARROWEST) + _BORDER for column in columns) < out.width


def print_query(connection: duckdb.DuckDBPyConnection, query: str, values: list[Any] | None = None) -> None:
    """Rows of a query as a table; see print_rows."""
    result = connection.execute(query, values or [])
    print_rows([column[0] for column in result.description or []], result.fetchall())


def _print_blocks(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    for number, row in enumerate(rows, 1):
        out.rule(f"row {number:,}", align="left", style="dim")
        block = Table.grid(padding=(0, 2))
        block.add_column(style="bold", no_wrap=True)
        block.add_column(overflow="fold")
        for name, value in zip(names, row, strict=True):
            block.add_row(plain(name), "" if value is None else plain(value))
        out.print(block)


def write_csv(rows: Iterable[Sequence[Any]]) -> None:
    """Rows as CSV on stdout: formulas defused, and where a person looks on, without characters that act."""
    is_seen = sys.stdout.isatty()
    # Lines end as those of other tools do: a shell keeps a carriage return as part of a value.
    csv.writer(sys.stdout, lineterminator="\n").writerows([_cell(value, is_seen) for value in row] for row in rows)


def json_text(record: Any) -> str:
    """A record as JSON for stdout; where a person looks on, without characters that act."""
    text = json.dumps(record, default=str, ensure_ascii=False, indent=1)
    return clean(text) if sys.stdout.isatty() else text


def _cell(value: Any, is_seen: bool) -> Any:
    value = clean(value) if is_seen and isinstance(value, str) else value
    return spreadsheet_safe(value)


def spreadsheet_safe(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula, made text again by a leading apostrophe."""
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
