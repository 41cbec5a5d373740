"""Runs the whole path from a Python process: the same Dagster job, with the same history, as the Dagster UI runs.

What belongs here: starting the job and turning its outcome into a `BuildReport`. Printing is `commands/`.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import resource
import time
import uuid
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from ..engines import Engine
from ..files import write_whole
from ..release.fingerprint import is_published
from ..showing import progress
from ..warehouse.errors import UnknownSelectionError, WarehouseInUseError
from ..warehouse.folder import Warehouse
from ..warehouse.interrupts import when_stopped
from ..warehouse.quality import CheckRow, failed_checks
from ..warehouse.run_files import make_run_files
from ..warehouse.settings import BadSettingError
from .arrivals import is_up_to_date
from .dbt_stream import load_dbt
from .storage import explaining_storage, is_full, is_short_of_memory, say_full, say_short_of_memory
from .worker import work_ahead

if TYPE_CHECKING:
    from dagster import AssetKey, DagsterInstance, ExecuteInProcessResult, JobDefinition


#: What makes Dagster count a run among those of the job in its own UI (its timeline, Jobs > build): the tag that runs
#: started there carry, with the name of the module that `paperhouse ui` loads.
REPOSITORY_TAG = {".dagster/repository": "__repository__@paperhouse.definitions"}
#: What a stopped build says, at whatever moment.
_STOPPED = "what was published is whole and stays, what was read is kept, and the next build goes on from there"
#: Bytes of addresses, not of memory: vl-convert's V8 reserves 64 GB where it starts.
LEAST_ADDRESSES = 80 * 10**9


@dataclass(frozen=True)
class BuildReport:
    """How a build ended.

    outcome is `published`, `unchanged` (nothing new, the published release is current: no run, so no run_id), `made` (a
    part that was asked for, and nothing of it published) or `failed`; stages are seconds by stage, in order (`start` is
    the time Dagster and dbt took to load); counts say what was met (`new dumps`, `unchanged dumps`); notes are
    sentences on what needs a person: files left for the next build, sidecar rows that cannot be used; tables are those
    of a part that were made.
    """

    outcome: str
    run_id: str
    seconds: float
    stages: dict[str, float]
    counts: dict[str, int]
    problem: str = ""
    failed_checks: list[CheckRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)


def run_build(
    warehouse: Warehouse,
    paths: Sequence[Path],
    listener: progress.Listener,
    reject_budget: float | None = None,
    follow_links: bool | None = None,
    wait: Callable[[str], None] | None = None,
    select: str | None = None,
    engine: Engine | None = None,
) -> BuildReport:
    """Build a warehouse from dumps (files and folders; the inbox where none is given).

    reject_budget is the share of a dump's content that may be refused before the dump is held back, follow_links
    whether symbolic links inside folders are followed; where one is None, the environment or the default decides
    (`loading.budget`, `loading.inputs`). Where another build holds the warehouse and wait is given, it is told so and
    the build waits. select names the part to make, if not all is (`orchestration.selection`). engine is
    what makes the tables of dbt, and where; None for DuckDB, on this machine.

    Never raises for what is wrong with the data: a failed gate or stage is in the report. Raises WarehouseBusyError
    where another build holds the warehouse, WarehouseNotWritableError where its folder cannot be written or is full,
    WarehouseUnreadableError where Dagster's part of it is damaged.

    Raises UnknownSelectionError for a part that there is not, BadSettingError where the system limits the addresses of
    a process to less than LEAST_ADDRESSES.

    Where the process is stopped (`warehouse.interrupts`), the run ends as canceled in Dagster's history.
    """
    start = time.perf_counter()
    _check_addresses()
    # Before the frameworks load and the run history is opened, until the last word is written: whoever loses the race
    # loses it here.
    with when_stopped(_STOPPED), warehouse.lock(wait):
        warehouse.set_environment()
        config = {
            "paths": [str(_locate(path)) for path in paths],
            "reject_budget": reject_budget,
            "follow_links": follow_links,
        }
        with explaining_storage(warehouse):
            report = None
            if not (select or engine):
                report = _end_early(warehouse, [_locate(path) for path in paths], reject_budget, follow_links, listener)
            report = report or _run_job(warehouse, config, select, listener, start, engine)
        if is_full(report.problem):
            report = replace(report, problem=f"{say_full(warehouse)}\n{report.problem}")
        elif is_short_of_memory(report.problem):
            report = replace(report, problem=say_short_of_memory(report.problem))
        with contextlib.suppress(OSError):  # its stages are for whoever measures, missed by nobody on a full disk
            write_whole(warehouse.last_build, f"{json.dumps(asdict(report), indent=1)}\n".encode())
        return report


def _end_early(
    warehouse: Warehouse,
    paths: Sequence[Path],
    reject_budget: float | None,
    follow_links: bool | None,
    listener: progress.Listener,
) -> BuildReport | None:
    """The report of a build that has nothing to do, and None of any other. It is no run in Dagster's history."""
    start = time.perf_counter()
    with progress.listen(listener):
        if not is_up_to_date(warehouse, paths, reject_budget, follow_links):
            return None
        return BuildReport(
            outcome="unchanged",
            run_id="",
            seconds=time.perf_counter() - start,
            stages=dict(progress.stage_seconds),
            counts=dict(progress.counts),
            notes=list(progress.notes),
        )


