"""The dbt project as it was parsed last: its manifest, kept in step with the project's sources.

What belongs here: deciding whether the manifest is stale, and parsing the project where it is. Running it is
`dbt_run`.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import tempfile
from pathlib import Path

from dagster_dbt import DbtProject

from ..release.dictionary import DBT_PROJECT
from ..warehouse.settings import WAREHOUSE_VARIABLE

#: Where builds keep the parsed project. dbt by hand writes to the folder above: with paths as they were typed, which
#: would break every build from another folder, so that hands and builds share no artifact.
PREPARED = DBT_PROJECT / "target" / "prepared"
#: dbt's own form of the parsed project.
PARSED_PROJECT = PREPARED / "partial_parse.msgpack"
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
    from dbt.cli.main import dbtRunner

    os.environ.setdefault(WAREHOUSE_VARIABLE, "warehouse")  # asked for by the profile, and nothing parsed depends on it
    places = {"target-path": target, "log-path": target, "project-dir": DBT_PROJECT, "profiles-dir": DBT_PROJECT}
    done = dbtRunner().invoke(["--quiet", "parse", *(f"--{name}={place}" for name, place in places.items())])
    if not done.success:
        raise RuntimeError(f"dbt could not parse the project in {DBT_PROJECT}: {done.exception}")


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
