"""The words around a warehouse's condition: what `doctor` and `tidy` show.

What belongs here: sizes and facts as lines. What is looked at is `upkeep`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from ..showing.terminal import out, plain, print_rows
from ..warehouse.folder import Warehouse

if TYPE_CHECKING:
    from ..upkeep.backup import Backup
    from ..upkeep.diagnosis import Diagnosis
    from ..upkeep.growth import Part

#: Parts of the folder that `doctor` names; `tidy --dry-run` names all.
SHOWN_PARTS = 4


def print_diagnosis(found: Diagnosis) -> None:
    """Ten lines of facts, then what looks wrong, each with what to do."""
    facts = found.facts
    grid = Table.grid(padding=(0, 2))
    parts = sorted(facts["bytes"].items(), key=lambda part: -part[1])[:SHOWN_PARTS]
    shown = [
        ("Versions", facts["versions"]),
        ("Folder", facts["folder"] if facts["is_there"] else f"{facts['folder']} (not there)"),
        ("Format", facts["format"] or "not noted; the next build notes it"),
        ("Release", f"{facts['release'] or 'none'}, of {facts['releases']} that are kept"),
        ("Sizes", ", ".join(f"{name} {to_size(size)}" for name, size in parts) or "nothing"),
        ("Free disk", f"{to_size(facts['free_bytes'])}; a build takes about {to_size(facts['build_bytes'])}"),
        ("Memory", facts["memory_limit"]),
        ("Lock", facts["lock"] or "free"),
        ("Last build", facts["last_build"] or "none"),
    ]
    for name, fact in shown:
        grid.add_row(f"[bold]{name}[/]", plain(fact))
    out.print(grid)
    if not found.troubles:
        out.print(
            "[bold]Wrong[/]       nothing that shows from here; `paperhouse verify --files-only` reads every file"
        )
    for trouble in found.troubles:
        out.print(f"[bold red]Wrong[/]       {plain(trouble.problem)} {plain(trouble.remedy)}", soft_wrap=True)


def print_parts(parts: list[Part]) -> None:
    """Each part of a folder with its size, what its rule lets go of, and the rule."""
    rows = [
        (
            part.name,
            to_size(part.bytes),
            "?" if part.surplus_bytes is None else to_size(part.surplus_bytes) if part.surplus_bytes else "",
            part.rule,
        )
        for part in parts
    ]
    print_rows(["part", "size", "to spare", "what is kept"], rows)
    out.print(f"{to_size(sum(part.bytes for part in parts))} in all.")
    if any(part.surplus_bytes is None for part in parts):
        out.print("What ? stands for cannot be known while another process has the file open.")


def to_size(count: int) -> str:
    """Bytes as a person reads them."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count} bytes"


def tell_copy(done: Backup) -> str:
    """What is in a copy."""
    releases = f"{done.releases} release{'' if done.releases == 1 else 's'}"
    return f"{done.files:,} files ({to_size(done.bytes)}, {releases})"


def tell_held(warehouse: Warehouse) -> str:
    """That a build runs in a warehouse, if one does."""
    from ..warehouse.lock import find_holder

    holder = find_holder(warehouse.lock_file)
    return f"A build is running ({holder}): sizes move, and leftovers may be its own." if holder else ""
