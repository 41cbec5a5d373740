"""What is installed: one package, whole, beside whatever else is called `pipelines` or `expectations`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = {"pipelines": "paperhouse", "expectations": "paperhouse/expectations"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files, as an install lays them out; built from a copy, so that the checkout stays as it is."""
    source = tmp_path_factory.mktemp("source")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
    wheels, site = source / "wheels", source / "site"
    subprocess.run([sys.executable, "-c", build, str(wheels)], cwd=source, check=True, capture_output=True)
    [wheel] = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def run(site: Path, code: str) -> str:
    """What a Python that finds the installed files first prints."""
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=site, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_nothing_but_our_own_package_is_installed(site):
    assert [path.name for path in site.iterdir() if not path.name.endswith(".dist-info")] == ["paperhouse"]


def test_every_file_of_the_folders_is_in_it(site):
    for folder, package in FOLDERS.items():
        files = {path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file()}
        files = {path for path in files if "__pycache__" not in path.parts}
        assert [path for path in sorted(files) if not (site / package / path).is_file()] == []


def test_it_lives_beside_other_distributions_packages_of_the_folders_names(site):
    for folder in FOLDERS:
        (site / folder).mkdir(exist_ok=True)
        (site / folder / "__init__.py").write_text("OWNER = 'somebody else'\n")
    code = (
        "import pipelines, expectations, paperhouse.loading.dumps as dumps, paperhouse.expectations.runner as runner;"
        "print(pipelines.OWNER, expectations.OWNER, dumps.__file__, runner.__file__, sep='\\n')"
    )
    owner, other, dumps, runner = run(site, code).splitlines()
    assert owner == other == "somebody else"
    assert Path(dumps).is_relative_to(site)
    assert Path(runner).is_relative_to(site)


def test_every_test_that_security_names_is_there():
    named = re.findall(r"`((?:unit|integration)/[\w/]+\.py)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(named) > 15
    assert [name for name in named if not (ROOT / "tests" / name).exists()] == []
