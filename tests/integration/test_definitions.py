"""What Dagster shows: the assets by name, the one job, the sensor and the schedule, off until switched on."""

import json
import re
import subprocess
import sys
import time
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from paperhouse.engines import ENGINE_VARIABLE
from paperhouse.expectations.runner import guarded_tables
from paperhouse.loading.sources import CapturePlan, Source
from paperhouse.orchestration import sensors
from paperhouse.orchestration.assets.captures import capture_key, make_captures
from paperhouse.orchestration.assets.release import make_release_asset
from paperhouse.orchestration.catalogue import Translator
from paperhouse.orchestration.dbt_project import prepare_project
from paperhouse.project_files import PACKAGE, list_project_files

#: A rename or a new table is a visible change to this list.
ASSETS = """
    extracted/abbreviations
    extracted/background_terms
    extracted/background_words
    extracted/fingerprints
    extracted/further_phrases
    extracted/given_keywords
    extracted/links
    extracted/methods
    extracted/phrases
    extracted/results
    extracted/search_terms
    extracted/short_forms
    extracted/texts
    extracted/words
    intermediate/int_abbreviations__defined
    intermediate/int_compounds__expanded
    intermediate/int_dumps__ranked
    intermediate/int_dumps__superseded
    intermediate/int_entries__identified
    intermediate/int_entries__keyed
    intermediate/int_entries__placed
    intermediate/int_entries__ranked
    intermediate/int_forms__counted
    intermediate/int_forms__found
    intermediate/int_forms__mentioned
    intermediate/int_further_phrases__counted
    intermediate/int_groups__clustered
    intermediate/int_groups__described
    intermediate/int_groups__paired
    intermediate/int_keywords__accepted
    intermediate/int_keywords__climbed
    intermediate/int_keywords__counted
    intermediate/int_keywords__dated
    intermediate/int_keywords__grouped
    intermediate/int_keywords__hung
    intermediate/int_keywords__kinded
    intermediate/int_keywords__told
    intermediate/int_keys__sought
    intermediate/int_mentions__folded
    intermediate/int_mentions__placed
    intermediate/int_papers__dated
    intermediate/int_papers__noticed
    intermediate/int_papers__sighted
    intermediate/int_papers__texts
    intermediate/int_papers__told
    intermediate/int_papers_keywords__mentioned
    intermediate/int_papers_senses__decided
    intermediate/int_papers_senses__guessed
    intermediate/int_papers_senses__resolved
    intermediate/int_papers_terms__counted
    intermediate/int_papers_terms__given
    intermediate/int_papers_terms__scored
    intermediate/int_papers_terms__signalled
    intermediate/int_papers_terms__standing
    intermediate/int_periods__counted
    intermediate/int_phrases__folded
    intermediate/int_record_pairs__decided
    intermediate/int_record_pairs__judged
    intermediate/int_record_pairs__measured
    intermediate/int_record_pairs__overridden
    intermediate/int_record_pairs__weighed
    intermediate/int_records__blocked
    intermediate/int_records__centred
    intermediate/int_records__clustered
    intermediate/int_records__described
    intermediate/int_records__joined
    intermediate/int_records__paired
    intermediate/int_senses__counted
    intermediate/int_terms__counted
    intermediate/int_terms__nested
    intermediate/int_terms__weighed
    intermediate/int_texts__read
    intermediate/int_texts__searched
    intermediate/int_topics__dated
    marts/abbreviations
    marts/appearances
    marts/digest_items
    marts/dumps
    marts/entries
    marts/given_keywords
    marts/keyword_bursts
    marts/keyword_forms
    marts/keyword_lifecycles
    marts/keyword_mentions
    marts/keyword_pairs
    marts/keyword_redirects
    marts/keyword_spread_by_month
    marts/keyword_standardised_shares
    marts/keyword_stories
    marts/keyword_trends_by_day
    marts/keyword_trends_by_month
    marts/keyword_trends_by_week
    marts/keyword_trends_by_year
    marts/keywords
    marts/links
    marts/match_decisions
    marts/method_names
    marts/paper_abbreviations
    marts/paper_authors
    marts/paper_keywords
    marts/paper_provenance
    marts/paper_redirects
    marts/paper_relations
    marts/paper_trends
    marts/paper_venues
    marts/papers
    marts/reported_results
    marts/topic_keywords
    marts/topic_trends_by_month
    marts/topics
    marts/vote_observations
    quality/published_papers
    raw/dump_dates
    raw/dump_decisions
    raw/dumps
    raw/entries
    raw/files
    raw/keyword_overrides
    raw/line_spans
    raw/paper_overrides
    raw/rejects
    raw/sidecars
    release
    search/postings
    search/terms
    staging/keyword_kinds
    staging/keyword_rules
    staging/keyword_stops
    staging/match_weights
    staging/stg_abbreviations
    staging/stg_author_details
    staging/stg_background_terms
    staging/stg_dumps
    staging/stg_entries
    staging/stg_fingerprints
    staging/stg_further_phrases
    staging/stg_given_keywords
    staging/stg_keyword_overrides
    staging/stg_links
    staging/stg_methods
    staging/stg_phrases
    staging/stg_results
    staging/stg_search_terms
    staging/stg_short_forms
    staging/stg_texts
    staging/stg_words
"""


