"""The whole path as one graph: assets, the gates between them, and what they are given.

What belongs here: putting the steps together. `definitions` adds what starts them in Dagster, `build` runs them from a
Python process.
"""

import dagster as dg

from . import resources
from .assets.dbt import dbt_models
from .assets.extracted import extracted_tables
from .assets.raw import raw_tables
from .assets.release import make_release_asset
from .assets.tables import describe_published_papers
from .gates import make_gate
from .jobs import build

_marts = [key for key in dbt_models.keys if key.path[0] in ("marts", "search")]

defs = dg.Definitions(
    assets=[raw_tables, extracted_tables, dbt_models, make_release_asset(_marts), describe_published_papers()],
    asset_checks=[make_gate("gate_1", "raw"), make_gate("gate_1", "extracted"), make_gate("gate_2", "marts")],
    jobs=[build],
    # DuckDB takes one writing process; the multiprocess executor, Dagster's own default, would start one per step.
    executor=dg.in_process_executor,
    resources={"warehouse": resources.locked_warehouse},
)
