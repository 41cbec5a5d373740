"""The pages that links in the Dagster UI lead to: reports and checks, and nothing else of the folder."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing

import pytest

from paperhouse.upkeep import pages
from paperhouse.upkeep.pages import serve
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
        get.headers = answer.headers
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
        "/.dbt/dbt.log",
        "/code/",
        "/code/pyproject.toml",
        "/code/dbt_project/../pyproject.toml",
        "/code//etc/passwd",
    ],
)
def test_nothing_else_is(ask, path):
    assert ask(path)[0] == 404


def test_our_own_sources_are_shown_as_text(ask):
    status, content = ask("/code/dbt_project/models/marts/papers.sql")
    assert status == 200
    assert b"int_entries__ranked" in content


def test_what_dbt_wrote_can_load_nothing_from_elsewhere(house, ask):
    page = house.folder / ".dbt" / "docs" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<script src='https://example.org/x.js'></script>")
    assert ask("/.dbt/docs/index.html")[0] == 200
    assert "default-src 'self'" in ask.headers["Content-Security-Policy"]


def test_a_site_that_gives_itself_this_address_sees_nothing(ask):
    assert ask("/releases/one/report.html", host="elsewhere.example:3001")[0] == 404


def test_links_lead_to_where_pages_are_served(house, monkeypatch):
    page = house.releases / "one" / "report.html"
    monkeypatch.delenv("PAPERHOUSE_PAGES", raising=False)
    assert house.locate(page) == "http://127.0.0.1:3001/releases/one/report.html"
    monkeypatch.setenv("PAPERHOUSE_PAGES", "http://127.0.0.1:4001")
    assert house.locate(page) == "http://127.0.0.1:4001/releases/one/report.html"


def test_links_of_a_build_from_the_command_line_lead_to_where_the_ui_served_last(house, monkeypatch):
    page = house.releases / "one" / "report.html"
    monkeypatch.setenv("PAPERHOUSE_PAGES", "")
    monkeypatch.setattr(pages.subprocess, "Popen", lambda *_: None)
    house.dagster_home.mkdir()
    for port in (4101, 4201):
        pages.start_pages(house, f"http://127.0.0.1:{port}", port)
        monkeypatch.setenv("PAPERHOUSE_PAGES", "")
        assert house.locate(page) == f"http://127.0.0.1:{port}/releases/one/report.html"
    for damaged in (b"", b"\xff\xfe", b"javascript:alert(1)", b"http://127.0.0.1:1\n<b>"):
        house.served_pages.write_bytes(damaged)
        assert house.locate(page) == "http://127.0.0.1:3001/releases/one/report.html"


def test_the_server_ends_with_whoever_started_it(house):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = "import sys; from pathlib import Path; from paperhouse.upkeep.pages import Warehouse, start_pages; "
    code += "start_pages(Warehouse(Path(sys.argv[1])), '', int(sys.argv[2])); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(house.folder), str(port)]

    with subprocess.Popen(command, stdin=subprocess.PIPE) as starter:
        until(lambda: is_served(port), "the server did not come up")
        assert starter.poll() is None
        starter.stdin.close()

    until(lambda: not is_served(port), "the server outlived whoever started it")


def is_served(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", "/releases/one/report.html")
            return connection.getresponse().status == 200
    except OSError:
        return False


def until(is_so: Callable[[], bool], otherwise: str) -> None:
    for _ in range(600):
        if is_so():
            return
        threading.Event().wait(0.05)
    pytest.fail(otherwise)
