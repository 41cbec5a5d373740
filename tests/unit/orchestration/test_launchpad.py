"""The Launchpad of the Dagster UI asks for whatever the command `build` can be told."""

import os
import re

import dagster as dg
import typer.main

from paperhouse.commands.app import app
from paperhouse.orchestration.resources import locked_warehouse
from paperhouse.project_files import DBT_PROJECT
from paperhouse.warehouse.settings import KEYWORDS_VARIABLE, KeywordSetting

#: Where an option of the command stands in the run configuration ...
PLACES = {
    "paths": "ops.raw_tables.config.paths",
    "reject_budget": "ops.raw_tables.config.reject_budget",
    "follow_links": "ops.raw_tables.config.follow_links",
    "keywords": "resources.warehouse.config.keywords",
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
