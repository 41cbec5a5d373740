"""The data dictionary: every table and column in words, read from the dbt yml alone.

What belongs here: reading descriptions and writing them as Markdown. `python -m pipelines.release.dictionary` renews
`dbt_project/DICTIONARY.md`; a test keeps that file and the yml equal.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import yaml

DBT_PROJECT = Path(__file__).parents[2] / "dbt_project"
DICTIONARY_FILE = DBT_PROJECT / "DICTIONARY.md"


@dataclass(frozen=True)
class TableEntry:
    """One table: its description (grain first), its columns' descriptions and types by name, in order."""

    description: str
    columns: dict[str, str]
    types: dict[str, str]


@functools.cache
def load_dictionary() -> dict[str, TableEntry]:
    """All described tables by name (`marts.papers`, `raw.dumps`), sorted."""
    entries: dict[str, TableEntry] = {}
    for path in sorted((DBT_PROJECT / "models").rglob("*.yml")):
        document = yaml.safe_load(path.read_text())
        for source in document.get("sources", []):
            for table in source["tables"]:
                entries[f"{source.get('schema', source['name'])}.{table['name']}"] = _entry(table)
        for model in document.get("models", []):
            entries[f"{path.parent.name}.{model['name']}"] = _entry(model)
    return dict(sorted(entries.items()))


def to_markdown(dictionary: dict[str, TableEntry]) -> str:
    """The dictionary as one Markdown page: a section per table, a row per column."""
    parts = ["# Data dictionary", "", "Made from the dbt yml by `make docs`; do not edit.", ""]
    for table, entry in dictionary.items():
        parts += [
            f"## {table}",
            "",
            entry.description,
            "",
            "| column | type | meaning |",
            "| --- | --- | --- |",
        ]
        parts += [
            f"| {name} | {entry.types.get(name, '')} | {_one_line(text)} |" for name, text in entry.columns.items()
        ]
        parts.append("")
    return "\n".join(parts)


def _entry(table: dict) -> TableEntry:
    columns = table.get("columns", [])
    return TableEntry(
        description=_one_line(table.get("description", "")),
        columns={column["name"]: _one_line(column.get("description", "")) for column in columns},
        types={column["name"]: column.get("data_type", "") for column in columns},
    )


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    DICTIONARY_FILE.write_text(to_markdown(load_dictionary()))
    print(f"wrote {DICTIONARY_FILE}")
