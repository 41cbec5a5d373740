"""What every asset says of itself beside its numbers: who owns it, who may build on it, where its code is.

What belongs here: the words, the same for tables of the pipeline and of dbt, and how dbt's manifest is read for them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator

from ..engines import ENGINE_VARIABLE
from ..upkeep.pages import CODE
from ..warehouse.settings import PAGES_VARIABLE

#: Who keeps the assets that are no models; those have the group that dbt_project/models/groups.yml gives them.
OWNERS = ("team:paperhouse",)
#: Tag of an asset: public (others may build on it) or private (it may change with any version).
ACCESS_TAG = "paperhouse/access"


def tag_access(is_public: bool) -> dict[str, str]:
    """The tag that says whether others may build on an asset."""
    return {ACCESS_TAG: "public" if is_public else "private"}


def link_code(*names: str) -> dict[str, Any]:
    """Links to files of ours (`dbt_project/models/marts/papers.sql`), shown where the links of the UI are shown.

    Nothing where no pages are served: a path of this machine would be of no use on another one.
    """
    pages = os.environ.get(PAGES_VARIABLE)
    if not pages:
        return {}
    links: list[dg.LocalFileCodeReference | dg.UrlCodeReference] = [
        dg.UrlCodeReference(url=f"{pages}{CODE}{name}", label=name) for name in names
    ]
    return {"dagster/code_references": dg.CodeReferencesMetadataValue(code_references=links)}


def link_page(name: str, page: str) -> dict[str, Any]:
    """A page of the warehouse (`releases/latest/report.html`) where it is served now; nothing where none is.

    What a run says of itself names the port of its day.
    """
    pages = os.environ.get(PAGES_VARIABLE)
    return {name: dg.MetadataValue.url(f"{pages}/{page}")} if pages else {}


class Translator(DagsterDbtTranslator):
    """dbt's models and seeds as assets: what their own project says of them, in Dagster's words."""

    def get_asset_spec(self, *arguments: Any, **named: Any) -> dg.AssetSpec:
        """dbt's own, of the kind of the engine that the environment asks for; a run that has another says so itself."""
        spec = super().get_asset_spec(*arguments, **named)
        return spec.replace_attributes(kinds={"dbt", "spark"}) if os.environ.get(ENGINE_VARIABLE) else spec

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        """The group of a model, as a team."""
        group = dbt_resource_props.get("group")
        return [f"team:{group['name']}"] if group else list(OWNERS)

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        """dbt's tags, and who may build on it."""
        is_public = dbt_resource_props.get("access") == "public"
        return {**super().get_tags(dbt_resource_props), **tag_access(is_public)}

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """Columns with their types, as the project states them, and links to SQL and description."""
        paths = [dbt_resource_props["original_file_path"], _find_description(dbt_resource_props)]
        links = link_code(*(f"dbt_project/{path}" for path in dict.fromkeys(filter(None, paths))))
        return {**super().get_metadata(dbt_resource_props), **links}


def _find_description(resource: Mapping[str, Any]) -> str:
    """The yml that describes a model, below the project: `paperhouse://models/marts/papers.yml` in the manifest."""
    return (resource.get("patch_path") or "").partition("://")[2]
