"""The dbt command as dagster-dbt runs it, without what it does before every run and we have no use for."""

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
