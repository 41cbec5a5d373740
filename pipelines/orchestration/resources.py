"""What a run is given: the warehouse, locked.

No `from __future__ import annotations`: Dagster reads annotations as they are.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from ..engines import ENGINE_VARIABLE, LAKE_VARIABLE, keeping_lakes
from ..environment import setting_environment
from ..upkeep.growth import tidy
from ..warehouse.folder import Warehouse
from ..warehouse.settings import KEYWORDS_VARIABLE, KeywordSetting, read_keywords
from .lost_runs import end_lost_runs, show_alive
from .old_runs import prune_runs

#: Variables of the environment by the names of the settings of a run.
_VARIABLES = {"keywords": KEYWORDS_VARIABLE, "engine": ENGINE_VARIABLE, "lake": LAKE_VARIABLE}


@dg.resource(
    config_schema={
        "keywords": dg.Field(
            dg.Noneable(dg.Enum("KeywordSetting", [dg.EnumValue(setting.value) for setting in KeywordSetting])),
            is_required=False,
            default_value=read_keywords(),
            description="Which keywords of a paper come first: `exhaustive` every real term, as an indexer would; "
            "`author` the few an author would choose; `balanced` both. Another one than last time builds anew. "
            f"Where null: {KEYWORDS_VARIABLE}, or balanced.",
        ),
        "engine": dg.Field(
            dg.Noneable(str),
            is_required=False,
            default_value=os.environ.get(ENGINE_VARIABLE, ""),
            description="What makes the tables of dbt: nothing for DuckDB, on this machine; the address of a Spark "
            "Connect server (`sc://host:15002`); `local` for an embedded one. Needs the extra `spark` and a lake. "
            f"Where null: {ENGINE_VARIABLE}, or DuckDB.",
        ),
        "lake": dg.Field(
            dg.Noneable(str),
            is_required=False,
            default_value=os.environ.get(LAKE_VARIABLE, ""),
            description="Folder of the tables of such an engine, which this machine and all its workers see by the "
            f"same path. Where null: {LAKE_VARIABLE}.",
        ),
    },
    description="The warehouse folder, held for this run: a second run waits its turn.",
)
def locked_warehouse(context: dg.InitResourceContext) -> Iterator[Warehouse]:
    """The warehouse named by the environment, locked from the run's first step to its last.

    A build from the command line holds it already; a run that Dagster has queued waits until the one before has ended.
    """

    def say(busy: str) -> None:
        if context.log:
            context.log.info(f"{busy} Waiting for it to end.")

    warehouse = Warehouse.from_environment()
    warehouse.prepare()
    with (
        setting_environment(_name_settings(context.resource_config)),
        show_alive(warehouse.dagster_home, str(context.run_id)),
        warehouse.lock(wait=say),
        keeping_lakes(),
    ):
        if context.instance:
            end_lost_runs(context.instance, warehouse.dagster_home)
            prune_runs(context.instance, warehouse)
        tidy(warehouse)
        yield warehouse


def _name_settings(config: Mapping[str, Any]) -> dict[str, str]:
    """A run's settings as the variables where dbt, the fingerprint and `engines` look for them."""
    given = {variable: config.get(name) for name, variable in _VARIABLES.items()}
    return {variable: value for variable, value in given.items() if value}
