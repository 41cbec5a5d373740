"""What is installed, in one line: what a report of a fault begins with. Loads nothing of it."""

from __future__ import annotations

import platform
from importlib.metadata import version

#: What the answers and the bytes of a build depend on beside our own code.
FOUNDATIONS = ("duckdb", "polars", "dbt-core", "dagster", "great-expectations")


def name_versions() -> str:
    """Our version and those of Python and of what we stand on."""
    others = ", ".join(f"{name} {version(name)}" for name in FOUNDATIONS)
    return f"paperhouse {version('paperhouse')} (Python {platform.python_version()}, {others})"
