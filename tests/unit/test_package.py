"""What is installed: one package, whole, beside whatever else is called `pipelines`, and only ever read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from paperhouse.release.fingerprint import code_digest

ROOT = Path(__file__).parents[2]
FOLDERS = {
    "pipelines": "paperhouse",
    "expectations": "paperhouse/expectations",
    "dbt_project": "paperhouse/dbt_project",
}
#: What Python and dbt make in a clone's folders.
GENERATED = ("__pycache__", "target", "logs")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files, as an install lays them out; built from a copy, so that the checkout stays as it is."""
    source = tmp_path_factory.mktemp("source")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns(*GENERATED))
    # What dbt makes by hand is in the way of a wheel's builder, and in no wheel.
    (source / "dbt_project" / "target").mkdir()
    (source / "dbt_project" / "target" / "manifest.json").write_text("{}")
    for name in ("pyproject.toml", "setup.py", "requirements.lock", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
    wheels, site = source / "wheels", source / "site"
    subprocess.run([sys.executable, "-c", build, str(wheels)], cwd=source, check=True, capture_output=True)
    [wheel] = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def run(site: Path, code: str, **variables: str) -> str:
    """What a Python that finds the installed files first prints."""
    environment = {**os.environ, "PYTHONPATH": str(site), **variables}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=site, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_nothing_but_our_own_package_is_installed(site):
    assert [path.name for path in site.iterdir() if not path.name.endswith(".dist-info")] == ["paperhouse"]


def test_every_file_of_the_folders_is_in_it(site):
    for folder, package in FOLDERS.items():
        files = {path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file()}
        files = {path for path in files if not set(GENERATED) & set(path.parts) and path.name[0] != "."}
        assert [path for path in sorted(files) if not (site / package / path).is_file()] == []
    assert not (site / "paperhouse" / "dbt_project" / "target").exists()


def test_its_code_has_the_digest_of_the_clone_s(site):
    # Which is in the metadata of every Parquet file: so both give the same bytes.
    code = "import paperhouse.release.fingerprint as release; print(release.code_digest(), release.__file__)"
    digest, _, place = run(site, code).partition(" ")
    assert digest == code_digest()
    assert Path(place).is_relative_to(site)


def test_the_versions_of_the_lock_are_in_it_as_constraints(site):
    lines = (site / "paperhouse" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert len(lines) == len(re.findall(r"^[a-z0-9][^ ]*==", lock, re.MULTILINE)) > 150
    assert all(re.fullmatch(r"[\w.\[\]-]+==[\w.]+( ; .+)?", line) for line in lines)
    assert "--hash" not in "".join(lines)


@pytest.mark.deep
def test_dagster_s_definitions_load_and_all_that_is_made_lies_in_the_warehouse(site, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*") if "__pycache__" not in path.parts}
    code = "from paperhouse.definitions import defs; print(len(defs.resolve_all_asset_keys()) > 50)"
    loaded = run(site, code, PAPERHOUSE_WAREHOUSE=str(tmp_path / "w"), PYTHONDONTWRITEBYTECODE="1")
    assert loaded == "True"
    made = {path.name for path in (tmp_path / "w" / ".dbt" / "prepared").iterdir()}
    assert made >= {"manifest.json", "partial_parse.msgpack"}
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*") if "__pycache__" not in path.parts} == before


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
