"""What a run is given: the warehouse, locked.

No `from __future__ import annotations`: Dagster reads annotations as they are.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dagster as dg

from ..upkeep.growth import tidy
from ..warehouse.folder import Warehouse
from ..warehouse.settings import KEYWORDS_VARIABLE, KeywordSetting, read_keywords
from .lost_runs import end_lost_runs, show_alive
from .old_runs import prune_runs


@dg.resource(
    config_schema={
        "keywords": dg.Field(
            dg.Noneable(dg.Enum("KeywordSetting", [dg.EnumValue(setting.value) for setting in KeywordSetting])),
            is_required=False,
            default_value=read_keywords(),
            description="Which keywords of a paper come first: `exhaustive` every real term, as an indexer would; "
            "`author` the few an author would choose; `balanced` both. Another one than last time builds anew. "
            f"Where null: {KEYWORDS_VARIABLE}, or balanced.",
        )
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
        _naming(context.resource_config),
        show_alive(warehouse.dagster_home, str(context.run_id)),
        warehouse.lock(wait=say),
    ):
        if context.instance:
            end_lost_runs(context.instance, warehouse.dagster_home)
            prune_runs(context.instance, warehouse)
        tidy(warehouse)
        yield warehouse


@contextmanager
def _naming(config: Mapping[str, Any]) -> Iterator[None]:
    """Say a run's keyword setting where dbt and the fingerprint look for it, for the length of the block."""
    before, given = os.environ.get(KEYWORDS_VARIABLE), config.get("keywords")
    if given:
        os.environ[KEYWORDS_VARIABLE] = given
    try:
        yield
    finally:
        if given:
            os.environ.pop(KEYWORDS_VARIABLE)
            if before is not None:
                os.environ[KEYWORDS_VARIABLE] = before
