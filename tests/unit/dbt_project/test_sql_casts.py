"""No cast of a model can fail on data: what dumps brought is cast by try_cast, or to a type that holds all of it."""

import re
from collections.abc import Iterator

import polars as pl
import pytest

from paperhouse.orchestration.dbt_project import DBT_PROJECT
from paperhouse.warehouse.tables import TABLES

#: Type of a cast -> what values of may be cast to it without a thought.
SAFE = {
    "varchar": ("number", "day", "text", "boolean"),
    "string": ("number", "day", "text", "boolean"),
    "double": ("number", "boolean"),
    "bigint": ("number", "boolean"),
    "date": ("day",),
    "timestamp": ("day",),
}
CAST = re.compile(r"(?<![\w])cast\s*\(|::", re.IGNORECASE)
NAME = re.compile(r"\b[a-z_]\w*\b")
LITERAL = re.compile(r"\s*(?:null|'[^']*'|[\d.]+)\s*", re.IGNORECASE)


def name_kind(dtype: pl.DataType) -> str:
    """What a column of the pipeline's own tables holds, as far as casts are concerned."""
    if dtype.is_numeric():
        return "number"
    if dtype.is_temporal():
        return "day"
    return "boolean" if isinstance(dtype, pl.Boolean) else "text"


#: Name of a column that dumps fill -> what it holds in any table.
DATA: dict[str, set[str]] = {}
for table, columns in TABLES.items():
    if table.startswith(("raw.", "extracted.")):
        for column, dtype in columns.items():
            DATA.setdefault(column, set()).add(name_kind(dtype))


def find_end(sql: str, at: int) -> int:
    """Where the bracket that is open at a place is closed."""
    depth = 1
    while depth and at < len(sql):
        depth += (sql[at] == "(") - (sql[at] == ")")
        at += 1
    return at


def find_casts(sql: str) -> Iterator[tuple[int, str, str]]:
    """Where a cast stands, what is cast, and the type it is cast to, in lower case."""
    for found in CAST.finditer(sql):
        if found[0] == "::":
            before = re.search(r"[\w.')\]]+$", sql[: found.start()])
            yield found.start(), before[0] if before else "", re.match(r"\s*(\w*)", sql[found.end() :])[1].lower()
            continue
        what, _, kind = " ".join(sql[found.end() : find_end(sql, found.end()) - 1].split()).rpartition(" as ")
        yield found.start(), what, re.match(r"\w*", kind)[0].lower()


def drop_calls(sql: str) -> str:
    """An expression without what only counts, orders or chooses rows."""
    while found := re.search(r"\b(?:count|over|filter)\s*\(", sql):
        sql = sql[: found.start()] + sql[find_end(sql, found.end()) :]
    return sql


def find_unsafe(sql: str) -> list[str]:
    """Casts that a value of a dump could make fail."""
    unsafe = []
    for _, what, kind in find_casts(re.sub(r"--[^\n]*|\{#.*?#\}", "", sql, flags=re.DOTALL)):
        named = {name for name in NAME.findall(drop_calls(what)) if name in DATA}
        if not LITERAL.fullmatch(what) and any(not DATA[name] <= {*SAFE.get(kind, ())} for name in named):
            unsafe.append(f"cast({what} as {kind})")
    return unsafe


FILES = sorted(path for folder in ("models", "macros", "tests") for path in (DBT_PROJECT / folder).rglob("*.sql"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_cast_of_data_can_fail(path):
    assert find_unsafe(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select cast(facts.upvotes as integer) from facts",
        "select cast(\n max(facts.comment_count) as integer\n) as comment_count",
        "select cast(coalesce(extract(year from published_on), published_year) as integer)",
        "select upvotes::int",
        "select cast(title as date)",
        "select cast(captured_on_text as bigint)",
        "select cast(value as decimal(9, 2))",
    ],
)
def test_a_cast_that_can_fail_is_found(sql):
    assert len(find_unsafe(sql)) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "select try_cast(facts.upvotes as integer) from facts",
        "select cast(count(upvotes) as integer), cast(null as date), cast('1970-01-01' as date)",
        "select cast(upvotes as bigint), cast(upvotes as double), cast(upvotes as varchar), cast(published_at as date)",
        "select 1 -- cast(upvotes as integer)",
    ],
)
def test_a_cast_that_cannot_fail_is_none(sql):
    assert find_unsafe(sql) == []
