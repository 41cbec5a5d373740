"""What every build does first: the dumps and overrides that users have put there, into the raw tables.

What belongs here: the order of it, and doing it without Dagster where nothing can be new. Dagster, dbt and Great
Expectations take seconds to load, so a build that has nothing for them loads none, and is no run in their history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import polars as pl

from ..loading.dumps import load_dumps
from ..loading.gone import tell_gone
from ..loading.inputs import find_inputs, is_sample_asked
from ..loading.intake import are_known
from ..loading.overrides import load_overrides
from ..loading.sidecars import split_sidecars
from ..parsing import ColumnMapping, Links, MissingInputError, Parsed
from ..release.fingerprint import is_published
from ..showing import progress
from ..upkeep.room import require_room
from ..warehouse.folder import Warehouse
from ..warehouse.settings import check_environment
from ..warehouse.settings_file import read_columns


def take_in(
    warehouse: Warehouse,
    paths: Sequence[Path],
    reject_budget: float | None,
    follow_links: bool | None,
    on_new: Callable[[], object] = lambda: None,
    read: Callable[[pl.DataFrame, ColumnMapping], Iterator[Parsed]] | None = None,
) -> None:
    """Load overrides, and the dumps among the files of the paths (the inbox where there are none) that are new.

    The rest of the arguments as of `load_dumps`, whose errors and those of `find_inputs`, `load_overrides` and
    `require_room` it raises; MissingInputError, too, for a file that cannot be read.
    """
    # Inputs before overrides: a warehouse without a file yet is what asks for the sample.
    files, links = find_inputs(warehouse, paths, follow_links)
    _load(warehouse, paths, files, links, reject_budget, on_new, read)


def _load(
    warehouse: Warehouse,
    paths: Sequence[Path],
    files: Sequence[Path],
    links: Links,
    reject_budget: float | None,
    on_new: Callable[[], object] = lambda: None,
    read: Callable[[pl.DataFrame, ColumnMapping], Iterator[Parsed]] | None = None,
) -> None:
    own = read_columns(warehouse.settings_file)
    try:
        require_room(warehouse, files)
        load_overrides(warehouse)
    except OSError as error:
        raise MissingInputError(f"{error.filename} cannot be read: {error.strerror}.") from error
    load_dumps(warehouse, files, reject_budget, links, own, on_new=on_new, read=read)
    progress.notes.extend(tell_gone(warehouse, paths or [warehouse.inbox]))


def is_up_to_date(
    warehouse: Warehouse, paths: Sequence[Path], reject_budget: float | None, follow_links: bool | None
) -> bool:
    """Whether all files are known by their looks, and the published release is of exactly what is loaded.

    Where they are known, what a build does first is done: what sidecars and overrides say may be new. False, too, where
    anything is wrong: the build finds it again, and says it.
    """
    if not warehouse.published_database.exists() or is_sample_asked(warehouse, paths):
        return False
    try:
        check_environment()
        files, links = find_inputs(warehouse, paths, follow_links)
        with warehouse.connect() as connection:
            known = connection.execute("select * from raw.files").pl()
        if not are_known(split_sidecars(files, links)[0], known, links.taken):
            return False
        _load(warehouse, paths, files, links, reject_budget)
        return is_published(warehouse)
    except Exception:  # whatever it is, the build meets it where it is told
        return False
