"""The two lines of runs, as the Dagster UI and its daemon keep them: asked as the browser asks, over GraphQL.

A build that waits for the warehouse, which the test holds, stands in the line as one that works.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from paperhouse.warehouse.folder import Warehouse
from tests.serving import serving
from tests.stopping import hear_signals

LAUNCH = """mutation($run: ExecutionParams!) { launchRun(executionParams: $run) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
BACKFILL = """mutation($days: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $days) {
    __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
TERMINATE = "mutation($run: String!) { terminateRun(runId: $run) { __typename } }"
RUNS = "{ runsOrError { ... on Runs { results { runId status tags { key value } } } } }"
DAYS = """{ assetNodes(assetKeys: [{path: ["captures", "lanterns"]}]) { assetPartitionStatuses {
    ... on TimePartitionStatuses { ranges { status startKey endKey } } } } }"""

LANTERNS = ["captures", "lanterns"]


class Ui:
    """The UI of a warehouse on a free port, with its daemon: asked, and ended with all that it started."""

    def __init__(self, house: Warehouse) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("paperhouse")),
                "ui",
                "--port",
                str(self.port),
                "-w",
                str(house.folder),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=hear_signals,
        )

    def ask(self, query: str, **variables: object) -> dict:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["data"]

    def launch(self, job: str, *assets: str) -> str:
        place = {"repositoryLocationName": "paperhouse.definitions", "repositoryName": "__repository__"}
        chosen = [{"path": asset.split("/")} for asset in assets]
        selector = {**place, "jobName": job, "assetSelection": chosen or None}
        run = {"selector": selector, "runConfigData": {}, "mode": "default"}
        return self.ask(LAUNCH, run=run)["launchRun"]["run"]["runId"]

    def runs(self) -> dict[str, dict]:
        return {run["runId"]: run for run in self.ask(RUNS)["runsOrError"]["results"]}

    def until(self, run_id: str, *statuses: str) -> None:
        wait_until(lambda: self.runs()[run_id]["status"] in statuses)

    def end(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def wait_until(is_so, seconds: int = 120) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it has not come to that"
        time.sleep(0.5)


def answers(ui: Ui) -> bool:
    try:
        return bool(ui.runs() or True)
    except OSError:
        return False


@pytest.fixture
def server():
    with serving() as one:
        for day in ("2026-01-01", "2026-01-03"):
            one.answer(f"/{day}", f'[{{"title": "Lanterns of {day}"}}]'.encode())
        yield one


@pytest.fixture
def ui(tmp_path, server):
    house = Warehouse(tmp_path / "house")
    house.prepare()
    house.settings_file.write_text(f'[capture.lanterns]\naddress = "{server.base}/{{day}}"\npause = 0\n')
    with house.lock():
        ui = Ui(house)
        try:
            wait_until(lambda: answers(ui))
            yield ui
        finally:
            ui.end()


@pytest.mark.deep
def test_captures_go_on_beside_a_build_and_whatever_writes_waits_for_its_turn(ui):
    first = ui.launch("build")
    ui.until(first, "STARTED")
    second, mart = ui.launch("build"), ui.launch("__ASSET_JOB", "marts/papers")
    days = {"partitionNames": ["2026-01-01", "2026-01-02", "2026-01-03"], "assetSelection": [{"path": LANTERNS}]}
    ui.ask(BACKFILL, days=days)
    wait_until(lambda: len(ui.runs()) > 3)
    [captured] = ui.runs().keys() - {first, second, mart}
    ui.until(captured, "FAILURE")
    assert [ui.runs()[run]["status"] for run in (first, second, mart)] == ["STARTED", "QUEUED", "QUEUED"]
    # A process for all days, and the day that the server does not have is the one that failed.
    statuses = ui.ask(DAYS)["assetNodes"][0]["assetPartitionStatuses"]["ranges"]
    assert [(found["startKey"], found["status"]) for found in statuses] == [
        ("2026-01-01", "MATERIALIZED"),
        ("2026-01-02", "FAILED"),
        ("2026-01-03", "MATERIALIZED"),
    ]
    ui.ask(TERMINATE, run=first)
    ui.until(second, "STARTED")
    assert [ui.runs()[run]["status"] for run in (first, mart)] == ["CANCELED", "QUEUED"]
    assert len(ui.runs()) == 4