@pytest.fixture(scope="module")
def defs(built):
    """Loaded after a build, so that the manifest is there."""
    from paperhouse.definitions import defs

    return defs


@pytest.mark.deep
def test_dagster_loads_the_module_that_the_ui_names(built):
    command = [
        str(Path(sys.executable).with_name("dagster")),
        "definitions",
        "validate",
        "-m",
        "paperhouse.definitions",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tools_of_dagster_are_told_the_same_module():
    settings = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["tool"]
    project = settings["dg"]["project"]
    assert project["code_location_target_module"] == settings["dagster"]["module_name"] == "paperhouse.definitions"
    assert (PACKAGE.parent / project["root_module"]) == PACKAGE  # dg looks for a folder


def test_asset_keys(defs):
    keys = {"/".join(key.path) for key in defs.resolve_all_asset_keys()}
    assert keys == set(ASSETS.split())


def test_every_asset_has_a_description_and_a_group(defs):
    graph = defs.resolve_asset_graph()
    bare = [
        key for key in graph.get_all_asset_keys() if not graph.get(key).description or not graph.get(key).group_name
    ]
    assert [str(key) for key in bare if graph.get(key).is_materializable] == []


@pytest.mark.parametrize(("engine", "kinds"), [(None, {"dbt", "duckdb"}), ("sc://host", {"dbt", "spark"})])
def test_a_model_is_of_the_kind_of_the_engine_that_the_environment_names(monkeypatch, engine, kinds):
    monkeypatch.delenv(ENGINE_VARIABLE, raising=False)
    if engine:
        monkeypatch.setenv(ENGINE_VARIABLE, engine)
    manifest = json.loads(prepare_project().manifest_path.read_text())
    assert Translator().get_asset_spec(manifest, "model.paperhouse.papers", None).kinds == kinds


def test_every_asset_is_described_by_us_and_owned(defs):
    graph = defs.resolve_asset_graph()
    nodes = {key.to_user_string(): graph.get(key) for key in graph.get_all_asset_keys()}
    assert [name for name, node in nodes.items() if "dagster/auto_created_stub_asset" in node.metadata] == []
    assert {tuple(node.owners) for node in nodes.values()} == {("team:paperhouse",)}
    assert [name for name, node in nodes.items() if not node.kinds or not node.description] == []
    public = {name for name, node in nodes.items() if node.tags["paperhouse/access"] == "public"}
    beside = {"release", "raw/dumps", "raw/rejects", "raw/line_spans"}
    assert public == beside | {name for name in nodes if name.split("/")[0] in ("marts", "search")}


def test_every_column_has_the_type_that_its_table_has(defs, built):
    """Types stand in the yml and in the pipeline's own schemas; they are DuckDB's, whoever made the table."""
    with duckdb.connect(str(built.warehouse.database), read_only=True) as connection:
        types = {
            (f"{schema}/{table}", column): dtype
            for schema, table, column, dtype in connection.execute(
                "select schema_name, table_name, column_name, lower(data_type) from duckdb_columns() "
                "where not internal and database_name = current_database()"
            ).fetchall()
        }
    graph, stated = defs.resolve_asset_graph(), {}
    for key in graph.get_all_asset_keys():
        for column in getattr(graph.get(key).metadata.get("dagster/column_schema"), "columns", ()):
            stated[key.to_user_string(), column.name] = column.type
    assets = {table for table, _ in stated}
    assert len(assets) == len(ASSETS.split()) - 1  # a release is no table
    assert stated == {place: dtype for place, dtype in types.items() if place[0] in assets}


def test_a_build_leaves_numbers_that_dagster_plots_over_runs(built):
    """Text and tables are shown and not plotted."""
    with dg.DagsterInstance.get() as instance:

        def read(*path):
            event = instance.get_latest_materialization_event(dg.AssetKey(list(path)))
            metadata = event.asset_materialization.metadata
            return {name: value.value for name, value in metadata.items() if isinstance(value.value, int | float)}

        dumps, rejects, release = read("raw", "dumps"), read("raw", "rejects"), read("release")
        keywords = read("marts", "keywords")
    assert dumps["new dumps"] > 30
    assert dumps["held dumps"] == 0
    assert 0 <= rejects["rejected share of lines"] < 0.5
    assert {"papers", "seconds: parse", "seconds: text", "seconds: dbt"} <= release.keys()
    assert release["bytes released"] > release["bytes of Parquet"] > 100_000
    assert release["keywords"] == keywords["dagster/row_count"] > 100
    assert keywords["Execution Duration"] > 0


def test_a_run_says_of_columns_what_they_are_made_of_where_it_is_asked_to(defs, copy_of_built):
    copy_of_built.set_environment()
    links = dg.AssetKey(["marts", "links"])
    with dg.DagsterInstance.get() as instance:
        done = defs.resolve_job_def("build").execute_in_process(
            instance=instance,
            asset_selection=[links],
            run_config={"ops": {"dbt_models": {"config": {"column_lineage": True}}}},
        )
        [event] = done.get_asset_materialization_events()
    lineage = event.step_materialization_data.materialization.metadata["dagster/column_lineage"].value
    made_of = [(dep.asset_key.to_user_string(), dep.column_name) for dep in lineage.deps_by_column["kind"]]
    assert made_of == [("staging/stg_links", "kind")]


def test_links_lead_to_files_that_are_shown_and_name_no_path_of_this_machine(monkeypatch):
    papers = json.loads(prepare_project().manifest_path.read_text())["nodes"]["model.paperhouse.papers"]
    monkeypatch.delenv("PAPERHOUSE_PAGES", raising=False)
    assert "dagster/code_references" not in Translator().get_metadata(papers)
    monkeypatch.setenv("PAPERHOUSE_PAGES", "http://127.0.0.1:3001")
    links = Translator().get_metadata(papers)["dagster/code_references"].code_references
    assert [link.url for link in links] == [
        "http://127.0.0.1:3001/code/dbt_project/models/marts/papers.sql",
        "http://127.0.0.1:3001/code/dbt_project/models/marts/papers.yml",
    ]
    assert {link.label for link in links} <= {name for name, _ in list_project_files()}


def test_the_release_leads_to_the_latest_report_where_the_ui_serves_it_now(monkeypatch):
    for port in (3001, 4301):
        monkeypatch.setenv("PAPERHOUSE_PAGES", f"http://127.0.0.1:{port}")
        [metadata] = make_release_asset([]).metadata_by_key.values()
        assert metadata["latest report"].value == f"http://127.0.0.1:{port}/releases/latest/report.html"
    monkeypatch.setenv("PAPERHOUSE_PAGES", "")
    assert "latest report" not in next(iter(make_release_asset([]).metadata_by_key.values()))


def test_files_that_assets_name_are_there():
    code = [*(PACKAGE / "orchestration").rglob("*.py")]
    named = {name for path in code for name in re.findall(r'"(pipelines/[a-z_/]+\.py)"', path.read_text())}
    assert len(named) >= 5
    assert named <= {name for name, _ in list_project_files()}


def test_every_job_in_one_process(defs):
    for name in ("build", "__ASSET_JOB", "forget", "accept", "replay", "digest"):
        assert defs.resolve_job_def(name).executor_def.name == "in_process", name
    job = defs.resolve_job_def("build")
    assert set(job.asset_layer.executable_asset_keys) == {
        key for key in defs.resolve_all_asset_keys() if defs.resolve_asset_graph().get(key).is_materializable
    }


def test_a_build_captures_nothing(defs):
    from paperhouse.orchestration import graph

    plan = CapturePlan(sources=(Source("lanterns", "https://papers.example.org/{day}"),))
    merged = dg.Definitions.merge(graph.defs, make_captures(plan))
    captured = capture_key("lanterns")
    assert captured in merged.resolve_job_def("capture").asset_layer.executable_asset_keys
    assert captured not in merged.resolve_job_def("build").asset_layer.executable_asset_keys


def test_gates_block(defs):
    graph = defs.resolve_asset_graph()
    blocking = {check.asset_key.path[-1] for check in graph.asset_check_keys if graph.get(check).blocking}
    expected = {t.split(".")[1] for schema in ("raw", "extracted", "marts") for t in guarded_tables(schema)}
    assert expected <= blocking


def test_every_data_test_is_a_check_of_its_table(defs):
    """Those of several tables say themselves of which: dagster-dbt leaves others out with a warning."""
    nodes = json.loads(prepare_project().manifest_path.read_text())["nodes"].values()
    tests = {node["name"] for node in nodes if node["resource_type"] == "test"}
    checks = {key.name for key in defs.resolve_asset_graph().asset_check_keys}
    assert len(tests) > 70
    assert tests - checks == set()


def test_one_table_or_one_check_can_be_run_by_itself(defs):
    job = defs.resolve_implicit_global_asset_job_def()
    papers = dg.AssetKey(["marts", "papers"])
    check = dg.AssetCheckKey(papers, "expectations")
    alone = job.get_subset(asset_selection={papers}, asset_check_selection={check})
    assert set(alone.asset_layer.selected_asset_keys) == {papers}
    assert set(alone.get_subset(asset_selection=set(), asset_check_selection={check}).graph.node_dict) == {
        "gate_2_marts"
    }


def test_automation_is_off_until_switched_on(defs):
    assert defs.get_sensor_def("inbox_sensor").default_status is dg.DefaultSensorStatus.STOPPED
    assert defs.get_schedule_def("daily_build").default_status is dg.DefaultScheduleStatus.STOPPED
    assert defs.get_sensor_def("daily_assets").default_status is dg.DefaultSensorStatus.STOPPED
    # Without one of our own that covers all, Dagster would make another.
    assert len(defs.get_repository_def().sensor_defs) == 3


def test_the_condition_asks_for_the_whole_path_once_a_day_at_one_moment(defs):
    """All at once is one run: one after the other they would be a run each, and each would wait for the lock."""
    graph = defs.resolve_asset_graph()
    made = {key for key in graph.get_all_asset_keys() if graph.get(key).is_materializable}
    asking = defs.map_asset_specs(
        func=lambda spec: spec.replace_attributes(automation_condition=sensors.WHOLE_PATH) if spec.key in made else spec
    )
    five, cursor, asked = datetime(2026, 5, 1, 5, tzinfo=UTC), None, []
    with dg.DagsterInstance.ephemeral() as instance:
        for hours in (0, 2, 3, 25, 26):
            at = five + timedelta(hours=hours)
            result = dg.evaluate_automation_conditions(asking, instance, evaluation_time=at, cursor=cursor)
            asked.append({each.key for each in result.results if each.true_subset.size})
            cursor = result.cursor
    assert asked == [set(), made, set(), made, set()]


def test_the_sensor_of_the_condition_covers_every_asset_and_asks_for_nothing_at_first(defs):
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, definitions=defs)
        assert not defs.get_sensor_def("daily_assets").evaluate_tick(context).run_requests


