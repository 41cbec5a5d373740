"""What a reader of releases may rely on: tables, columns and types, under a number that says when that broke.

What belongs here: the number, and telling a break from an addition. The columns themselves are the dbt yml's, whose
contracts hold builds to them; `tests/unit/release/test_contract.py` holds the yml to the last columns that CHANGELOG
told of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Of the tables and columns of a release. The first number is raised with a break, the second with an addition.
SCHEMA_VERSION = "1.3"

#: For each table the types of its columns.
Columns = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Difference:
    """What is not the same in two releases' tables: the table, the column (none for the whole table), and what."""

    table: str
    column: str | None
    what: str
    is_break: bool

    @property
    def name(self) -> str:
        """What a person calls it, and what CHANGELOG has to name if it is a break."""
        return f"{self.table}.{self.column}" if self.column else self.table


def find_differences(old: Columns, new: Columns) -> list[Difference]:
    """What a reader of the old tables finds otherwise in the new ones, by table and column.

    A table or column that is gone is a break, and so is one of another type; what is added is none.
    """
    found = []
    for table in sorted(old.keys() | new.keys()):
        if table not in new:
            found.append(Difference(table, None, "is gone", True))
            continue
        if table not in old:
            found.append(Difference(table, None, "is new", False))
            continue
        before, after = old[table], new[table]
        for column in sorted(before.keys() | after.keys()):
            if column not in after:
                found.append(Difference(table, column, "is gone", True))
            elif column not in before:
                found.append(Difference(table, column, "is new", False))
            elif before[column].upper() != after[column].upper():
                what = f"is {after[column].upper()} and was {before[column].upper()}"
                found.append(Difference(table, column, what, True))
    return found


def read_contract(manifest: Mapping[str, Any]) -> Columns | None:
    """The columns of each table of a release; None where its manifest, of an earlier version, does not say them."""
    columns = {table: facts.get("columns") for table, facts in manifest.get("tables", {}).items()}
    return columns if columns and all(isinstance(found, Mapping) for found in columns.values()) else None
