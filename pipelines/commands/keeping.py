"""The commands of who keeps a warehouse for years: doctor, tidy, backup, restore, service.

What belongs here: arguments, exit codes, and which function does the work. Facts are put into words by `conditions`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ..showing.terminal import err, out, plain
from ..warehouse.errors import NothingPublishedError, WarehouseUnavailableError
from ..warehouse.folder import Warehouse
from ..warehouse.settings import BadSettingError
from .arguments import DEFAULT_FOLDER, Folder, command_line, fail, holding, named_path, open_house

app = typer.Typer()


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="The same as one line of JSON.")] = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Say in ten lines what is here, what looks wrong, and what to do: what a report of a fault begins with.

    Nothing is made or changed, whatever state the folder is in. Exit code 1 where something looks wrong.

        paperhouse doctor
        paperhouse doctor --json | jq .troubles
    """
    from ..orchestration.last_run import find_last_run
    from ..upkeep.diagnosis import Ended, diagnose
    from .conditions import print_diagnosis

    house = Warehouse(warehouse.resolve())
    last = find_last_run(house)
    words = last and f"{last.status}, {last.ended_at:%Y-%m-%d %H:%M} UTC after {last.seconds:.0f} s"
    found = diagnose(house, Ended(last.status, words or "") if last else None)
    if as_json:
        print(json.dumps({**found.facts, "troubles": [asdict(trouble) for trouble in found.troubles]}))
    else:
        print_diagnosis(found)
    if found.troubles:
        raise typer.Exit(1)


@app.command()
def tidy(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show sizes and rules; delete nothing.")] = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Show what grows in a warehouse, with the rule that bounds each part, and apply the rules.

    Every build applies them, too, so that nobody needs this command; --dry-run shows where the room went.

        paperhouse tidy --dry-run
        PAPERHOUSE_KEEP_RELEASES=2 paperhouse tidy
    """
    from ..upkeep.growth import measure
    from .conditions import print_parts, tell_held

    house = open_house(warehouse)
    if not house.folder.is_dir():
        fail(f"There is no warehouse in {house.folder}.", "Build it first: paperhouse build")
    if not dry_run:
        with holding(house):
            from ..orchestration.old_runs import tidy_all

            for gone in tidy_all(house):
                out.print(f"Let go of {plain(gone)}", soft_wrap=True)
    try:
        print_parts(measure(house))
    except BadSettingError as error:
        fail(str(error))
    if held := tell_held(house):
        out.print(plain(held), soft_wrap=True)


@app.command()
def backup(
    target: Annotated[
        Path,
        typer.Argument(help="Folder for the copy; must be new or empty.", parser=named_path, metavar="TARGET"),
    ],
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Copy a warehouse, and prove the copy: every file by its digest, every release whole, every table read.

    A build may go on meanwhile; the pipeline's own file is copied between two of its steps. The copy has the inbox,
    corrections, subscribers and releases; what a build makes anew (run history, check pages, dbt's files) is left out.
    It is a warehouse itself: `paperhouse status -w TARGET` asks it where it lies.

        paperhouse backup /mnt/disk/paperhouse-$(date +%F)
    """
    from ..upkeep.backup import BackupError, back_up
    from .conditions import tell_copy

    house = open_house(warehouse)
    try:
        done = back_up(house, target.absolute(), lambda said: err.print(plain(said), soft_wrap=True))
    except (BackupError, NothingPublishedError, WarehouseUnavailableError) as error:
        fail(str(error))
    out.print(
        f"Copied {tell_copy(done)} to {plain(done.folder)}, and read all of it again.",
        soft_wrap=True,
    )


@app.command()
def restore(
    source: Annotated[
        Path, typer.Argument(help="A copy that `paperhouse backup` made.", parser=named_path, metavar="SOURCE")
    ],
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Make a warehouse of a copy, in a new or empty folder; the copy is proved before, and what was made after.

    Nothing is written over: give the old folder another name first. The next build goes on from the copy.

        paperhouse restore /mnt/disk/paperhouse-2026-05-01 -w warehouse
    """
    from ..upkeep.backup import BackupError, restore
    from .conditions import tell_copy

    house = Warehouse(warehouse.resolve())
    try:
        done = restore(source, house)
    except (BackupError, WarehouseUnavailableError) as error:
        fail(str(error))
    out.print(
        f"Restored {tell_copy(done)} to {plain(done.folder)}.",
        soft_wrap=True,
    )
    out.print(f"Look at it: {command_line(house, 'status')}", soft_wrap=True)


@app.command()
def service(
    target: Annotated[
        Path, typer.Argument(help="Folder to write the files to.", parser=named_path, metavar="TARGET")
    ] = Path("paperhouse-service"),
    is_user: Annotated[
        bool, typer.Option("--user/--system", help="For your own systemd, or the machine's, run as you.")
    ] = True,
    is_container: Annotated[
        bool, typer.Option("--container", help="A Containerfile and a compose file instead of units.")
    ] = False,
    calendar: Annotated[
        str, typer.Option("--at", help="When to build, as systemd's OnCalendar= takes it.")
    ] = "*-*-* 06:00:00 UTC",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port of the UI on this machine's loopback.")] = 3000,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Write what keeps a warehouse running: webserver, daemon, and a timer that builds; checked by systemd itself.

    Units can write one folder, the warehouse; code and home are only read. Nothing is installed or started: what to
    type for that is printed.

        paperhouse service ~/.config/systemd/user
        paperhouse service units --system --at "Mon..Fri 07:30"
        paperhouse service pod --container
    """
    from ..upkeep.service import ServiceError, judge_units, write_container_files, write_units

    house = open_house(warehouse)
    target = target.absolute()
    try:
        if is_container:
            files = write_container_files(target, port)
        else:
            house.prepare()  # a unit does not start where the one folder that it may write is not there
            files = write_units(house, target, is_user, calendar, port)
        for file in files:
            out.print(f"Wrote {plain(file)}", soft_wrap=True)
        if is_container:
            out.print("Put paperhouse-*.whl (`make package`) beside them, then: podman compose up -d")
            return
        out.print(judge_units(files, is_user), soft_wrap=True)
    except (ServiceError, WarehouseUnavailableError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{target} cannot be written: {error.strerror or error}.", "Choose another folder.")
    scope = "systemctl --user" if is_user else "sudo systemctl"
    units = " ".join(plain(file) for file in files)
    out.print(f"Install and start them: {scope} link {units}", soft_wrap=True)
    out.print(f"  {scope} enable --now paperhouse-webserver paperhouse-daemon paperhouse-build.timer", soft_wrap=True)
    if is_user:
        out.print("  loginctl enable-linger        # so that they run while you are not logged in")
