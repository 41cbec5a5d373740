"""The commands about releases: releases, diff, rollback, verify, publish.

What belongs here: arguments, exit codes, and which function does the work. What differs is put into words by
`comparisons`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..showing.bars import showing_progress
from ..showing.terminal import out, plain
from ..warehouse.errors import WarehouseUnavailableError
from ..warehouse.folder import DATABASE_NAME, LATEST, Warehouse
from .arguments import DEFAULT_FOLDER, Folder, Yes, confirm, fail, find_kept, holding, open_house

if TYPE_CHECKING:
    from ..showing.progress import Listener

app = typer.Typer()


@app.command()
def releases(
    keep: Annotated[
        int | None, typer.Option(min=1, help="Delete all but so many, the newest; what readers use stays.")
    ] = None,
    yes: Yes = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """List the releases that are kept, newest first; `latest` is the one that readers see.

    Every build keeps the newest five, or as many as PAPERHOUSE_KEEP_RELEASES says (0: all of them). The latest one, and
    any that somebody has a file of open, are never deleted. With --keep it shows what it will delete, and asks.
    """
    from ..release.history import find_surplus, list_damaged, list_releases, prune
    from .comparisons import print_releases

    house = open_house(warehouse)
    if not house.releases.exists():
        fail(f"There is no warehouse in {house.folder}.", "Build it first: paperhouse build")
    if keep is not None:
        with holding(house):
            if surplus := find_surplus(house, keep):
                for kept in surplus:
                    out.print(f"To be deleted: {plain(kept.release_id)}")
                confirm(f"Delete {'this release' if len(surplus) == 1 else f'these {len(surplus)} releases'}?", yes)
            for release_id in prune(house, keep):
                out.print(f"Deleted {plain(release_id)}")
    found = list_releases(house)
    damaged = list_damaged(house)
    for damage in damaged:
        out.print(f"[yellow]Damaged:[/] {plain(damage)}", soft_wrap=True)
    if not found and damaged:
        fail("No release is whole.", "Build again: what was read is kept.")
    if not found:
        fail(f"Nothing is published in {house.folder} yet.", "Build it first: paperhouse build")
    print_releases(found)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="A release's id, eight characters of it or more, or `latest`.")],
    new: Annotated[str, typer.Argument(help="The release to compare it with.")] = LATEST,
    table: Annotated[str | None, typer.Option(help="Show the rows of this table, e.g. `papers`.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Lines to show at most, with --table.")] = 20,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Show what is different between two releases: rows added, changed, merged and removed, and why.

    `data` means new inputs, `method` new rules. `paperhouse releases` lists the ids.
    """
    from .comparisons import print_diff

    house = open_house(warehouse)
    first, second = (find_kept(house, name) for name in (old, new))
    tables = sorted(first.manifest.get("tables", {}).keys() | second.manifest.get("tables", {}).keys())
    if table is not None and table.removeprefix("marts.") not in tables:
        fail(f"There is no table {table!r} in these releases.", f"There are: {', '.join(tables)}.")
    print_diff(first, second, table.removeprefix("marts.") if table else None, limit)


