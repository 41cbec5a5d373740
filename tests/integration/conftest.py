"""Real builds in temporary warehouses, shared by the tests that only look at them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines import terminal
from pipelines.build import BuildReport, run_build
from pipelines.resources import Warehouse
from pipelines.sample import write_sample


@dataclass(frozen=True)
class Built:
    """A warehouse, the report of its last build, and the folder its dumps lie in."""

    warehouse: Warehouse
    report: BuildReport
    dumps: Path


def build_quietly(folder: Path, paths: Sequence[Path] = ()) -> BuildReport:
    """One build in this process, watched by nobody."""
    return run_build(Warehouse(folder), paths, lambda name, done, total: None)


@pytest.fixture(scope="session")
def sample_dumps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample: enough papers that every mart has rows, few enough to build in seconds."""
    folder = tmp_path_factory.mktemp("dumps") / "sample"
    write_sample(folder, papers=240, days=40)
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, sample_dumps: Path) -> Built:
    """The sample, built. For reading only: a test that changes a warehouse takes `copy_of_built`."""
    folder = tmp_path_factory.mktemp("built") / "warehouse"
    report = build_quietly(folder, [sample_dumps])
    assert report.outcome == "published", report
    return Built(Warehouse(folder), report, sample_dumps)


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for whole lines: the tests look at what is said, not at where it wraps."""
    for console in (terminal.out, terminal.err):
        monkeypatch.setattr(console, "width", 200)


@pytest.fixture
def copy_of_built(built: Built, tmp_path: Path) -> Warehouse:
    """The built warehouse, copied, to be changed at will."""
    folder = tmp_path / "warehouse"
    shutil.copytree(built.warehouse.folder, folder, symlinks=True)
    return Warehouse(folder)


@pytest.fixture
def build() -> Callable[..., BuildReport]:
    """`build(folder, paths)`: one build in this process."""
    return build_quietly
