"""The project as dbt's own users know it: access, groups, exposures, selectors, freshness."""

import json
import re
from pathlib import Path

import pytest
import yaml

from paperhouse.orchestration.dbt_project import DBT_PROJECT, prepare_project
from paperhouse.orchestration.selection import STAGES
from paperhouse.project_files import PACKAGE
from paperhouse.release.publication import MART_KEYS


@pytest.fixture(scope="module")
def manifest():
    """The project as it was parsed last."""
    return json.loads(prepare_project().manifest_path.read_text())


def models(manifest):
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def test_what_is_published_is_public_and_all_else_private(manifest):
    access = {"marts": "public", "search": "public", "staging": "private", "intermediate": "private"}
    assert {node["name"]: node["access"] for node in models(manifest)} == {
        node["name"]: access[node["schema"]] for node in models(manifest)
    }


def test_every_model_and_seed_has_an_owner(manifest):
    owned = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
    groups = {group["name"]: group["owner"]["name"] for group in manifest["groups"].values()}
    assert [node["name"] for node in owned if not groups.get(node["group"])] == []


def named_in(text):
    """The marts and the tables of the search index that a text names; one view is the release's own."""
    return set(re.findall(r"\b(?:marts|search)\.([a-z_]+)", text)) - {"numbered_papers"}


def read_by(folder):
    """The marts that SQL and Python in a folder name."""
    return named_in("\n".join(path.read_text() for path in folder.rglob("*.*") if path.suffix in (".sql", ".py")))


def macros_of_search():
    """The macros that look into the index of search, alone."""
    text = (PACKAGE / "release" / "macros.sql").read_text()
    return named_in("".join(macro for macro in text.split("create macro ") if "search.postings" in macro))


def test_exposures_name_what_is_read_outside_of_dbt(manifest):
    depends = {
        exposure["name"]: {node.split(".")[-1] for node in exposure["depends_on"]["nodes"]}
        for exposure in manifest["exposures"].values()
    }
    assert depends["release"] == {*MART_KEYS, "postings", "terms"}
    assert depends["report"] == read_by(PACKAGE / "report")
    assert depends["digest"] == read_by(PACKAGE / "digest")
    assert depends["search"] >= macros_of_search()
    assert all(exposure["owner"]["name"] and exposure["description"] for exposure in manifest["exposures"].values())


def test_selectors_name_the_stages_that_dbt_makes():
    selectors = yaml.safe_load((DBT_PROJECT / "selectors.yml").read_text())["selectors"]
    names = [selector["name"] for selector in selectors]
    assert names[:4] == [stage for stage in STAGES if stage in ("staging", "intermediate", "marts", "search")]
    for selector in selectors[:4]:
        parts = selector["definition"].get("union", [selector["definition"]])
        assert all((DBT_PROJECT / Path(part["value"])).is_dir() for part in parts)


def test_freshness_goes_by_when_a_dump_was_loaded(manifest):
    source = manifest["sources"]["source.paperhouse.raw.dumps"]
    assert source["loaded_at_field"] == "loaded_at"
    assert source["freshness"]["warn_after"] == {"count": 4, "period": "day"}


def test_what_dbt_compiles_by_hand_is_not_linted():
    """The command of CONTRIBUTING leaves it below target; git and sqlfluff look past it."""
    assert "target/" in (DBT_PROJECT / ".sqlfluffignore").read_text().splitlines()