@app.command()
def rollback(
    release: Annotated[str, typer.Argument(help="The release's id, or eight characters of it or more.")],
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Show readers an earlier release again: database and Parquet move back together, in one step.

    Nothing is deleted or forgotten. The next build publishes what is loaded then; take dumps out with `paperhouse
    forget` first if they are the reason.
    """
    from ..release.history import find_damage
    from ..release.publication import point_latest

    house = open_house(warehouse)
    with holding(house):
        kept = find_kept(house, release)
        problems = find_damage(kept)
        if not (kept.folder / DATABASE_NAME).exists():
            problems.insert(
                0, "It holds no database: an earlier version of Paperhouse made it, or somebody deleted it."
            )
        if problems:
            fail(f"{kept.release_id} is not whole, so nothing was changed. {' '.join(problems[:5])}")
        point_latest(house, kept.release_id)
    out.print(f"Readers see {plain(kept.release_id)} now ({plain(house.published_database)}).")
    out.print("The next build publishes what is loaded then; `paperhouse forget` takes dumps out.")


@app.command()
def verify(
    files_only: Annotated[
        bool, typer.Option("--files-only", help="Compare the files with their digests; build nothing.")
    ] = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Prove the latest release: every file is what was published, and the same dumps give the same bytes again.

    The dumps are read from where they were read before, and built in a folder of their own, which takes as long as a
    first build. Nothing that is published changes. Consumers can check a copy without Paperhouse: `verify.sql` in it.
    """
    from ..release.history import find_damage
    from ..release.verification import CannotRebuildError, rebuild
    from .comparisons import print_rebuilt

    house = open_house(warehouse)
    kept = find_kept(house, LATEST)
    problems = find_damage(kept)
    if problems:
        fail(f"{kept.release_id} is not what was published. {' '.join(problems)}", "Build again, or roll back.")
    count = len(kept.manifest["files"]) + len(kept.manifest.get("documents", []))
    out.print(f"{count:,} files of {plain(kept.release_id)} are as published.")
    if files_only:
        return
    try:
        with showing_progress() as show:
            result = rebuild(house, kept, lambda scratch, paths: _build(scratch, paths, show))
    except (CannotRebuildError, WarehouseUnavailableError) as error:
        fail(str(error))
    print_rebuilt(kept, result)
    raise typer.Exit(1 if result.differing else 0)


def _build(scratch: Warehouse, paths: Sequence[Path], show: Listener) -> str:
    """Build, and say what kept the build from publishing; nothing where it did."""
    from ..orchestration.build import run_build

    report = run_build(scratch, paths, show)
    return "" if report.outcome == "published" else f"ended {report.outcome}: {report.problem}"


@app.command()
def publish(
    target: Annotated[
        str,
        typer.Argument(
            help="A folder, or s3://BUCKET/PATH, gs://..., az://...; {release} in it stands for the release's id.",
            metavar="TARGET",
        ),
    ],
    release: Annotated[str, typer.Option(help="A kept release's id, or eight characters of it.")] = LATEST,
    hub: Annotated[
        bool, typer.Option("--hub", help="For a dataset hub's repository: also say which files are large to git.")
    ] = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Copy a release to where others take it from: every file is read back, and the manifest comes last.

    What is there already is not written again, so that the same command goes on after a stop, and proves a copy that is
    whole. Of another release that lies there, its files go; a place with anything else in it is not written to.

    A release is a dataset hub's folder as it is (README.md is its card): publish it into a clone of the repository, and
    push that. Addresses take `pip install 'paperhouse[cloud]'`, and the names, keys and endpoint that their own tools
    take (AWS_PROFILE, AWS_ENDPOINT_URL, GOOGLE_APPLICATION_CREDENTIALS, AZURE_STORAGE_ACCOUNT_NAME ...).

        paperhouse publish /srv/www/papers
        paperhouse publish s3://bucket/papers/{release}
        paperhouse publish ../my-dataset --hub && git -C ../my-dataset add . && git -C ../my-dataset commit -m Papers
    """
    from ..release.delivery import DeliveryError, deliver
    from ..release.places import PlaceError, find_place
    from ..showing import progress
    from .comparisons import print_delivered

    house = open_house(warehouse)
    if not target.strip():
        raise typer.BadParameter("The target is empty. Is a variable of the shell unset? `.` is the current folder.")
    kept = find_kept(house, release)
    try:
        place = find_place(target.strip().replace("{release}", kept.release_id))
        if Path(place.name).resolve().is_relative_to(house.folder):
            fail(f"{place.name} lies in the warehouse itself.", "Choose a folder beside it.")
        count = len(kept.manifest["files"]) + len(kept.manifest.get("documents", []))
        with (
            showing_progress() as show,
            progress.listen(show),
            progress.stage("publish", total=count) as advance,
        ):
            done = deliver(kept, place, hub, advance)
    except (DeliveryError, PlaceError, WarehouseUnavailableError) as error:
        fail(str(error))
    print_delivered(done)
