"""A warehouse's raw stage alone, in a temporary folder: no Dagster, no dbt."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from paperhouse.loading import dumps, intake, replay
from paperhouse.loading.dumps import load_dumps
from paperhouse.loading.inputs import find_dump_files
from paperhouse.parsing import parse_dumps
from paperhouse.processes import Worker
from paperhouse.showing import progress
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.settings_file import read_columns


class House:
    """A warehouse and the folder its dumps lie in."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = Warehouse(folder / "house")
        self.warehouse.prepare()
        self.dumps = folder / "dumps"
        self.dumps.mkdir()

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a dump, or a sidecar."""
        path = self.dumps / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, *paths: Path, budget: float | None = None, follow_links: bool = False) -> list[str]:
        """Load the folder, or the paths; returns what the summary would note."""
        progress.counts.clear()
        progress.notes.clear()
        files, links = find_dump_files(self.warehouse, list(paths) or [self.dumps], follow_links)
        load_dumps(self.warehouse, files, budget, links, read_columns(self.warehouse.settings_file))
        return list(progress.notes)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the pipeline's own file."""
        with duckdb.connect(str(self.warehouse.database), read_only=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """An empty warehouse whose builds do not wait for files to settle, and read without a process of their own."""
    for module in (dumps, replay):
        monkeypatch.setattr(module, "read_dumps", parse_dumps)
    monkeypatch.setattr(intake, "SECOND_LOOK_SECONDS", 0.0)
    monkeypatch.delenv("PAPERHOUSE_REJECT_BUDGET", raising=False)
    return House(tmp_path)


@pytest.fixture
def api_day() -> Callable[..., str]:
    """`api_day(3, votes=5)`: an API list of so many papers. `start` numbers the first one."""

    def render(count: int, votes: int = 1, start: int = 1) -> str:
        return json.dumps(
            [
                {
                    "paper": {
                        "id": f"2503.{number:05}",
                        "title": f"Vole Census {number}: Counting Small Mammals in Hedges",
                        "summary": f"We count voles in hedge number {number} and find that they prefer the shade. " * 3,
                        "upvotes": votes,
                    }
                }
                for number in range(start, start + count)
            ],
            indent=1,
        )

    return render


@pytest.fixture
def rows_of() -> Callable[..., str]:
    """`rows_of(good, bad)`: JSON lines of so many papers and so many lines that are no JSON."""

    def render(good: int, bad: int) -> str:
        papers = [
            json.dumps(
                {"title": f"Vole Census {n}: Counting Mammals", "abstract": f"Voles of hedge {n} like shade. " * 6}
            )
            for n in range(good)
        ]
        return "\n".join([*papers, *(f"{{broken line {n}" for n in range(bad))]) + "\n"

    return render


@pytest.fixture
def tell_started(monkeypatch):
    """A list of the processes that a module starts for its work from now on."""

    def tell_started(module) -> list[Worker]:
        found = []

        class Told(Worker):
            def __init__(self, *words):
                super().__init__(*words)
                found.append(self)

        monkeypatch.setattr(module, "Worker", Told)
        return found

    return tell_started
