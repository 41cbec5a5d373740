"""Which files a build reads: those that are named, else the inbox, else a generated sample.

What belongs here: that choice, whether links are gone after, and keeping invented papers and real ones apart.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from ..parsing import Left, Links, MissingInputError, find_files, hash_files, search
from ..sample import write_sample
from ..showing import progress
from ..warehouse.folder import Warehouse
from ..warehouse.settings import read_follow_links
from .dumps import forget_dumps


def follows_links(given: bool | None = None) -> bool:
    """Whether links inside folders are followed: as given, else as PAPERHOUSE_FOLLOW_LINKS says.

    Raises BadSettingError where that says neither yes nor no.
    """
    return read_follow_links() if given is None else given


def find_inputs(
    warehouse: Warehouse, paths: Sequence[Path], follow_links: bool | None = None
) -> tuple[list[Path], Links]:
    """The files of `choose_inputs`, sorted, and what became of the links among them. Raises MissingInputError."""
    follow = follows_links(follow_links)
    return find_dump_files(warehouse, choose_inputs(warehouse, paths, follow), follow)


def find_dump_files(warehouse: Warehouse, paths: Sequence[Path], follow_links: bool) -> tuple[list[Path], Links]:
    """As `parsing.search`, but no link leads to what a build has written itself: it would be read as a dump."""
    files, links = search(paths, follow_links)
    if not links.taken and not follow_links:
        return files, links
    ends = {folder: folder.resolve() for folder in {file.parent for file in files}}
    own = [file for file in files if _is_own(warehouse, file, ends[file.parent] / file.name)]
    left = [Left(str(file), "it is reached by a link, and lies in the warehouse itself") for file in own]
    return [file for file in files if file not in set(own)], Links(
        links.taken - set(own), tuple(sorted((*links.left, *left), key=lambda one: one.path)), follow_links
    )


def _is_own(warehouse: Warehouse, file: Path, end: Path) -> bool:
    """Whether a file, which stands in the folder that `end` names without links, is one of the warehouse's own."""
    end = end.resolve() if end.is_symlink() else end
    return end != file and end.is_relative_to(warehouse.folder) and not end.is_relative_to(warehouse.inbox.resolve())


def choose_inputs(warehouse: Warehouse, paths: Sequence[Path], follow_links: bool = False) -> list[Path]:
    """The paths given, else the inbox, else a generated sample where the inbox is empty and nothing else is loaded.

    Real dumps push the sample out: invented papers and real ones are never in one warehouse. Raises MissingInputError
    where a sample would take the place of an inbox of links that are not followed.
    """
    inputs = list(paths) or [warehouse.inbox]
    files, links = search(inputs, follow_links)
    if paths or files:
        if warehouse.sample.exists():
            _push_out_sample(warehouse)
        return inputs
    if warehouse.database.exists() and not warehouse.sample.exists():
        return inputs
    if links.left:
        first = links.left[0]
        raise MissingInputError(
            f"The inbox has no file, but {len(links.left):,} {'link' if len(links.left) == 1 else 'links'}. "
            f"{first.path}: {first.reason}."
        )
    progress.counts["sample papers"] = _renew_sample(warehouse)
    return [warehouse.sample]


def is_sample_asked(warehouse: Warehouse, paths: Sequence[Path]) -> bool:
    """Whether `choose_inputs` would write the sample anew, or take it out."""
    return warehouse.sample.exists() or not (paths or warehouse.database.exists())


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
