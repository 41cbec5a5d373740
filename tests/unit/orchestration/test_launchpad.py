"""The Launchpad of the Dagster UI asks for whatever the command `build` can be told."""

import os
import re

import dagster as dg
import pytest
import typer.main

from paperhouse.commands.app import app
from paperhouse.loading.budget import choose_budget
from paperhouse.orchestration.assets.raw import ask_environment
from paperhouse.orchestration.resources import locked_warehouse
from paperhouse.project_files import DBT_PROJECT
from paperhouse.release.fingerprint import settings_digest
from paperhouse.warehouse.settings import KEYWORDS_VARIABLE, KeywordSetting, read_follow_links, read_keywords

#: Where an option of the command stands in the run configuration ...
PLACES = {
    "paths": "ops.raw_tables.config.paths",
    "reject_budget": "ops.raw_tables.config.reject_budget",
    "follow_links": "ops.raw_tables.config.follow_links",
    "keywords": "resources.warehouse.config.keywords",
    "engine": "resources.warehouse.config.engine",
    "lake": "resources.warehouse.config.lake",
}
#: ... or why it stands nowhere.
ELSEWHERE = {
    "warehouse": "the one that `paperhouse ui` shows",
    "wait": "runs always queue",
    "strict": "an exit code",
    "select": "assets are chosen in the graph",
}


def test_every_option_of_the_command_is_run_configuration():
    from paperhouse.orchestration.graph import defs

    job = defs.resolve_job_def("build")
    [build] = [command for name, command in typer.main.get_command(app).commands.items() if name == "build"]
    options = {parameter.name for parameter in build.params} - {"help"}
    assert options == PLACES.keys() | ELSEWHERE.keys()
    for place in PLACES.values():
        field = _find(job, place)
        assert field.description, place
        assert not field.is_required, place
        # A default that is none is not shown.
        assert field.default_provided, place
        assert field.default_value is not None, place


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({}, {"follow_links": False, "keywords": "balanced", "reject_budget": 0.5}),
        (
            {"PAPERHOUSE_FOLLOW_LINKS": "yes", KEYWORDS_VARIABLE: "author", "PAPERHOUSE_REJECT_BUDGET": "0.2"},
            {"follow_links": True, "keywords": "author", "reject_budget": 0.2},
        ),
        # What cannot be followed is no default; the run says what is wrong with it.
        (
            {"PAPERHOUSE_FOLLOW_LINKS": "maybe", KEYWORDS_VARIABLE: "all", "PAPERHOUSE_REJECT_BUDGET": "7"},
            {"follow_links": None, "keywords": None, "reject_budget": None},
        ),
    ],
)
def test_the_defaults_are_those_of_the_environment(monkeypatch, said, shown):
    for name in ("PAPERHOUSE_FOLLOW_LINKS", KEYWORDS_VARIABLE, "PAPERHOUSE_REJECT_BUDGET"):
        monkeypatch.setenv(name, said.get(name, ""))
    defaults = {
        "follow_links": ask_environment(read_follow_links),
        "keywords": read_keywords(),
        "reject_budget": ask_environment(choose_budget),
    }
    assert defaults == shown


def test_the_setting_that_holds_where_none_is_named_is_the_same_by_its_name(monkeypatch):
    digests = []
    for setting in ("", "balanced", "author"):
        monkeypatch.setenv(KEYWORDS_VARIABLE, setting)
        digests.append(settings_digest())
    assert digests[0] == digests[1] != digests[2]


def test_keyword_settings_are_those_of_the_command():
    asked = locked_warehouse.config_schema.config_type.fields["keywords"].config_type.inner_type
    macro = (DBT_PROJECT / "macros" / "keyword_score.sql").read_text()
    known = {setting.value for setting in KeywordSetting}
    assert {value.config_value for value in asked.enum_values} == known
    named = re.search(r"setting not in \(([^)]+)\)", macro)
    assert named
    assert set(re.findall(r"'(\w+)'", named[1])) == known


def test_a_run_has_its_keyword_setting_and_leaves_none_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("PAPERHOUSE_WAREHOUSE", str(tmp_path / "w"))
    monkeypatch.setenv(KEYWORDS_VARIABLE, "balanced")
    seen = []

    @dg.asset
    def setting(warehouse: dg.ResourceParam[object]) -> None:
        seen.append(os.environ[KEYWORDS_VARIABLE])

    for config in ({"keywords": "author"}, {}):
        resources = {"warehouse": locked_warehouse.configured(config)}
        with dg.DagsterInstance.ephemeral() as instance:
            assert dg.materialize([setting], instance=instance, resources=resources).success
    assert seen == ["author", "balanced"]
    assert os.environ[KEYWORDS_VARIABLE] == "balanced"


def _find(job, place):
    fields = job.run_config_schema.config_type.fields
    for name in place.split("."):
        field = fields[name]
        fields = getattr(field.config_type, "fields", {})
    return field
