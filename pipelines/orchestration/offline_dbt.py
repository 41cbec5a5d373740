"""The dbt command as dagster-dbt runs it, without what it does before every run and we have no use for.

Private parts: `DbtCliResource._cli_version` and `_initialize_dbt_core_adapter`. Beside `DbtCliResource` itself a run
saves the 6 to 7 s of CPU that `dbt --version` takes and the 2 to 4 s of loading dbt into this process (measured on
two slow, busy cores, where a build of the sample takes 70 s of CPU). `tests/unit/orchestration/test_private_parts.py`
says what to do where an upgrade moves these parts.
"""

from __future__ import annotations

from collections.abc import Sequence

from dagster_dbt import DbtCliResource
from packaging.version import Version

from .dbt_project import dbt_version


class OfflineDbt(DbtCliResource):
    """The dbt command, without what dagster-dbt does before every run and we have no use for.

    It asks `dbt --version`, which looks at the package index, only to tell dbt-core from its successor; the lock says
    which one is installed. And it loads all of dbt into this process (two seconds) for metadata of columns.
    """

    @property
    def _cli_version(self) -> Version:
        return Version(dbt_version())

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:  # type: ignore[override]
        return None
