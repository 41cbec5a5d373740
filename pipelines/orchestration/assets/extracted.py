"""The extracted tables as assets: what is found in each distinct text.

What belongs here: one step of the job. What it does is `loading.texts`.
"""

from collections.abc import Iterator
from contextlib import nullcontext

import dagster as dg

from ...engines import EngineError, open_lake, read_engine
from ...loading.texts import extract_new_texts
from ...warehouse.folder import Warehouse
from ...warehouse.tables import EXTRACTED_TABLES
from ..retries import retried
from .tables import materialize_tables, table_specs


@dg.multi_asset(
    specs=table_specs("extracted", EXTRACTED_TABLES, "pipelines/loading/texts.py", deps=["raw.entries"]),
    can_subset=False,
)
@retried
def extracted_tables(
    context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]
) -> Iterator[dg.MaterializeResult]:
    """Work on the texts that no earlier run has worked on under the present rules; where the tables are made."""
    engine = read_engine()
    try:
        with open_lake(engine) if engine else nullcontext() as lake:
            count = extract_new_texts(warehouse, lake)
    except EngineError as error:
        raise dg.Failure(description=str(error)) from error
    context.log.info(f"{count} new texts")
    yield from materialize_tables(warehouse, EXTRACTED_TABLES)
