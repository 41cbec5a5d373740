"""The dbt project as a release keeps it: `dbt/manifest.json`, with which `dbt --state` says what has changed since.

What belongs here: which parts of dbt's own manifest are of the project. What is of the machine or the moment (paths,
times, ids of runs) is left out, and what follows from the rest, so that equal projects give equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: Folder of a release with what `--state` takes.
STATE_FOLDER = "dbt"
#: Parts of dbt's manifest that follow from the others; dbt makes them anew.
_DERIVED = ("parent_map", "child_map", "group_map")
#: What a node says of the machine or the moment, or of what was compiled for this one.
_PASSING = ("created_at", "root_path", "build_path", "compiled_path", "compiled", "compiled_code", "extra_ctes")
_METADATA = ("dbt_schema_version", "dbt_version", "project_name", "project_id", "adapter_type", "quoting")
#: A macro changed if its SQL has; the rest says where it is from.
_MACRO = ("name", "resource_type", "package_name", "path", "original_file_path", "unique_id", "macro_sql", "depends_on")


def reduce_manifest(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What of a manifest holds anywhere and at any time, as a manifest that dbt reads."""
    reduced = {part: content for part, content in sorted(manifest.items()) if part not in _DERIVED}
    for part, content in reduced.items():
        if part not in ("metadata", "macros", "disabled", "selectors"):
            reduced[part] = {key: _strip(node) for key, node in sorted(content.items())}
    reduced["macros"] = {
        key: {name: macro[name] for name in _MACRO} for key, macro in sorted(manifest["macros"].items())
    }
    reduced["metadata"] = {name: manifest["metadata"][name] for name in _METADATA}
    return reduced | dict.fromkeys(_DERIVED)


def _strip(node: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name not in _PASSING}


def write_state(manifest: Path, folder: Path) -> None:
    """Write a project's manifest (dbt's own, in a file) into a folder that `dbt --state` takes; the folder is made."""
    folder.mkdir(parents=True)
    reduced = reduce_manifest(json.loads(manifest.read_bytes()))
    content = json.dumps(reduced, ensure_ascii=False, separators=(",", ":")) + "\n"
    (folder / "manifest.json").write_bytes(content.encode())
