"""The release: what readers see, swapped in once both gates have passed."""

import dagster as dg

from pipelines.release.publication import publish
from pipelines.report.page import REPORT_NAME
from pipelines.resources import Warehouse


def make_release_asset(marts: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """The asset that publishes the given marts."""

    @dg.asset(group_name="release", kinds={"duckdb", "parquet"}, deps=marts)
    def release(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult:
        """One published whole: the readers' database, a folder of Parquet and its report, replaced atomically."""
        published = publish(warehouse, context.run_id)
        return dg.MaterializeResult(
            metadata={
                "release_id": published.release_id,
                "folder": dg.MetadataValue.path(str(published.folder)),
                "database": dg.MetadataValue.path(str(warehouse.published_database)),
                "report": dg.MetadataValue.url((published.folder / REPORT_NAME).as_uri()),
                "row_counts": published.row_counts,
            }
        )

    return release
