"""dbt as its users know it, on a warehouse that was built: its documentation, its state, its freshness."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from paperhouse.orchestration.dbt_docs import make_docs
from paperhouse.orchestration.dbt_project import prepare_project
from paperhouse.orchestration.dbt_run import invoke_dbt
from paperhouse.orchestration.dbt_state import STATE_FOLDER, reduce_manifest, write_state
from paperhouse.project_files import DBT_PROJECT
from tests.stopping import hear_signals

PAPERS = "model.paperhouse.papers"


def test_the_page_of_dbt_holds_models_readers_and_the_columns_of_tables(copy_of_built):
    page = make_docs(copy_of_built).read_text()
    assert "INLINE DATA" not in page
    assert '"exposure.paperhouse.report"' in page
    catalog = page[page.index("dbt/catalog/v1.json") :]
    assert '"name": "keyword_trends_by_month"' in catalog
    assert '"type": "VARCHAR[]"' in catalog
    assert str(DBT_PROJECT) not in catalog
    assert [path.name for path in copy_of_built.dbt_target.iterdir() if path.name.startswith("tmp")] == []


@pytest.mark.deep
def test_the_page_is_served_until_ctrl_c(copy_of_built):
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("paperhouse")), "docs", "-w", str(copy_of_built.folder)]
    command += ["--port", str(port)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, preexec_fn=hear_signals, **pipes) as serving:
        try:
            address = serving.stdout.readline().split()[2]
            with urllib.request.urlopen(address, timeout=30) as answer:
                assert b"exposure.paperhouse.report" in answer.read()
            serving.send_signal(signal.SIGINT)
            _, said = serving.communicate(timeout=30)
        finally:
            serving.kill()  # a block that leaves it alone waits for it for ever
    assert serving.returncode == 128 + signal.SIGINT
    assert "Stopped by Ctrl-C: the page stays in" in said
    assert "Traceback" not in said


def list_changed(warehouse, state, folder):
    """The models that dbt says have changed since a state, by unique id."""
    chosen = [
        "--resource-type",
        "model",
        "-s",
        "state:modified",
        "--state",
        str(state),
        "--output",
        "json",
        "--output-keys",
        "unique_id",
    ]
    done = invoke_dbt(warehouse, ["--quiet", "ls", *chosen], folder)
    assert done.success, done.exception
    return [json.loads(line)["unique_id"] for line in done.result]


def test_nothing_has_changed_since_a_release_of_the_same_project(built, tmp_path):
    state = built.warehouse.latest_release / STATE_FOLDER
    assert list_changed(built.warehouse, state, tmp_path) == []


def test_a_model_that_was_another_one_has_changed_with_nothing_else(built, tmp_path):
    write_state(prepare_project().manifest_path, tmp_path / "state")
    kept = tmp_path / "state" / "manifest.json"
    manifest = json.loads(kept.read_text())
    manifest["nodes"][PAPERS]["raw_code"] += "-- as it was"
    kept.write_text(json.dumps(manifest))
    assert list_changed(built.warehouse, tmp_path / "state", tmp_path / "target") == [PAPERS]


def test_what_a_release_keeps_of_the_project_says_nothing_of_machine_and_moment(built):
    kept = built.warehouse.latest_release / STATE_FOLDER / "manifest.json"
    assert str(DBT_PROJECT) not in kept.read_text()
    whole = json.loads(prepare_project().manifest_path.read_text())
    other = json.loads(json.dumps(whole).replace(str(DBT_PROJECT), "/elsewhere"))
    other["metadata"] |= {"generated_at": "2020-01-01T00:00:00Z", "invocation_id": "another"}
    for node in other["nodes"].values():
        node["created_at"] = 0
    assert reduce_manifest(other) == reduce_manifest(whole) == json.loads(kept.read_text())
    assert kept.stat().st_size < 2_500_000


def test_freshness_is_asked_of_dumps(copy_of_built, tmp_path):
    def ask():
        done = invoke_dbt(copy_of_built, ["--quiet", "source", "freshness"], tmp_path)
        return [str(result.status) for result in done.result.results]

    assert ask() == ["pass"]
    with copy_of_built.connect() as connection:
        connection.execute("update raw.dumps set loaded_at = loaded_at - interval 5 day")
    assert ask() == ["warn"]
