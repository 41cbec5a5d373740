"""Bars in the terminal for what `progress` reports.

What belongs here: drawing progress. Reporting it is `progress`, which costs nothing where nobody watches.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .progress import Listener
from .terminal import err


@contextmanager
def showing_progress() -> Iterator[Listener]:
    """Bars on stderr for the stages of a long command; yields the listener that moves them."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<18}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    ) as bars:
        tasks: dict[str, Any] = {}

        def show(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                if not err.is_terminal:  # bars move only in a terminal; a log gets a line a stage
                    err.print(f"{name} ...")
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done, total=total)

        yield show
