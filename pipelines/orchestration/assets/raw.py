"""The raw tables as assets: what the dumps say, as printed, and what became of every line.

What belongs here: one step of the job. What it does is `loading/`.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import dagster as dg
import polars as pl
from pydantic import Field

from ...engines import Engine, EngineError, open_lake, read_engine, try_engine
from ...expectations.runner import load_ahead
from ...loading.budget import choose_budget
from ...loading.override_lines import OverrideError
from ...parsing import ColumnMapping, MissingInputError, Parsed
from ...release.fingerprint import is_published
from ...release.imprint import read_imprint
from ...showing import progress
from ...warehouse.errors import WarehouseNotWritableError
from ...warehouse.folder import Warehouse
from ...warehouse.settings import BadSettingError, check_environment, read_follow_links
from ...warehouse.settings_file import SettingsError
from ...warehouse.tables import OVERRIDE_TABLES, RAW_TABLES
from ..arrivals import take_in
from ..dbt_stream import load_dbt
from ..lake_build import is_made
from ..retries import retried
from ..worker import work_ahead
from .tables import materialize_tables, table_specs

_Setting = TypeVar("_Setting", float, bool)


def ask_environment(read: Callable[[], _Setting]) -> _Setting | None:
    """What the environment says, as a default that the Launchpad shows; a run says what is wrong with it."""
    try:
        return read()
    except ValueError:
        return None


class DumpPaths(dg.Config):
    """Which dumps to read: files and folders; empty means the inbox, and a generated sample where that is empty."""

    paths: list[str] = Field(
        default=[],
        description="Dumps: files and folders, read where they lie. Empty: the warehouse's inbox, and a generated "
        "sample where that is empty, too.",
    )
    reject_budget: float | None = Field(
        default=ask_environment(choose_budget),
        description="Share of a dump's content that may be refused before it is held back. Where null: "
        "PAPERHOUSE_REJECT_BUDGET, or 0.5.",
    )
    follow_links: bool | None = Field(
        default=ask_environment(read_follow_links),
        description="Whether symbolic links inside folders are followed; a link among the paths always is. Where null: "
        "PAPERHOUSE_FOLLOW_LINKS, or no.",
    )


@dg.multi_asset(
    specs=table_specs("raw", (*RAW_TABLES, *OVERRIDE_TABLES), "pipelines/loading/dumps.py"), can_subset=False
)
@retried
def raw_tables(
    context: dg.AssetExecutionContext, config: DumpPaths, warehouse: dg.ResourceParam[Warehouse]
) -> Iterator[dg.MaterializeResult]:
    """Parse the dumps that are not loaded yet. With nothing new and nothing to publish, the run ends here."""
    try:
        check_environment()
        read_imprint(warehouse.settings_file)
        engine = read_engine()
        if engine:  # before anything is read
            try_engine(engine)
        read = partial(_read_in_workers, engine) if engine else None
        paths = [Path(path) for path in config.paths]
        ahead = load_ahead if engine else _load_ahead
        take_in(warehouse, paths, config.reject_budget, config.follow_links, on_new=ahead, read=read)
    except (
        BadSettingError,
        EngineError,
        MissingInputError,
        OverrideError,
        SettingsError,
        WarehouseNotWritableError,
    ) as error:
        raise dg.Failure(description=str(error)) from error
    context.log.info(", ".join(f"{count:,} {name}" for name, count in progress.counts.items()))
    for note in progress.notes:
        context.log.warning(note)
    if is_published(warehouse) and (engine is None or is_made(warehouse, engine)):
        context.log.info("Nothing is new and the published release is current: nothing to build.")
        return
    yield from materialize_tables(warehouse, (*RAW_TABLES, *OVERRIDE_TABLES), _measure(warehouse))


def _load_ahead() -> None:
    """Great Expectations here, and dbt where it works: most of the time goes by in the process that reads."""
    load_ahead()
    work_ahead(load_dbt)


def _read_in_workers(engine: Engine, dumps: pl.DataFrame, own: ColumnMapping) -> Iterator[Parsed]:
    if dumps.is_empty():  # no engine is asked for nothing
        return
    with open_lake(engine) as lake:
        yield from lake.read_dumps(dumps, own)


def _measure(warehouse: Warehouse) -> dict[str, dict[str, float]]:
    """What came and what was refused of all that is loaded, by table: numbers that Dagster plots over runs."""
    with warehouse.connect() as connection:
        [(held, rejected, lines)] = connection.execute(
            "select count(*) filter (status = 'held'), sum(rejected_line_count), sum(line_count) from raw.dumps"
        ).fetchall()
    met = {name: count for name, count in progress.counts.items() if name.endswith("dumps")}
    share = {"rejected share of lines": round(int(rejected) / int(lines), 6)} if lines else {}
    return {"raw.dumps": {**met, "held dumps": held}, "raw.rejects": share}
