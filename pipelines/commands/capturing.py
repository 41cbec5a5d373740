"""The commands about where dumps come from: sources, capture.

What belongs here: arguments, exit codes, and what is said of each day.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from ..files import write_whole
from ..loading.sources import EXAMPLE, CapturePlan, read_sources
from ..showing.terminal import out, plain, print_rows
from ..warehouse.errors import WarehouseUnavailableError
from ..warehouse.folder import Warehouse
from ..warehouse.settings_file import SettingsError
from .arguments import DEFAULT_FOLDER, Folder, command_line, fail, open_house

app = typer.Typer()


@app.command()
def sources(
    init: Annotated[
        bool, typer.Option("--init", help="Write an example into warehouse.toml, all of it switched off.")
    ] = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """List the sources that dumps are fetched from, as `warehouse.toml` names them; --init writes one to fill in.

    Nothing is ever fetched from an address that does not stand there.
    """
    house = open_house(warehouse)
    if init:
        _write_example(house)
        return
    plan = _read(house)
    if not plan.sources:
        out.print(f"No source stands in {plain(house.settings_file)}: nothing is ever fetched.")
        out.print(f"An example to fill in: {command_line(house, 'sources')} --init", soft_wrap=True)
        return
    out.print(f"Days from {plan.start} on ({plain(plan.time_zone)}).")
    rows = [
        (source.name, source.format, source.paging, f"{source.pause:g} s", source.address) for source in plan.sources
    ]
    print_rows(["source", "format", "paging", "pause", "address"], rows)


@app.command()
def capture(
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day. [default: yesterday]")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day. [default: as --from]")
    ] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be given several times.")] = None,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Fetch days from the sources of `warehouse.toml` into the inbox; the next build reads them.

    A day that is there already is asked for once more, and kept only where it has changed. Exit code 1 where a day
    could not be fetched; the others are there.
    """
    from ..orchestration.capture import run_captures

    house = open_house(warehouse)
    plan = _read(house)
    names = _choose(house, plan, source)
    days = _list_days(plan, first and first.date(), last and last.date())
    failed = []
    try:
        for outcome in run_captures(house, plan, names, days):
            what = plain(outcome.problem) or (
                f"{outcome.new_files} new, {outcome.byte_count:,} bytes" if outcome.new_files else "nothing new"
            )
            mark = "[bold red]failed[/] " if outcome.problem else ""
            out.print(f"{outcome.day} {outcome.source}: {mark}{what}", soft_wrap=True)
            failed += [outcome] if outcome.problem else []
    except WarehouseUnavailableError as error:
        fail(str(error))
    if failed:
        once_more = f"{command_line(house, 'capture')} --from {failed[0].day} --to {failed[-1].day}"
        fail(f"{len(failed)} of {len(names) * len(days)} could not be fetched.", f"Once more: {once_more}")
    out.print(f"Read what has come: {command_line(house, 'build')}", soft_wrap=True)


def _read(house: Warehouse) -> CapturePlan:
    try:
        return read_sources(house.settings_file)
    except SettingsError as error:
        fail(str(error))


def _write_example(house: Warehouse) -> None:
    file = house.settings_file
    plan = _read(house)
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if plan.sources or "[capture]" in text:
        fail(
            f"{file} has a table [capture] already.", "Add a source to it; `paperhouse sources` lists those there are."
        )
    try:
        house.prepare()
        write_whole(file, (f"{text}\n{EXAMPLE}" if text else EXAMPLE).encode())
    except (OSError, WarehouseUnavailableError) as error:
        fail(f"{file} cannot be written: {error}")
    out.print(f"Wrote {plain(file)}. Take the # from a source there, put in its address, then:", soft_wrap=True)
    out.print(f"  {command_line(house, 'capture')}", soft_wrap=True)


def _choose(house: Warehouse, plan: CapturePlan, chosen: list[str] | None) -> list[str]:
    names = [source.name for source in plan.sources]
    if not names:
        fail(
            f"No source stands in {house.settings_file}.",
            f"Write an example to fill in: {command_line(house, 'sources')} --init",
        )
    if unknown := [name for name in chosen or [] if name not in names]:
        fail(f"There is no source {unknown[0]!r}.", f"There are: {', '.join(names)}.")
    return chosen or names


def _list_days(plan: CapturePlan, first: date | None, last: date | None) -> list[date]:
    """The days from first to last, all of which are over where the source is."""
    yesterday = datetime.now(ZoneInfo(plan.time_zone)).date() - timedelta(days=1)
    first = first or last or yesterday
    last = last or first
    if last < first:
        fail(f"--to {last} is before --from {first}.")
    if last > yesterday:
        fail(f"{last} is not over yet ({plan.time_zone}).", f"The last day there is to fetch is {yesterday}.")
    if first < plan.start:
        fail(f"{first} is before {plan.start}, the first day that warehouse.toml names.", "Change `start` there.")
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
