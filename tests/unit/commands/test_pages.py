"""The pages that links in the Dagster UI lead to: reports and checks, and nothing else of the folder."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading

import pytest

from paperhouse.commands.pages import serve
from paperhouse.warehouse.folder import Warehouse


@pytest.fixture
def house(tmp_path):
    warehouse = Warehouse(tmp_path / "house")
    (warehouse.releases / "one").mkdir(parents=True)
    (warehouse.releases / "one" / "report.html").write_text("<p>a report</p>")
    (warehouse.releases / "latest").symlink_to("one")
    warehouse.database.write_text("the pipeline's own file")
    (tmp_path / "secret.html").write_text("of somebody else")
    (warehouse.releases / "one" / "out.html").symlink_to(tmp_path / "secret.html")
    return warehouse


@pytest.fixture
def ask(house):
    server = serve(house.folder, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def get(path, host=None):
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
        connection.request("GET", path, headers={"Host": host or f"127.0.0.1:{server.server_port}"})
        answer = connection.getresponse()
        return answer.status, answer.read()

    yield get
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("path", ["/releases/one/report.html", "/releases/latest/report.html?from=ui"])
def test_a_page_of_a_release_is_shown(ask, path):
    assert ask(path) == (200, b"<p>a report</p>")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/releases/",
        "/warehouse.duckdb",
        "/releases/../warehouse.duckdb",
        "/releases/%2e%2e/warehouse.duckdb",
        "/../secret.html",
        "/releases/one/out.html",
        "//etc/passwd",
        "/releases/none.html",
    ],
)
def test_nothing_else_is(ask, path):
    assert ask(path)[0] == 404


def test_a_site_that_gives_itself_this_address_sees_nothing(ask):
    assert ask("/releases/one/report.html", host="elsewhere.example:3001")[0] == 404


def test_links_lead_to_where_pages_are_served(house, monkeypatch):
    page = house.releases / "one" / "report.html"
    monkeypatch.delenv("PAPERHOUSE_PAGES", raising=False)
    assert house.locate(page) == "http://127.0.0.1:3001/releases/one/report.html"
    monkeypatch.setenv("PAPERHOUSE_PAGES", "http://127.0.0.1:4001")
    assert house.locate(page) == "http://127.0.0.1:4001/releases/one/report.html"


def test_the_server_ends_with_whoever_started_it(house):
    starter = (
        "import subprocess, sys; "
        "print(subprocess.Popen([sys.executable, '-m', 'paperhouse.commands.pages', sys.argv[1], '0']).pid)"
    )
    done = subprocess.run(
        [sys.executable, "-c", starter, str(house.folder)], capture_output=True, text=True, timeout=60
    )
    child = int(done.stdout)
    # The starter has ended; its child sees that within a second, or is gone already.
    for _ in range(600):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            break
        threading.Event().wait(0.05)
    else:
        pytest.fail("the server outlived whoever started it")
