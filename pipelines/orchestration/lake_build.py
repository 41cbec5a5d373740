"""The dbt models on another engine, in its lake, and what of them the pipeline's own file shows.

The order of a build there: DuckDB makes seeds and views of staging, as it would without an engine; what dbt reads and
does not make goes into the lake; the engine makes the models; the one in Python, which dbt would leave to a vendor's
service, is made here between them; the engine runs the data tests. The marts stay in the lake, and so does what the
index of search reads: views in the pipeline's own file read them there, so that the gate judges what lies in the lake,
the release is made of it, and neither knows of an engine.

What belongs here: that order, which tables go there, and which are shown. How that is done is `engines`, how dbt runs
`dbt_stream`.
"""

from __future__ import annotations

import functools
import json
import shutil
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..engines import Engine, Lake, drop_relation, open_lake, read_made_of
from ..loading.mentions import search_more_texts
from ..release.fingerprint import fingerprint
from ..warehouse.folder import Warehouse
from .dbt_project import prepare_project
from .dbt_run import DbtOutcome
from .dbt_stream import NO_TESTS, FinishedTable, stream_tables
from .dbt_tests import run_lake_tests

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

#: The model in Python, and the two it reads.
_SEARCHED, _TEXTS, _KEYS = "int_texts__searched", "int_texts__read", "int_keys__sought"
#: What DuckDB makes before the engine and after it: views, and seeds, which are the same for all.
_BEFORE = ("build", *NO_TESTS, "--selector", "staging")
_AFTER = ("build", *NO_TESTS, "--selector", "search")
#: What the engine makes, before the search for mentions and with it.
_FIRST = ("run", "--exclude", f"{_SEARCHED}+", "path:models/search")
_SECOND = ("run", "--select", f"{_SEARCHED}+", "--exclude", _SEARCHED, "path:models/search")

_Stream = Generator[FinishedTable | DbtOutcome, None, DbtOutcome]


@dataclass(frozen=True)
class _Tables:
    """Tables by schema and name: what dbt reads and does not make, what it makes, what is shown with its columns.

    growing are names of those that DuckDB's builds add to: what a table of these says of a text or a pair stays true.
    """

    given: Sequence[tuple[str, str]]
    made: Sequence[tuple[str, str]]
    shown: Mapping[tuple[str, str], Mapping[str, str]]
    growing: Collection[str]


def is_made(warehouse: Warehouse, engine: Engine) -> bool:
    """Whether the lake is of exactly what is loaded now, by exactly this code and these settings."""
    with warehouse.connect() as connection:
        return read_made_of(engine) == fingerprint(connection)


def stream_lake_tables(
    warehouse: Warehouse, engine: Engine, listener: Callable[[EventMsg], None]
) -> Generator[FinishedTable | DbtOutcome]:
    """Make all models on an engine; yield each table as it is made, once, and last how dbt ended.

    The pipeline's own file gets its views in one transaction, after the last model. Where anything fails it is as
    it was, but for seeds, views of staging, and texts that were searched. Raises EngineError.
    """
    tables = _list_tables()
    outcome = yield from _pass_on(stream_tables(warehouse, _BEFORE, listener), set())
    if not outcome.problem:
        with open_lake(engine) as lake:
            outcome = yield from _make(warehouse, lake, tables, listener, outcome)
        if not outcome.problem:
            after = yield from _pass_on(stream_tables(warehouse, _AFTER, listener), set())
            outcome = DbtOutcome([*outcome.results, *after.results], after.problem, outcome.tests)
    yield outcome


