"""The tables the pipeline writes itself, column by column; dbt makes the others.

What belongs here: their names and schemas, making them, adding rows to them. What the rows mean is said in
`dbt_project/models/staging/sources.yml`; opening the file they lie in is `connections`.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import polars as pl

from ..parsing import schema as raw_schema
from ..text import schema as text_schema
from .errors import WarehouseUnreadableError

#: What an operator's sidecar may add to a dump, and what the pipeline decides about it.
_DUMPS = {
    **raw_schema.DUMPS,
    "source": pl.String(),
    "note": pl.String(),
    "held_reason": pl.String(),
    "loaded_at": raw_schema.INSTANT,
}

#: One row per file (or member of an archive) that dumps were read from. Private: it names paths of this machine.
_FILES = {
    "path": pl.String(),
    "member": pl.String(),
    "dump_id": pl.String(),
    "file_name": pl.String(),
    "folder_name": pl.String(),
    "byte_count": pl.Int64(),
    "stamp": pl.String(),
}

#: One row per row of a sidecar. Private, like raw.files.
_SIDECARS = {
    "path": pl.String(),
    "line": pl.Int64(),
    "file_name": pl.String(),
    "dump_id": pl.String(),
    "captured_on": pl.Date(),
    "source": pl.String(),
    "note": pl.String(),
    "problem": pl.String(),
}

#: Corrections of keywords by hand: a row per line of overrides/keywords.csv. keyword_key is closed, target_key is not.
_KEYWORD_OVERRIDES = {
    "line_number": pl.Int64(),
    "action": pl.String(),
    "keyword": pl.String(),
    "target": pl.String(),
    "reason": pl.String(),
    "keyword_key": pl.String(),
    "target_key": pl.String(),
}

#: Decisions about papers by hand, one row per line of overrides/papers.csv.
_PAPER_OVERRIDES = {
    "line_number": pl.Int64(),
    "verdict": pl.String(),
    "first_handle": pl.String(),
    "second_handle": pl.String(),
    "reason": pl.String(),
}

#: One row per dump: the capture date it carries itself, which a sidecar may overrule and give back. Private.
_DUMP_DATES = {
    name: raw_schema.DUMPS[name] for name in ("dump_id", "captured_on", "captured_on_source", "captured_on_precision")
}

#: What was decided about whole dumps: held by a rule of gate 1, or accepted by a person. Private.
_DUMP_DECISIONS = {
    "dump_id": pl.String(),
    "decision": pl.String(),
    "because": pl.String(),
    "decided_at": raw_schema.INSTANT,
}

#: The ledger of checks: one row per rule, table and run.
_CHECK_RESULTS = {
    "run_id": pl.String(),
    "stage": pl.String(),
    "table_name": pl.String(),
    "rule": pl.String(),
    "kind": pl.String(),
    "status": pl.String(),
    "observed": pl.String(),
    "expected": pl.String(),
    "value": pl.Float64(),
    "lowest": pl.Float64(),
    "highest": pl.Float64(),
    "affected_rows": pl.Int64(),
    "answer": pl.String(),
    "failing": pl.String(),
    "failing_since": raw_schema.INSTANT,
    "checked_at": raw_schema.INSTANT,
}

#: Which stages have passed for which fingerprint: what the release asks before it publishes.
_PASSED_STAGES = {
    "stage": pl.String(),
    "fingerprint": pl.String(),
    "run_id": pl.String(),
    "passed_at": raw_schema.INSTANT,
}

#: Papers that were taken down, by each id they had, and digests of what their entries are known by again.
_TAKEN_DOWN = {"paper_id": pl.String(), "key_sha256": pl.String(), "taken_down_at": raw_schema.INSTANT}

#: The runs that published, so that figures of a run are compared with those of releases alone.
_PUBLISHED_RUNS = {
    "run_id": pl.String(),
    "release_id": pl.String(),
    "is_sample": pl.Boolean(),
    "published_at": raw_schema.INSTANT,
}

#: Every table the pipeline writes itself: name -> columns. dbt makes the others.
TABLES: Mapping[str, Mapping[str, pl.DataType]] = {
    "raw.dumps": _DUMPS,
    "raw.entries": {**raw_schema.ENTRIES, "text_id": pl.String()},
    "raw.rejects": raw_schema.REJECTS,
    "raw.line_spans": raw_schema.LINE_SPANS,
    "raw.files": _FILES,
    "raw.sidecars": _SIDECARS,
    "raw.dump_dates": _DUMP_DATES,
    "raw.dump_decisions": _DUMP_DECISIONS,
    "raw.keyword_overrides": _KEYWORD_OVERRIDES,
    "raw.paper_overrides": _PAPER_OVERRIDES,
    "extracted.texts": text_schema.TEXTS,
    "extracted.phrases": text_schema.PHRASES,
    "extracted.further_phrases": text_schema.FURTHER_PHRASES,
    "extracted.words": {**text_schema.WORDS, "batch_id": pl.String()},
    "extracted.links": text_schema.LINKS,
    "extracted.abbreviations": text_schema.ABBREVIATIONS,
    "extracted.short_forms": text_schema.SHORT_FORMS,
    "extracted.fingerprints": text_schema.FINGERPRINTS,
    "extracted.results": text_schema.RESULTS,
    "extracted.methods": text_schema.METHODS,
    "extracted.given_keywords": text_schema.GIVEN_KEYWORDS,
    "extracted.background_words": text_schema.BACKGROUND_WORDS,
    "extracted.background_terms": text_schema.BACKGROUND_TERMS,
    "extracted.search_terms": text_schema.SEARCH_TERMS,
    "quality.check_results": _CHECK_RESULTS,
    "quality.passed_stages": _PASSED_STAGES,
    "quality.published_runs": _PUBLISHED_RUNS,
    "quality.taken_down": _TAKEN_DOWN,
    "quality.formats": {"format": pl.Int64(), "upgraded_at": raw_schema.INSTANT},
    "quality.published_papers": {"paper_id": pl.String(), "last_published_at": raw_schema.INSTANT},
}

OVERRIDE_TABLES = tuple(table for table in TABLES if table.endswith("_overrides"))
#: The tables that dumps fill.
RAW_TABLES = tuple(table for table in TABLES if table.startswith("raw.") and table not in OVERRIDE_TABLES)
#: The tables that are filled from texts.
EXTRACTED_TABLES = tuple(table for table in TABLES if table.startswith("extracted."))


def append(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame, into: str | None = None) -> None:
    """Add the rows of a frame to a table of TABLES, or to another table of the same columns.

    The frame is handed over as a relation: a registered view would keep it in memory until the transaction ends.
    """
    if not frame.is_empty():
        # In the order that they have there: in a warehouse of an earlier version, columns added since come last.
        columns = [name for name, *_ in connection.execute(f"describe {into or table}").fetchall()]
        connection.from_arrow(frame.select(columns).to_arrow()).insert_into(into or table)


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that are missing. What an earlier version made has been brought up to date by `migrations`.

    Raises WarehouseUnreadableError where a table that is there has other columns.
    """
    present: dict[str, set[str]] = {}
    for table, name in connection.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() "
        "where not internal and database_name = current_database()"
    ).fetchall():
        present.setdefault(table, set()).add(name)
    missing = [table for table in TABLES if table not in present]
    schemas = dict.fromkeys(table.split(".")[0] for table in missing)
    statements = [f"create schema if not exists {schema}" for schema in schemas]
    for table in missing:
        body = ", ".join(f'"{name}" {sql_type(dtype)}' for name, dtype in TABLES[table].items())
        statements.append(f"create table {table} ({body})")
    if statements:
        connection.execute("; ".join(statements))  # in one go, which takes half as long as one by one
    others = sorted(
        f"{table}.{name}" for table in TABLES if table in present for name in present[table] ^ TABLES[table].keys()
    )
    if others:
        raise WarehouseUnreadableError(
            f"Another version of Paperhouse made this warehouse: {', '.join(others[:3])} is not in both. Use "
            "that version, or build the dumps into another folder with --warehouse."
        )


def sql_type(dtype: pl.DataType) -> str:
    """A column's type as DuckDB names it, in lower case: `varchar[]` for a list of strings."""
    if isinstance(dtype, pl.List):
        return f"{sql_type(dtype.inner)}[]"  # type: ignore[arg-type]
    if isinstance(dtype, pl.Struct):
        return "struct(" + ", ".join(f'"{part.name}" {sql_type(part.dtype)}' for part in dtype.fields) + ")"  # type: ignore[arg-type]
    names = {
        pl.String: "varchar",
        pl.Int64: "bigint",
        pl.Float64: "double",
        pl.Date: "date",
        pl.Datetime: "timestamp",
        pl.Boolean: "boolean",
    }
    return names[type(dtype)]
