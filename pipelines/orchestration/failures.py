"""Saying that a run failed to whoever wants to hear of it.

What belongs here: when something is said, and what of an error is the reason. Who hears it, and how, is
`upkeep.alerts`. No `from __future__ import annotations`: Dagster reads annotations as they are.
"""

import dagster as dg

from ..warehouse.folder import Warehouse


@dg.failure_hook
def tell_failure(context: dg.HookContext) -> None:
    """A step has failed: mail it and post it, where the environment says to whom."""
    for sentence in tell_of(context.run_id, context.op.name, _find_reason(context.op_exception)):
        context.log.info(sentence)


def tell_of(run_id: str, stage: str, reason: str) -> list[str]:
    """Tell of a run that failed at a stage; returns what became of that in words."""
    from ..upkeep.alerts import Alert, tell  # mail and HTTP: not for a run that succeeds

    return tell(Alert(str(Warehouse.from_environment().folder), run_id, stage, reason))


def _find_reason(error: BaseException | None) -> str:
    """A step's own description, else the words of the innermost cause."""
    if isinstance(error, dg.Failure) and error.description:
        return error.description
    while error is not None and (inner := error.__cause__ or error.__context__):
        error = inner
    return f"{type(error).__name__}: {error}" if error is not None else "No reason was given."
