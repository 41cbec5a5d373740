"""The sensor that starts a build when dumps have come into the inbox."""

import hashlib
from collections.abc import Iterable

import dagster as dg

from pipelines.parsing import PARSER_VERSION, find_files, hash_files
from pipelines.resources import Warehouse


def make_inbox_sensor(job_name: str) -> dg.SensorDefinition:
    """A sensor on the inbox that starts the named job; off until switched on."""

    @dg.sensor(
        job_name=job_name,
        minimum_interval_seconds=60,
        description="Starts a build once the inbox has changed and then kept still for one look (a minute).",
    )
    def inbox_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        """Two equal looks mean that nobody is writing any more; only then are contents read.

        The run key is made of contents and parser version, since Dagster never starts a second run for one key.
        """
        warehouse = Warehouse.from_environment()
        files = find_files([warehouse.inbox])
        look = _digest(f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in files)
        if not files:
            return dg.SkipReason("The inbox is empty.")
        if context.cursor != look:
            return dg.SensorResult(skip_reason="The inbox has changed; looking once more.", cursor=look)
        key = _digest([PARSER_VERSION, *sorted(hash_files(files)["dump_id"])])
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=key)], cursor=look)

    return inbox_sensor


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
