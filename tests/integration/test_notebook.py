"""The starter notebook: every cell runs, in order, on a warehouse of any papers, and shows something."""

import ast
import json
from pathlib import Path

import polars as pl

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "start.ipynb"


def run_cell(source: str, names: dict[str, object]) -> object:
    """What a cell shows: the value of its last line, as Jupyter has it."""
    tree = ast.parse(source)
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
