"""Which files a build reads: those that are named, else the inbox, else a generated sample.

What belongs here: that choice, and keeping invented papers and real ones apart.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from ..parsing import find_files, hash_files
from ..sample import write_sample
from ..showing import progress
from ..warehouse.folder import Warehouse
from .dumps import forget_dumps


def choose_inputs(warehouse: Warehouse, paths: Sequence[Path]) -> list[Path]:
    """The paths given, else the inbox, else a generated sample where the inbox is empty and nothing else is loaded.

    Real dumps push the sample out: invented papers and real ones are never in one warehouse.
    """
    inputs = list(paths) or [warehouse.inbox]
    if paths or find_files(inputs):
        if warehouse.sample.exists():
            _push_out_sample(warehouse)
        return inputs
    if warehouse.database.exists() and not warehouse.sample.exists():
        return inputs
    progress.counts["sample papers"] = _renew_sample(warehouse)
    return [warehouse.sample]


def _renew_sample(warehouse: Warehouse) -> int:
    """Write the sample and return its papers. What an earlier version of the generator wrote leaves nothing behind."""
    before = _hash_sample(warehouse) if warehouse.sample.exists() else set()
    shutil.rmtree(warehouse.sample, ignore_errors=True)
    papers = write_sample(warehouse.sample).papers
    if before - _hash_sample(warehouse):
        _forget_sample(warehouse, before)
    return papers


def _hash_sample(warehouse: Warehouse) -> set[str]:
    return set(hash_files(find_files([warehouse.sample]))["dump_id"])


def _push_out_sample(warehouse: Warehouse) -> None:
    _forget_sample(warehouse, _hash_sample(warehouse))
    shutil.rmtree(warehouse.sample)
    shutil.rmtree(warehouse.sample_truth, ignore_errors=True)


def _forget_sample(warehouse: Warehouse, dump_ids: set[str]) -> None:
    """Invented papers leave nothing behind, no tombstones either: nobody is owed an answer about them."""
    forget_dumps(warehouse, sorted(dump_ids))
    with warehouse.connect() as connection:
        connection.execute("delete from quality.published_papers")
