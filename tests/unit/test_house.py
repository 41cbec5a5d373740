"""The order of the rooms, as pyproject.toml has it: held on a copy of the package as an install lays it out."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The package `paperhouse` in a folder of its own."""
    generated = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "pipelines", tmp_path / "paperhouse", ignore=generated)
    shutil.copytree(ROOT / "expectations", tmp_path / "paperhouse" / "expectations", ignore=generated)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter with the project's contracts on the package in a folder."""
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--no-cache",
        "--config",
        str(ROOT / "pyproject.toml"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_rooms_import_downwards(installed):
    result = lint(installed)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "3 kept, 0 broken" in result.stdout


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("parsing/dates.py", "from ..warehouse.tables import TABLES", "rooms import downwards"),
        ("release/history.py", "from ..report import page", "rooms import downwards"),
        ("orchestration/build.py", "def f():\n    from ..definitions import defs", "entry points alone"),
        ("commands/dumps.py", "from .app import app as whole", "no commands know each other"),
        ("attic/__init__.py", "", "rooms import downwards"),
    ],
)
def test_what_is_out_of_order_is_told(installed, module, line, broken):
    path = installed / "paperhouse" / module
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        file.write(f"\n{line}\n")
    result = lint(installed)
    assert result.returncode == 1
    assert [line for line in result.stdout.splitlines() if line.startswith(broken) and "BROKEN" in line], result.stdout


def too_long(text: str) -> list[str]:
    """Names of the functions of a module that have more than 60 lines."""
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= 60]


def test_functions_are_steps():
    """At most 60 lines each; what does more has parts with names."""
    assert too_long("def f():\n" + "    x = 1\n" * 60) == ["f"]
    modules = [path for room in ("pipelines", "expectations") for path in (ROOT / room).rglob("*.py")]
    modules += (ROOT / "benchmarks").glob("*.py")  # what lies deeper there is data
    assert len(modules) > 100
    assert {str(path.relative_to(ROOT)): found for path in modules if (found := too_long(path.read_text()))} == {}


def test_long_models_say_why():
    """Over 150 lines a model is split by grain, or its first lines say why not."""
    models = {path.name: path.read_text().splitlines() for path in (ROOT / "dbt_project" / "models").rglob("*.sql")}
    long = {name: lines for name, lines in models.items() if len(lines) > 150}
    assert long
    unsaid = [
        name for name, lines in long.items() if not re.search(r"-- (Long, but|Over 150 lines:) ", "\n".join(lines[:6]))
    ]
    assert unsaid == []
