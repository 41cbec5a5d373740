"""The release: what readers see, swapped in once both gates have passed."""

from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from ...release.publication import NotJudgedError, prepare_release
from ...report import charts
from ...report.page import REPORT_NAME, write_report
from ...showing import progress
from ...warehouse.folder import LATEST, Warehouse
from ..catalogue import OWNERS, link_code, link_page, tag_access
from ..dbt_project import prepare_project
from ..dbt_state import STATE_FOLDER, write_state
from ..retries import retried
from ..worker import work_beside


def load_charts() -> Iterator[object]:
    """Load what draws the report, which takes seconds; gives nothing."""
    charts.load()
    yield from ()


def _draw(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Path]:
    yield write_report(folder, manifest)


def make_release_asset(marts: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """The asset that publishes the given marts."""

    @dg.asset(
        group_name="release",
        kinds={"duckdb", "parquet"},
        deps=marts,
        owners=OWNERS,
        tags=tag_access(is_public=True),
        metadata={
            **link_page("latest report", f"releases/{LATEST}/{REPORT_NAME}"),
            **link_code("pipelines/release/publication.py", "pipelines/report/page.py"),
        },
    )
    @retried
    def release(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.MaterializeResult]:
        """One published whole: the readers' database, a folder of Parquet and its report, replaced atomically."""
        try:
            with prepare_release(warehouse, context.run_id) as made, progress.stage("publish report"):
                deque(work_beside(_draw, made.folder, made.manifest), maxlen=0)
                write_state(prepare_project().manifest_path, made.folder / STATE_FOLDER)
        except NotJudgedError as error:
            raise dg.Failure(description=str(error)) from None
        folder = warehouse.releases / made.release_id
        byte_count = sum(file["bytes"] for file in made.manifest["files"])
        all_bytes = byte_count + sum(document["bytes"] for document in made.manifest["documents"])
        yield dg.MaterializeResult(
            metadata={
                "release_id": made.release_id,
                "folder": dg.MetadataValue.path(str(folder)),
                "database": dg.MetadataValue.path(str(warehouse.published_database)),
                "report": dg.MetadataValue.url(warehouse.locate(folder / REPORT_NAME)),
                "row_counts": made.row_counts,
                # Numbers, which Dagster plots over runs.
                "papers": made.row_counts["papers"],
                "keywords": made.row_counts["keywords"],
                "bytes of Parquet": byte_count,
                "bytes released": all_bytes,
                **{f"seconds: {stage}": seconds for stage, seconds in progress.stage_seconds.items()},
            }
        )

    return release
