"""Which line a run stands in: what takes the warehouse waits for its turn, captures do not wait for it."""

import dagster as dg
import pytest

from paperhouse.orchestration.lines import name_line

LANTERNS, TIDES = dg.AssetKey(["captures", "lanterns"]), dg.AssetKey(["captures", "tides"])
WRITES = {"paperhouse/line": "warehouse"}


@pytest.mark.parametrize(
    ("job", "assets", "tags"),
    [
        ("build", [], WRITES),
        ("digest", [], WRITES),
        ("__ASSET_JOB", [dg.AssetKey(["marts", "papers"])], WRITES),
        ("__ASSET_JOB", [], WRITES),
        ("__ASSET_JOB", [LANTERNS, dg.AssetKey(["raw", "dumps"])], WRITES),
        ("capture", [], {"paperhouse/line": "captures"}),
        ("capture", [LANTERNS], {"paperhouse/line": "captures", "paperhouse/source": "lanterns"}),
        ("__ASSET_JOB", [TIDES], {"paperhouse/line": "captures", "paperhouse/source": "tides"}),
        ("__ASSET_JOB", [LANTERNS, TIDES], {"paperhouse/line": "captures"}),
    ],
)
def test_a_run_stands_in_the_line_of_what_it_takes(job, assets, tags):
    assert name_line(job, assets) == tags