def _check_addresses() -> None:
    """Raise BadSettingError under a limit that would end the process in the middle: libraries abort without a word."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST_ADDRESSES:
        raise BadSettingError(
            f"The addresses of a process are limited to {limit // 10**6:,} MB here (`ulimit -v`). A build takes about "
            f"1 GB of memory, but what draws its charts reserves up to {LEAST_ADDRESSES // 10**9} GB of addresses. "
            "Take that limit away and bound memory itself: PAPERHOUSE_MEMORY_LIMIT, or a container's limit."
        )


def _locate(path: Path) -> Path:
    """Where a path is whatever the current folder; a link keeps its name, which is evidence of its own."""
    return path.parent.resolve() / path.name if path.is_symlink() else path.resolve()


def _run_job(
    warehouse: Warehouse,
    config: Mapping[str, object],
    select: str | None,
    listener: progress.Listener,
    start: float,
    engine: Engine | None,
) -> BuildReport:
    with progress.listen(listener):
        with progress.stage("start"):
            if not (select or engine):  # a part may need no dbt; another engine's dbt works here
                work_ahead(load_dbt)
            dg, job = _load_job()
            from .lines import name_line

            chosen = _choose(select)
            if config["paths"] and not _reads_dumps(chosen):
                raise UnknownSelectionError(
                    "Dumps are read by the stage raw, which is not selected. Add it: --select raw+, or name no dumps."
                )
        # dbt echoes its log to stdout; it is kept in .dbt/dbt.log and with the run.
        run_id = str(uuid.uuid4())
        make_run_files(warehouse)
        with (
            dg.DagsterInstance.get() as instance,
            when_stopped(act=lambda: _cancel(instance, run_id)),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            result = job.execute_in_process(
                instance=instance,
                run_id=run_id,
                asset_selection=chosen,
                run_config={
                    # A part without what is read takes no dumps.
                    "ops": {"raw_tables": {"config": config}} if _reads_dumps(chosen) else {},
                    "resources": {"warehouse": {"config": {"keywords": None, **_name_engine(engine)}}},
                    # Dagster's own messages are kept with the run, for the UI; the terminal gets the summary.
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                },
                tags={**REPOSITORY_TAG, **name_line(job.name, ())},
                raise_on_error=False,
            )
            problem = "" if result.success else find_first_failure(result)
        made = [event.asset_key for event in result.get_asset_materialization_events() if event.asset_key]
        published = dg.AssetKey("release") in made
        is_whole = result.success and (published or bool(chosen) or is_published(warehouse))
        rest = "made" if chosen else "unchanged"
        return BuildReport(
            outcome="failed" if not is_whole else "published" if published else rest,
            run_id=result.run_id,
            seconds=time.perf_counter() - start,
            stages=dict(progress.stage_seconds),
            counts=dict(progress.counts),
            problem=problem,
            failed_checks=[] if is_whole else _find_failed(warehouse, result.run_id),
            notes=list(progress.notes),
            tables=sorted(".".join(key.path) for key in made) if chosen else [],
        )


def _find_failed(warehouse: Warehouse, run_id: str) -> list[CheckRow]:
    """The checks that failed in a run; none where its dbt still has the file, since what went wrong is to be told."""
    try:
        return failed_checks(warehouse, run_id)
    except WarehouseInUseError:
        return []


def _name_engine(engine: Engine | None) -> dict[str, str | None]:
    return {"engine": engine.address if engine else None, "lake": str(engine.lake) if engine else None}


def _choose(select: str | None) -> list[AssetKey] | None:
    """The assets of the part that was asked for; None for all of them."""
    if select is None:
        return None
    from dagster import AssetsDefinition

    from .graph import defs
    from .selection import select_assets

    return sorted(select_assets([asset for asset in defs.assets or () if isinstance(asset, AssetsDefinition)], select))


def _reads_dumps(chosen: list[AssetKey] | None) -> bool:
    return chosen is None or any(key.path[0] == "raw" for key in chosen)


def _cancel(instance: DagsterInstance, run_id: str) -> None:
    """Say in Dagster's history that a run was stopped, where it has begun and not ended."""
    run = instance.get_run_by_id(run_id)
    if run and not run.is_finished:
        instance.report_run_canceled(run, "The build was stopped. The next one goes on from what is kept.")


def _load_job() -> tuple[ModuleType, JobDefinition]:
    """Dagster and the job; importing them takes seconds, so it counts as a stage."""
    warnings.filterwarnings("ignore", module="dagster.*")
    # Without a handler Python prints warnings itself, such as that a gate gave no result where nothing was built.
    logging.getLogger("dagster").addHandler(logging.NullHandler())
    import dagster as dg

    from .graph import defs

    return dg, defs.resolve_job_def("build")


def find_first_failure(result: ExecuteInProcessResult) -> str:
    """What went wrong first, in its own words: a step's own description, else the innermost cause of its error."""
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data and data.user_failure_data.description:
                return data.user_failure_data.description
            error = data.error
            if error and error.cls_name in ("DagsterExecutionInterruptedError", "KeyboardInterrupt"):
                return "It was interrupted. What was read is kept; build again to complete it."
            while error and error.cause:
                error = error.cause
            if error:
                return error.message.strip()
    return next((event.message for event in result.all_events if event.is_failure and event.message), "")
