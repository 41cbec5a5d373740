"""Where Paperhouse's own files lie, in a clone and where it is installed. Nothing is ever written there.

What belongs here: finding them. In a clone the folders stand side by side; a wheel has them all in the one package
`paperhouse`, as `setup.py` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent
#: Whether this runs from a clone's folders.
IS_CLONE = not (PACKAGE / "dbt_project").is_dir()
_ROOT = PACKAGE.parent if IS_CLONE else PACKAGE
DBT_PROJECT = _ROOT / "dbt_project"
EXPECTATIONS = _ROOT / "expectations"

#: Folders and files that no one wrote: of Python, of dbt, of `setup.py`.
_GENERATED = {"__pycache__", "target", "logs", "constraints.txt"}


def list_project_files() -> Iterator[tuple[str, Path]]:
    """Every file of the three folders as a clone names it (`dbt_project/seeds/a.csv`), and where it lies; sorted.

    Equal in a clone and in what was installed from it, but for generated files, which are left out.
    """
    inner = {DBT_PROJECT, EXPECTATIONS}
    for name, folder in (("dbt_project", DBT_PROJECT), ("expectations", EXPECTATIONS), ("pipelines", PACKAGE)):
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            if folder / parts[0] in inner or _GENERATED & set(parts) or not path.is_file():
                continue
            yield "/".join((name, *parts)), path