@dg.op
def _work(context):
    if "fails" in context.run.tags:
        raise dg.Failure(description="a full disk")


@dg.job
def _stand_in():
    _work()


@pytest.fixture
def look(defs, tmp_path, monkeypatch):
    """Evaluates the inbox sensor once; runs it asks for are what `instance` holds."""
    monkeypatch.setenv("PAPERHOUSE_WAREHOUSE", str(tmp_path))
    (tmp_path / "inbox").mkdir()
    sensor = defs.get_sensor_def("inbox_sensor")
    with dg.DagsterInstance.ephemeral() as instance:
        cursor = None

        def evaluate():
            nonlocal cursor
            result = sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor))
            cursor = result.cursor or cursor
            return result

        evaluate.instance = instance
        yield evaluate


def test_the_inbox_sensor_waits_until_the_inbox_keeps_still(look, tmp_path):
    inbox = tmp_path / "inbox"
    assert "empty" in look().skip_message
    (inbox / "a.txt").write_text("half a fi")
    assert not look().run_requests  # seen for the first time
    (inbox / "a.txt").write_text("half a file no more")
    assert not look().run_requests  # still being written
    [request] = look().run_requests
    # Asked for once more until there is a run: Dagster starts one for a key, however often it is asked.
    assert [again.run_key for again in look().run_requests] == [request.run_key]
    assert _stand_in.execute_in_process(instance=look.instance, tags=request.tags).success
    assert "Nothing has changed" in look().skip_message
    (inbox / "b.txt").write_text("another")
    assert not look().run_requests
    assert [other.run_key for other in look().run_requests] != [request.run_key]


