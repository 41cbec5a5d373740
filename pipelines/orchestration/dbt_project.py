"""The dbt project as it was parsed last: its manifest, kept in step with the project's sources.

What belongs here: deciding whether the manifest is stale, and parsing and compiling the project where it is. Running it
is `dbt_run`.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..project_files import DBT_PROJECT, IS_CLONE
from ..warehouse.folder import Warehouse
from ..warehouse.settings import WAREHOUSE_VARIABLE

#: The targets of the profile: the warehouse's own file, and the lake of another engine.
DUCKDB, LAKE = "duckdb", "lake"
#: dbt's own form of the parsed project and its manifest, in the folder where builds keep them.
_PARSED, _MANIFEST = "partial_parse.msgpack", "manifest.json"
_SOURCES = ("dbt_project.yml", "profiles.yml", "selectors.yml", "models", "macros", "seeds", "tests")


@dataclass(frozen=True)
class PreparedProject:
    """The folder where the parsed project lies."""

    folder: Path

    @property
    def manifest_path(self) -> Path:
        """dbt's manifest."""
        return self.folder / _MANIFEST


def prepare_project(target: str = DUCKDB) -> PreparedProject:
    """The dbt project for a target of its profile, with a manifest that matches its sources.

    Parses them (seconds) only after a change. What is parsed depends on the target: names of relations, macros.

    The manifest holds the data tests' SQL (`dbt_tests`), which costs no more than to parse alone. Looked at once in a
    process: where it is installed, in the warehouse that the environment names then.
    """
    return _prepare(target)


@functools.cache
def _prepare(target: str) -> PreparedProject:
    prepared = _prepared_folder() / ("" if target == DUCKDB else target)
    stamp = prepared / "manifest.sha256"
    digest = _sources_digest()
    artifacts = (prepared / _PARSED, prepared / _MANIFEST, stamp)
    if not all(path.exists() for path in artifacts) or stamp.read_text() != digest:
        prepared.mkdir(parents=True, exist_ok=True)
        # Parsed aside and moved in, so that a second process never reads half a manifest.
        with tempfile.TemporaryDirectory(dir=prepared) as parsed:
            _parse_project(Path(parsed), target)
            for path in artifacts[:2]:
                os.replace(Path(parsed) / path.name, path)
        stamp.write_text(digest)
    return PreparedProject(prepared)


def read_parsed_project(target: str = DUCKDB) -> bytes:
    """dbt's own form of the project that `prepare_project` has prepared."""
    return (prepare_project(target).folder / _PARSED).read_bytes()


def _prepared_folder() -> Path:
    """Where builds keep the parsed project: a clone's own folder, for all warehouses, where it can be written.

    Installed code is only read, so there each warehouse keeps it. dbt by hand writes to `dbt_project/target`: with
    paths as they were typed, which would break every build from another folder, so hands and builds share no artifact.
    """
    if IS_CLONE and os.access(DBT_PROJECT, os.W_OK):
        return DBT_PROJECT / "target" / "prepared"
    return Warehouse.from_environment().dbt_target / "prepared"


def _parse_project(folder: Path, target: str) -> None:
    from dbt.cli.main import dbtRunner

    os.environ.setdefault(WAREHOUSE_VARIABLE, "warehouse")  # asked for by the profile, and nothing parsed depends on it
    # Nothing is asked of a database, and none is made.
    compiled = ["compile", "--select", "test_type:data", "--no-introspect", "--no-populate-cache"]
    places = {
        "target": target,
        "target-path": folder,
        "log-path": folder,
        "project-dir": DBT_PROJECT,
        "profiles-dir": DBT_PROJECT,
    }
    done = dbtRunner().invoke(["--quiet", *compiled, *(f"--{name}={place}" for name, place in places.items())])
    if not done.success:
        raise RuntimeError(f"dbt could not parse the project in {DBT_PROJECT}: {done.exception}")


def dbt_version() -> str:
    """Version of dbt-core in this environment."""
    return importlib.metadata.version("dbt-core")


def _sources_digest() -> str:
    digest = hashlib.sha256(f"{dbt_version()} {DBT_PROJECT}".encode())
    for name in _SOURCES:
        root = DBT_PROJECT / name
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.is_file():
                digest.update(str(path.relative_to(DBT_PROJECT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