def _make(
    warehouse: Warehouse, lake: Lake, tables: _Tables, listener: Callable[[EventMsg], None], before: DbtOutcome
) -> _Stream:
    told = {result.name for result in before.results}
    searched = ("intermediate", _SEARCHED)
    lake.begin(sorted({schema for schema, _ in (*tables.given, *tables.made)}), given=[*tables.given, searched])
    with warehouse.connect() as connection:
        made_of = fingerprint(connection)
        for schema, name in tables.given:
            lake.give(connection, schema, name)
    first = yield from _pass_on(stream_tables(warehouse, _FIRST, listener, lake), told)
    if first.problem:
        return first
    yield _search(warehouse, lake)
    second = yield from _pass_on(stream_tables(warehouse, _SECOND, listener, lake), told)
    if second.problem:
        return second
    tests = run_lake_tests(lake)
    _show(warehouse, lake, tables)
    kept: dict[str, set[str]] = {}
    for schema, name in (*tables.given, *tables.made):
        kept.setdefault(schema, set()).add(name)
    lake.drop_others(kept)
    lake.mark(made_of)
    return DbtOutcome([*before.results, *first.results, *second.results], "", tests)


def _pass_on(stream: Generator[FinishedTable | DbtOutcome], told: set[str]) -> _Stream:
    """Yield the tables of one of dbt's commands that were not told of before, and return how it ended."""
    outcome = DbtOutcome([], "")
    with closing(stream) as finished:
        for found in finished:
            if isinstance(found, DbtOutcome):
                outcome = found
            elif found.problem or found.name not in told:
                yield found
    return outcome


def _search(warehouse: Warehouse, lake: Lake) -> FinishedTable:
    """Search new texts, and all for new keys; what is kept of both lies in the pipeline's own file."""
    schema = "intermediate"
    texts, keys = (lake.read(schema, name) for name in (_TEXTS, _KEYS))
    seconds = search_more_texts(warehouse, texts, keys, f"{schema}.{_SEARCHED}")
    with warehouse.connect() as connection:
        lake.give(connection, schema, _SEARCHED)
    return FinishedTable(_SEARCHED, seconds, lake.count(schema, _SEARCHED))


def _show(warehouse: Warehouse, lake: Lake, tables: _Tables) -> None:
    """Show what is read here, and drop steps of an earlier build by DuckDB, which would be of other texts."""
    shutil.rmtree(warehouse.fetched, ignore_errors=True)
    with warehouse.connect() as connection:
        for (schema, name), columns in tables.shown.items():
            lake.show(connection, schema, name, columns, warehouse.fetched)
        for schema, name in tables.made:
            if schema == "intermediate" and (schema, name) not in tables.shown and name not in tables.growing:
                drop_relation(connection, schema, name)


@functools.cache
def _list_tables() -> _Tables:
    """Which tables go there and which are shown, as dbt's manifest has them."""
    manifest = json.loads(prepare_project().manifest_path.read_text())
    nodes: dict[str, dict[str, Any]] = manifest["nodes"] | manifest["sources"]
    models = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
    read = {parent for node in models.values() for parent in node["depends_on"]["nodes"]}
    searching = {key for key in models if models[key]["schema"] == "search"}
    needed = {parent for key in searching for parent in models[key]["depends_on"]["nodes"]}

    def name(key: str) -> tuple[str, str]:
        return nodes[key]["schema"], nodes[key]["name"]

    made = [key for key in models if key not in searching]
    shown = [
        key
        for key in made
        if models[key]["schema"] == "marts" or (key in needed and models[key]["schema"] == "intermediate")
    ]
    return _Tables(
        given=sorted(name(key) for key in read if nodes[key]["resource_type"] in ("source", "seed")),
        made=sorted(name(key) for key in made),
        shown={name(key): _describe_columns(models[key]) for key in sorted(shown)},
        growing={node["name"] for node in models.values() if node["config"]["materialized"] == "incremental"},
    )


def _describe_columns(node: Mapping[str, Any]) -> dict[str, str]:
    """DuckDB's type of each column, and that it is never null where its contract says so."""
    return {
        column["name"]: column["data_type"]
        + (" not null" if any(rule["type"] == "not_null" for rule in column["constraints"]) else "")
        for column in node["columns"].values()
    }
