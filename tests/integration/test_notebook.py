"""The starter notebooks: every cell runs, in order, on a warehouse of any papers, and shows something."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "start.ipynb"
MARIMO = NOTEBOOK.with_suffix(".py")
#: Where marimo is, which is no part of the lock: `uv pip install --target FOLDER marimo`, as `.ci/run` does.
MARIMO_VARIABLE = "PAPERHOUSE_MARIMO"
#: Runs the notebook as marimo does, in the order of what cells need, and says how many rows each frame has.
RUN = """
import json, runpy, sys
import polars as pl
outputs, names = runpy.run_path(sys.argv[1])["app"].run()
names["house"].close()
frames = [output.height for output in outputs if isinstance(output, pl.DataFrame)]
print(json.dumps({"frames": frames, "charts": sum(hasattr(output, "to_json") for output in outputs)}))
"""


def run_cell(source: str | ast.Module, names: dict[str, object]) -> object:
    """What a cell shows: the value of its last line, as Jupyter and marimo have it."""
    tree = ast.parse(source) if isinstance(source, str) else source
    assert isinstance(tree.body[-1], ast.Expr)
    last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, str(NOTEBOOK), "exec"), names)
    return eval(compile(last, str(NOTEBOOK), "eval"), names)


def test_every_cell_shows_something(built, monkeypatch):
    monkeypatch.setenv("PAPERHOUSE_WAREHOUSE", str(built.warehouse.folder))
    document = json.loads(NOTEBOOK.read_text())
    cells = ["".join(cell["source"]) for cell in document["cells"] if cell["cell_type"] == "code"]
    assert len(cells) >= 8
    names: dict[str, object] = {}
    shown = [run_cell(source, names) for source in cells]
    names["house"].close()
    assert repr(shown[0]).startswith("<paperhouse release ")
    assert [frame.height > 0 for frame in shown if isinstance(frame, pl.DataFrame)] == [True] * (len(cells) - 3)
    assert "vega" in shown[6 - 1].to_json()
    assert all(cell["outputs"] == [] for cell in document["cells"] if cell["cell_type"] == "code")


def list_marimo_cells() -> list[ast.Module]:
    """The statements of each cell, without the `return` that tells marimo which names others may use."""
    cells = [node for node in ast.parse(MARIMO.read_text()).body if isinstance(node, ast.FunctionDef)]
    assert all(isinstance(cell.body[-1], ast.Return) for cell in cells)
    return [ast.Module(cell.body[:-1], []) for cell in cells]


def test_the_marimo_notebook_s_cells_answer_in_order_where_marimo_is_not(built, monkeypatch):
    """Its questions, with the two things of marimo that they use stood in for: text, and a field with its value."""
    monkeypatch.setenv("PAPERHOUSE_WAREHOUSE", str(built.warehouse.folder))
    fields = SimpleNamespace(text=lambda value, label: SimpleNamespace(value=value))
    monkeypatch.setitem(sys.modules, "marimo", SimpleNamespace(md=str, ui=fields))
    names: dict[str, object] = {}
    shown = [run_cell(cell, names) for cell in list_marimo_cells()]
    names["house"].close()
    assert "pip install marimo" in shown[0]
    assert [frame.height > 0 for frame in shown if isinstance(frame, pl.DataFrame)] == [True] * 6
    assert sum(hasattr(one, "to_json") for one in shown) == 1


@pytest.fixture(scope="module")
def with_marimo():
    """An environment in which marimo is found; skips where there is none."""
    environment = {**os.environ, "PYTHONPATH": os.environ.get(MARIMO_VARIABLE, "")}
    if subprocess.run([sys.executable, "-c", "import marimo"], env=environment, capture_output=True).returncode:
        pytest.skip(f"marimo is not installed, and {MARIMO_VARIABLE} names no folder that has it")
    return environment


def test_marimo_finds_no_fault_in_its_notebook(with_marimo):
    """No name twice, no cell that needs itself, and the form in which marimo's editor writes the file."""
    command = [sys.executable, "-m", "marimo", "check", "--strict", str(MARIMO)]
    checked = subprocess.run(command, env=with_marimo, capture_output=True, text=True, timeout=120)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_cell_of_the_marimo_notebook_runs(built, with_marimo):
    """In a process of its own: what marimo brings along is nobody else's."""
    environment = {**with_marimo, "PAPERHOUSE_WAREHOUSE": str(built.warehouse.folder)}
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(MARIMO)], env=environment, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    shown = json.loads(ran.stdout.splitlines()[-1])
    assert len(shown["frames"]) == 6
    assert min(shown["frames"]) > 0
    assert shown["charts"] == 1
