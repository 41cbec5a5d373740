"""What every asset that stands for a table the pipeline writes has in common: its spec and its metadata."""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from ...release.dictionary import load_sources
from ...release.publication import OPERATIONAL_TABLES
from ...warehouse.folder import Warehouse
from ...warehouse.tables import TABLES, sql_type
from ..catalogue import OWNERS, link_code, tag_access

#: Where the columns of these tables are.
_SCHEMAS = "pipelines/warehouse/tables.py"


def asset_key(table: str) -> dg.AssetKey:
    """Table `raw.entries` is asset `raw/entries`."""
    return dg.AssetKey(table.split("."))


def table_specs(group: str, tables: Sequence[str], code: str, deps: Sequence[str] = ()) -> list[dg.AssetSpec]:
    """One skippable asset per table, described by the data dictionary; code is the file that says how it is filled."""
    dictionary = load_sources()
    return [
        dg.AssetSpec(
            asset_key(table),
            group_name=group,
            kinds={"polars", "duckdb"},
            owners=OWNERS,
            tags=tag_access(is_public=table in OPERATIONAL_TABLES),
            deps=[asset_key(dep) for dep in deps],
            skippable=True,
            description=dictionary[table].description,
            metadata={"dagster/column_schema": _column_schema(table), **link_code(code, _SCHEMAS)},
        )
        for table in tables
    ]


def describe_published_papers() -> dg.AssetSpec:
    """What each release adds to and the next build's redirects read: no asset makes it, since that were a circle."""
    table = "quality.published_papers"
    return dg.AssetSpec(
        asset_key(table),
        group_name="quality",
        kinds={"duckdb"},
        owners=OWNERS,
        tags=tag_access(is_public=False),
        description=load_sources()[table].description,
        metadata={"dagster/column_schema": _column_schema(table), **link_code("pipelines/release/publication.py")},
    )


def materialize_tables(
    warehouse: Warehouse, tables: Sequence[str], numbers: Mapping[str, Mapping[str, float]] | None = None
) -> Iterator[dg.MaterializeResult]:
    """Report the tables as materialized, with their row counts and, by table, further numbers for Dagster's plots."""
    with warehouse.connect() as connection:
        counts = {table: connection.execute(f"select count(*) from {table}").fetchall()[0][0] for table in tables}
    for table, count in counts.items():
        further = (numbers or {}).get(table, {})
        yield dg.MaterializeResult(asset_key=asset_key(table), metadata={"dagster/row_count": count, **further})


def _column_schema(table: str) -> dg.TableSchema:
    """The columns of a table with their types, as DuckDB shows them: without quotes around names that need none."""
    columns = load_sources()[table].columns
    return dg.TableSchema(
        columns=[
            dg.TableColumn(name=name, type=sql_type(dtype).replace('"', ""), description=columns.get(name, ""))
            for name, dtype in TABLES[table].items()
        ]
    )
