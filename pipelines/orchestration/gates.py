"""The two gates: Great Expectations results as blocking Dagster asset checks.

What belongs here: which schema each gate judges and what a result means for the run. Rules are in `expectations/`.
"""

import json
from collections.abc import Iterator

import dagster as dg

from ..expectations.runner import CheckResult, check_tables, guarded_tables
from ..showing import progress
from ..warehouse.folder import Warehouse
from ..warehouse.quality import CheckRow, record_checks
from .assets.tables import asset_key

CHECK_NAME = "expectations"


def make_gate(stage: str, schema: str) -> dg.AssetChecksDefinition:
    """A gate on every guarded table of a schema: one blocking check per table, all judged in one go."""
    tables = guarded_tables(schema)

    @dg.multi_asset_check(
        name=f"{stage}_{schema}",
        specs=[
            dg.AssetCheckSpec(
                CHECK_NAME,
                asset=asset_key(table),
                blocking=True,
                description=f"The suite on {table}; nothing downstream runs where it fails.",
            )
            for table in tables
        ],
    )
    def gate(
        context: dg.AssetCheckExecutionContext, warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.AssetCheckResult]:
        with progress.stage(stage.replace("_", " ")):
            results = check_tables(warehouse.database, tables)
            record_checks(warehouse, context.run.run_id, [_to_row(stage, result) for result in results])
        for table in tables:
            yield _to_asset_check([result for result in results if result.table == table])

    return gate


def _to_row(stage: str, result: CheckResult) -> CheckRow:
    return CheckRow(stage, result.table, result.rule, result.status, result.observed, result.expected, result.failing)


def _to_asset_check(results: list[CheckResult]) -> dg.AssetCheckResult:
    """One table's results as one check: blocking failures are errors, warnings only warn."""
    blocked = any(result.is_blocking for result in results)
    return dg.AssetCheckResult(
        asset_key=asset_key(results[0].table),
        check_name=CHECK_NAME,
        passed=all(result.status == "pass" for result in results),
        severity=dg.AssetCheckSeverity.ERROR if blocked else dg.AssetCheckSeverity.WARN,
        metadata={
            "rules": len(results),
            "results": dg.MetadataValue.table(
                records=[
                    dg.TableRecord(
                        {
                            "rule": result.rule,
                            "status": result.status,
                            "observed": result.observed,
                            "expected": result.expected,
                        }
                    )
                    for result in results
                ]
            ),
            "failing": {result.rule: json.loads(result.failing) for result in results if result.status != "pass"},
        },
    )
