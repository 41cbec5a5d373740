"""The dbt project as it was parsed last: its manifest, kept in step with the project's sources.

What belongs here: deciding whether the manifest is stale, and parsing the project where it is. Running it is
`assets.dbt`.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from dagster_dbt import DbtProject

from ..release.dictionary import DBT_PROJECT
from ..warehouse.settings import WAREHOUSE_VARIABLE
from .parsed_dbt import PARSED_PROJECT, PREPARED

#: dbt of this environment, whether or not the environment is on PATH.
DBT_EXECUTABLE = str(Path(sys.executable).with_name("dbt"))
#: What makes this Python the dbt command that starts from the parsed project.
PARSED_DBT = ["-m", "paperhouse.orchestration.parsed_dbt"]
_SOURCES = ("dbt_project.yml", "profiles.yml", "models", "macros", "seeds", "tests")


def prepare_project() -> DbtProject:
    """The dbt project with a manifest that matches its sources; parses them (seconds) only after a change."""
    stamp = PREPARED / "manifest.sha256"
    digest = _sources_digest()
    artifacts = (PARSED_PROJECT, PREPARED / "manifest.json", stamp)
    if not all(path.exists() for path in artifacts) or stamp.read_text() != digest:
        PREPARED.mkdir(parents=True, exist_ok=True)
        # Parsed aside and moved in, so that a second process never reads half a manifest.
        with tempfile.TemporaryDirectory(dir=PREPARED) as parsed:
            _parse_project(Path(parsed))
            for path in artifacts[:2]:
                os.replace(Path(parsed) / path.name, path)
        stamp.write_text(digest)
    return DbtProject(project_dir=DBT_PROJECT, target_path=PREPARED)


def _parse_project(target: Path) -> None:
    environment = {**os.environ, WAREHOUSE_VARIABLE: os.environ.get(WAREHOUSE_VARIABLE, "warehouse")}
    places = {"target-path": target, "log-path": target, "project-dir": DBT_PROJECT, "profiles-dir": DBT_PROJECT}
    command = [DBT_EXECUTABLE, "--quiet", "parse"]
    command += [f"--{name}={place}" for name, place in places.items()]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"dbt could not parse the project in {DBT_PROJECT}:\n{done.stdout}{done.stderr}")


def dbt_version() -> str:
    """Version of dbt-core in this environment."""
    return importlib.metadata.version("dbt-core")


def _sources_digest() -> str:
    digest = hashlib.sha256(dbt_version().encode())
    for name in _SOURCES:
        root = DBT_PROJECT / name
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.is_file():
                digest.update(str(path.relative_to(DBT_PROJECT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
