"""Jobs that repair: dumps are forgotten, accepted or read again from the Dagster UI, as by the commands of that name.

What belongs here: one step each, which says in the run's log what became of which dump. What is done is `loading/`.

No `from __future__ import annotations`: Dagster reads annotations as they are.
"""

from collections.abc import Sequence

import dagster as dg
import duckdb
from pydantic import Field

from ..loading.forgotten import forget as set_aside
from ..loading.naming import DUMP_NAMES, UnknownDumpError, find_dumps, list_dumps
from ..loading.quarantine import accept_dumps
from ..loading.replay import replay_dumps
from ..warehouse.folder import Warehouse
from ..warehouse.settings_file import SettingsError

_NEXT = "The next build publishes so."


class NamedDumps(dg.Config):
    """The dumps that are meant."""

    dumps: list[str] = Field(description=f"The dumps: {DUMP_NAMES}.")


class ReplayedDumps(dg.Config):
    """The dumps that are read again."""

    dumps: list[str] = Field(
        default_factory=list,
        description=f"The dumps: {DUMP_NAMES}. Empty: those with rejects, and those that another version of the parser "
        "or other column names have read.",
    )
    accept: bool = Field(default=False, description="Put what was read now in place of what was; else it is shown.")


@dg.op
def forget_dumps(context: dg.OpExecutionContext, config: NamedDumps, warehouse: dg.ResourceParam[Warehouse]) -> None:
    """Take dumps out of the warehouse; their files stay."""
    with warehouse.connect() as connection:
        ids = _find(connection, config.dumps)
        _say(context, "Forgot", list_dumps(connection, ids))
        set_aside(connection, ids)
    context.log.info(f"`paperhouse forget --undo` brings them back until the next build begins. {_NEXT}")


@dg.op
def accept_held_dumps(
    context: dg.OpExecutionContext, config: NamedDumps, warehouse: dg.ResourceParam[Warehouse]
) -> None:
    """Let held dumps through as they are."""
    with warehouse.connect() as connection:
        ids = _find(connection, config.dumps)
        accept_dumps(connection, ids)
        _say(context, "Accepted", list_dumps(connection, ids))
    context.log.info(_NEXT)


@dg.op
def read_again(context: dg.OpExecutionContext, config: ReplayedDumps, warehouse: dg.ResourceParam[Warehouse]) -> None:
    """Read loaded dumps again from their files, and say what would change or has."""
    with warehouse.connect() as connection:
        ids = _find(connection, config.dumps) if config.dumps else None
    try:
        result = replay_dumps(warehouse, ids, None, False, config.accept, lambda *_: None)
    except SettingsError as error:
        raise dg.Failure(description=str(error)) from None
    for problem in result.problems:
        context.log.warning(problem)
    for change in result.changes:
        if change.is_difference:
            context.log.info(
                f"{change.dump_id[:12]} {change.file_name}: {change.entries_before:,} entries before, "
                f"{change.entries_after:,} now"
            )
    dumps = "1 dump was" if result.chosen_count == 1 else f"{result.chosen_count:,} dumps were"
    context.log.info(f"{dumps} read again. {_NEXT if config.accept else 'Nothing was changed.'}")


@dg.job(description="Takes dumps out of the warehouse; the next build publishes without them. Files stay.")
def forget() -> None:
    """One step."""
    forget_dumps()


@dg.job(description="Lets held dumps through as they are; the next build publishes with them.")
def accept() -> None:
    """One step."""
    accept_held_dumps()


@dg.job(description="Reads loaded dumps again and says what would change; with `accept`, changes it.")
def replay() -> None:
    """One step."""
    read_again()


def _find(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> list[str]:
    """The ids that names mean; an empty list, which would change nothing, is a slip."""
    if not names:
        raise dg.Failure(description=f"No dump is named. Give {DUMP_NAMES}.")
    try:
        return find_dumps(connection, names)
    except UnknownDumpError as error:
        raise dg.Failure(description=" ".join(error.args)) from None


def _say(context: dg.OpExecutionContext, word: str, dumps: Sequence[tuple[str, list[str]]]) -> None:
    for dump_id, names in dumps:
        context.log.info(f"{word} {dump_id[:16]} ({', '.join(names)})")
