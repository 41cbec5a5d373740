"""The data dictionary: every table and column in words, read from the dbt yml alone.

What belongs here: reading descriptions and writing them as Markdown. `python -m paperhouse.release.dictionary` renews
`dbt_project/DICTIONARY.md`; a test keeps that file and the yml equal.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import yaml

from ..project_files import DBT_PROJECT

DICTIONARY_FILE = DBT_PROJECT / "DICTIONARY.md"

#: libyaml reads the hundred files in a tenth of the time; where PyYAML was built without it, its own reader does.
_YAML_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: Marts of one row per entity, whose keys the others carry.
_REFERRED = ("papers", "keywords", "dumps", "topics")


@dataclass(frozen=True)
class TableEntry:
    """One table: its description (grain first), its columns' descriptions and types by name, in order, and its key."""

    description: str
    columns: dict[str, str]
    types: dict[str, str]
    key: tuple[str, ...] = ()


@functools.cache
def load_dictionary() -> dict[str, TableEntry]:
    """All described tables by name (`marts.papers`, `raw.dumps`), sorted."""
    entries = dict(load_sources())
    for path in _list_descriptions():
        for model in yaml.load(path.read_text(), Loader=_YAML_LOADER).get("models", []):
            entries[f"{path.parent.name}.{model['name']}"] = _entry(model)
    return dict(sorted(entries.items()))


@functools.cache
def load_sources() -> dict[str, TableEntry]:
    """The tables that the pipeline writes itself (`raw.dumps`), without reading what describes the hundred models."""
    entries: dict[str, TableEntry] = {}
    for text in (path.read_text() for path in _list_descriptions()):
        for source in yaml.load(text, Loader=_YAML_LOADER)["sources"] if "\nsources:" in text else []:
            for table in source["tables"]:
                entries[f"{source.get('schema', source['name'])}.{table['name']}"] = _entry(table)
    return dict(sorted(entries.items()))


def _list_descriptions() -> list[Path]:
    return sorted((DBT_PROJECT / "models").rglob("*.yml"))


def list_marts() -> dict[str, TableEntry]:
    """The marts alone, by bare name."""
    return {
        name.removeprefix("marts."): entry for name, entry in load_dictionary().items() if name.startswith("marts.")
    }


def find_references(marts: dict[str, TableEntry]) -> dict[str, dict[str, str]]:
    """For each mart the columns that name a row of another one, and which: `{"links": {"paper_id": "papers"}}`.

    A column that is called after the one key column of a mart, alone or after another word (`dump_id`,
    `superseded_by_dump_id`), refers to it; an id that is no more (`old_paper_id`, a key of its own) does not.
    """
    owners = {entry.key[0]: mart for mart, entry in marts.items() if len(entry.key) == 1 and mart in _REFERRED}
    return {
        mart: {
            column: owners[key]
            for column in entry.columns
            for key in owners
            if (column == key and mart != owners[key]) or (column.endswith(f"_{key}") and entry.key != (column,))
        }
        for mart, entry in marts.items()
    }


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


def to_rows(marts: dict[str, TableEntry]) -> pl.DataFrame:
    """The dictionary of published marts as a table: one row per column, in the order of tables and columns."""
    references = find_references(marts)
    return pl.DataFrame(
        [
            (mart, entry.description, position, name, entry.types.get(name, ""), text, name in entry.key, owner)
            for mart, entry in marts.items()
            for position, (name, text) in enumerate(entry.columns.items(), start=1)
            for owner in [references[mart].get(name)]
        ],
        schema={
            "table_name": pl.String,
            "table_description": pl.String,
            "position": pl.Int64,
            "column_name": pl.String,
            "data_type": pl.String,
            "description": pl.String,
            "is_key": pl.Boolean,
            "references_table": pl.String,
        },
        orient="row",
    )


def _entry(table: dict) -> TableEntry:
    columns = table.get("columns", [])
    return TableEntry(
        description=_one_line(table.get("description", "")),
        columns={column["name"]: _one_line(column.get("description", "")) for column in columns},
        types={column["name"]: column.get("data_type", "") for column in columns},
        key=_find_key(table),
    )


def _find_key(table: dict) -> tuple[str, ...]:
    """The columns that a table's tests hold unique: its unique_key test's, else the first column with `unique`."""
    for test in table.get("data_tests", []):
        if isinstance(test, dict) and "unique_key" in test:
            return tuple(test["unique_key"]["arguments"]["columns"])
    alone = [column["name"] for column in table.get("columns", []) if "unique" in column.get("data_tests", [])]
    return tuple(alone[:1])


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    DICTIONARY_FILE.write_text(to_markdown(load_dictionary()))
    print(f"wrote {DICTIONARY_FILE}")
