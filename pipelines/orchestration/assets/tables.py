"""What every asset that stands for a table the pipeline writes has in common: its spec and its metadata."""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from ...release.dictionary import load_dictionary
from ...warehouse.folder import Warehouse
from ...warehouse.tables import TABLES


def asset_key(table: str) -> dg.AssetKey:
    """Table `raw.entries` is asset `raw/entries`."""
    return dg.AssetKey(table.split("."))


def table_specs(group: str, tables: Sequence[str], deps: Sequence[str] = ()) -> list[dg.AssetSpec]:
    """One skippable asset per table, described by the data dictionary."""
    dictionary = load_dictionary()
    return [
        dg.AssetSpec(
            asset_key(table),
            group_name=group,
            kinds={"polars", "duckdb"},
            deps=[asset_key(dep) for dep in deps],
            skippable=True,
            description=dictionary[table].description,
            metadata={"dagster/column_schema": _column_schema(table)},
        )
        for table in tables
    ]


def materialize_tables(
    warehouse: Warehouse, tables: Sequence[str], numbers: Mapping[str, Mapping[str, int]] | None = None
) -> Iterator[dg.MaterializeResult]:
    """Report the tables as materialized, with their row counts and, by table, further numbers for Dagster's plots."""
    with warehouse.connect() as connection:
        counts = {table: connection.execute(f"select count(*) from {table}").fetchall()[0][0] for table in tables}
    for table, count in counts.items():
        further = (numbers or {}).get(table, {})
        yield dg.MaterializeResult(asset_key=asset_key(table), metadata={"dagster/row_count": count, **further})


def _column_schema(table: str) -> dg.TableSchema:
    columns = load_dictionary()[table].columns
    return dg.TableSchema(
        columns=[
            dg.TableColumn(name=name, type=str(dtype), description=columns.get(name, ""))
            for name, dtype in TABLES[table].items()
        ]
    )
