"""What Dagster shows: the assets by name, the one job, the sensor and the schedule, off until switched on."""

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from paperhouse.expectations.runner import guarded_tables

#: A rename or a new table is a visible change to this list.
ASSETS = """
    extracted/abbreviations
    extracted/background_terms
    extracted/background_words
    extracted/fingerprints
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
    intermediate/int_forms__mentioned
    intermediate/int_groups__clustered
    intermediate/int_groups__described
    intermediate/int_groups__paired
    intermediate/int_keywords__accepted
    intermediate/int_keywords__counted
    intermediate/int_keywords__dated
    intermediate/int_keywords__grouped
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
    marts/keyword_spread_by_month
    marts/keyword_standardised_shares
    marts/keyword_trends_by_day
    marts/keyword_trends_by_month
    marts/keyword_trends_by_week
    marts/keywords
    marts/links
    marts/match_decisions
    marts/method_names
    marts/paper_abbreviations
    marts/paper_keywords
    marts/paper_provenance
    marts/paper_redirects
    marts/paper_relations
    marts/paper_trends
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
    staging/stg_abbreviations
    staging/stg_background_terms
    staging/stg_dumps
    staging/stg_entries
    staging/stg_fingerprints
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


def test_asset_keys(defs):
    keys = {"/".join(key.path) for key in defs.resolve_all_asset_keys()}
    assert keys == set(ASSETS.split())


def test_every_asset_has_a_description_and_a_group(defs):
    graph = defs.resolve_asset_graph()
    bare = [
        key for key in graph.get_all_asset_keys() if not graph.get(key).description or not graph.get(key).group_name
    ]
    assert [str(key) for key in bare if graph.get(key).is_materializable] == []


def test_one_job_in_one_process(defs):
    job = defs.resolve_job_def("build")
    assert job.executor_def.name == "in_process"
    assert set(job.asset_layer.executable_asset_keys) == {
        key for key in defs.resolve_all_asset_keys() if defs.resolve_asset_graph().get(key).is_materializable
    }


def test_gates_block(defs):
    graph = defs.resolve_asset_graph()
    blocking = {check.asset_key.path[-1] for check in graph.asset_check_keys if graph.get(check).blocking}
    expected = {t.split(".")[1] for schema in ("raw", "extracted", "marts") for t in guarded_tables(schema)}
    assert expected <= blocking


def test_automation_is_off_until_switched_on(defs):
    assert defs.get_sensor_def("inbox_sensor").default_status is dg.DefaultSensorStatus.STOPPED
    assert defs.get_schedule_def("daily_build").default_status is dg.DefaultScheduleStatus.STOPPED


def test_the_inbox_sensor_waits_until_the_inbox_keeps_still(defs, tmp_path, monkeypatch):
    monkeypatch.setenv("PAPERHOUSE_WAREHOUSE", str(tmp_path))
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    sensor = defs.get_sensor_def("inbox_sensor")

    def look(cursor):
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(instance=instance, cursor=cursor)
            result = sensor.evaluate_tick(context)
            return result.cursor, [request.run_key for request in result.run_requests or []]

    assert look(None)[1] == []  # empty
    (inbox / "a.txt").write_text("half a fi")
    cursor, started = look(None)
    assert started == []  # seen for the first time
    (inbox / "a.txt").write_text("half a file no more")
    cursor, started = look(cursor)
    assert started == []  # still being written
    cursor, started = look(cursor)
    assert len(started) == 1
    cursor, nothing = look(cursor)
    assert nothing == []  # nothing has come since, so nothing is read
    (inbox / "renamed.txt").write_text("half a file no more")
    (inbox / "a.txt").unlink()
    cursor, nothing = look(cursor)
    assert nothing == []
    assert look(cursor)[1] == started  # same contents, same key: Dagster starts nothing new


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
