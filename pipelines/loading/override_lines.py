"""The lines of an override file, judged one by one: a CSV file in UTF-8 with named columns and remarks.

What belongs here: what every override file has in common. An error names the file, the line and the remedy, and nothing
of the file is loaded. What the columns mean is the business of `keyword_overrides` and `paper_overrides`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..files import read_whole


class OverrideError(ValueError):
    """An override file that cannot be followed; the message names file, line and remedy."""


@dataclass(frozen=True)
class OverrideLine:
    """One line of an override file: its number in the file and its values by column, stripped."""

    number: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Value of a column; empty where the line has none."""
        return self.values[column]


def read_override_lines(path: Path, columns: Mapping[str, bool]) -> list[OverrideLine]:
    """Lines of an override file, in order; none where there is no file.

    Blank lines and lines that start with # are passed over. Columns may come in any order.

    Args:
        path: a CSV file in UTF-8 whose first line names the columns.
        columns: every column the file has, and whether each line needs a value in it.

    Raises:
        OverrideError: not to be read, not UTF-8, columns missing or unknown, a line of another length, a value missing.
    """
    if not path.exists():
        return []
    try:
        text = read_whole(path).decode("utf-8-sig")
    except OSError as error:
        raise OverrideError(f"{path} cannot be read ({error.strerror}). Make it readable, or remove it.") from error
    except UnicodeDecodeError as error:
        raise OverrideError(f"{path}: not UTF-8 (byte {error.start}). Save the file as UTF-8.") from error
    wanted = ",".join(columns)
    header: list[str] | None = None
    lines = []
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if not any(cells) or cells[0].startswith("#"):
                continue
            if header is None:
                header = cells
                if sorted(header) != sorted(columns):
                    raise OverrideError(
                        f"{path}, line {reader.line_num}: the columns are {','.join(cells)}. "
                        f"Begin the file with the line: {wanted}"
                    )
                continue
            if len(cells) > len(header):
                raise OverrideError(
                    f"{path}, line {reader.line_num}: {len(cells)} values for {len(header)} columns. "
                    'Put a value that holds a comma between quotes: "a, b".'
                )
            values = dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
            for column, is_needed in columns.items():
                if is_needed and not values[column]:
                    raise OverrideError(
                        f"{path}, line {reader.line_num}: no {column}. Every line needs one; the columns are {wanted}."
                    )
            lines.append(OverrideLine(reader.line_num, values))
    except csv.Error as error:
        raise OverrideError(
            f"{path}, line {reader.line_num}: no CSV ({error}). Check the quotes of the line."
        ) from error
    return lines