def test_what_the_inbox_holds_is_built_in_the_end_whatever_happens_to_a_run(look, tmp_path, monkeypatch):
    (tmp_path / "inbox" / "a.txt").write_text("a day")
    look()
    keys = []
    for attempt in range(3):
        [request] = look().run_requests
        keys.append(request.run_key)
        tags = {**request.tags, "fails": "yes"}
        assert not _stand_in.execute_in_process(instance=look.instance, tags=tags, raise_on_error=False).success
        reason = look().skip_message
        assert "failed; it is started again at" in reason, reason
        now, pause = time.time(), 60 * 2**attempt
        monkeypatch.setattr(sensors, "_now", lambda at=now + pause - 30: at)
        assert look().skip_message == reason
        monkeypatch.setattr(sensors, "_now", lambda at=now + pause + 1: at)
    assert len(set(keys)) == 3
    [request] = look().run_requests
    assert _stand_in.execute_in_process(instance=look.instance, tags=request.tags).success
    assert "Nothing has changed" in look().skip_message


def test_the_inbox_sensor_sees_links_where_they_are_followed(defs, tmp_path, monkeypatch):
    monkeypatch.setenv("PAPERHOUSE_WAREHOUSE", str(tmp_path / "w"))
    inbox, day = tmp_path / "w" / "inbox", tmp_path / "day.txt"
    inbox.mkdir(parents=True)
    day.write_text("a day")
    (inbox / "day.txt").symlink_to(day)
    sensor = defs.get_sensor_def("inbox_sensor")

    def look(cursor):
        with dg.DagsterInstance.ephemeral() as instance:
            return sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor))

    assert "PAPERHOUSE_FOLLOW_LINKS=1 follows" in look(None).skip_message
    monkeypatch.setenv("PAPERHOUSE_FOLLOW_LINKS", "1")
    cursor = look(None).cursor
    assert len(look(cursor).run_requests) == 1
    day.write_text("another day, in the file the link leads to")
    assert look(cursor).cursor != cursor
