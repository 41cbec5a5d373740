"""Captures against a real server on loopback that misbehaves: what is kept, what is asked for, what is said."""

from __future__ import annotations

import csv
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
import stamina

from paperhouse.loading.captures import capture_day, is_empty
from paperhouse.loading.fetching import FetchError
from paperhouse.loading.sources import EXAMPLE, CapturePlan, Source, read_sources
from paperhouse.parsing import find_files
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.settings_file import SettingsError, read_columns
from tests.serving import serving

DAY, NEXT = date(2026, 1, 10), date(2026, 1, 11)
PAPERS = b'[{"title": "Counting Lanterns at Dusk", "summary": "We count them."}]'
OTHERS = b'[{"title": "Counting Lanterns at Dawn", "summary": "We count them again."}]'


@pytest.fixture
def server():
    with serving() as one:
        yield one


@pytest.fixture(autouse=True)
def _without_pauses():
    """Retries as many as ever, without the time between them."""
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def house(tmp_path):
    return Warehouse(tmp_path)


@pytest.fixture
def source(server):
    return Source("lanterns", f"{server.base}/day/{{day}}", pause=0)


def kept(house: Warehouse) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in find_files([house.inbox]) if file.name != "dumps.csv"}


def sidecar(house: Warehouse) -> list[dict[str, str]]:
    with (house.inbox / "captures" / "lanterns" / "dumps.csv").open() as file:
        return list(csv.DictReader(file))


def test_of_those_who_capture_from_a_source_one_asks_at_a_time_and_no_row_is_lost(server, house, source):
    days = [date(2026, 1, day) for day in range(1, 9)]
    asking = threading.BoundedSemaphore(1)

    def ask():
        assert asking.acquire(blocking=False)
        time.sleep(0.02)
        asking.release()

    server.on_get = ask
    for day in days:
        server.answer(f"/day/{day}", PAPERS.replace(b"Dusk", str(day).encode()))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda day: capture_day(house, source, day), days))
    assert sorted(row["day"] for row in sidecar(house)) == [day.isoformat() for day in days]
    assert len(kept(house)) == len(days)


def test_a_day_is_kept_as_it_came_with_when_and_from_where(server, house, source):
    server.answer("/day/2026-01-10", PAPERS)
    done = capture_day(house, source, DAY)
    assert kept(house) == {"2026-01-10.json": PAPERS}
    assert (len(done.files), done.byte_count) == (1, len(PAPERS))
    [row] = sidecar(house)
    assert (row["file_name"], row["source"]) == ("2026-01-10.json", f"{server.base}/day/2026-01-10")
    assert date.fromisoformat(row["captured_on"]) >= date(2026, 11, 1)
    assert server.headers[0]["User-Agent"].startswith("paperhouse/")


def test_the_same_bytes_are_kept_once_and_other_ones_beside_them(server, house, source):
    server.answer("/day/2026-01-10", PAPERS, PAPERS, OTHERS)
    server.answer("/day/2026-01-11", PAPERS)
    assert [len(capture_day(house, source, DAY).files) for _ in range(3)] == [1, 0, 1]
    assert capture_day(house, source, NEXT).known_pages == 1  # a day that repeats the day before
    assert kept(house) == {"2026-01-10.json": PAPERS, "2026-01-10.r2.json": OTHERS}


def test_what_has_not_changed_is_not_sent_again(server, house, source):
    tag = {"ETag": '"one"', "Last-Modified": "Sat, 10 Jan 2026 10:00:00 GMT"}
    server.answer("/day/2026-01-10", (200, tag, PAPERS, -1), (304, {}, b"", 0))
    capture_day(house, source, DAY)
    assert capture_day(house, source, DAY).known_pages == 1
    asked = server.headers[-1]
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == (tag["ETag"], tag["Last-Modified"])
    assert kept(house) == {"2026-01-10.json": PAPERS}


@pytest.mark.parametrize(
    ("answers", "times", "said"),
    [
        pytest.param([404], 1, "answered 404 Not Found", id="not there"),
        pytest.param([403], 1, "answered 403 Forbidden", id="forbidden"),
        pytest.param([503, 500, 502], 3, "answered 502", id="down"),
        pytest.param([(429, {"Retry-After": "999999"}, b"", -1)], 1, "answered 429", id="wait for eleven days"),
        pytest.param([(200, {}, PAPERS[:40], len(PAPERS))], 3, "gave no whole answer", id="half, as promised"),
        pytest.param([PAPERS[:40]], 1, "no json", id="half, as if whole"),
        pytest.param([b"<html>Please log in</html>"], 1, "no json", id="another page in its place"),
        pytest.param([(302, {"Location": "/day/2026-01-10"}, b"", -1)], None, "redirect", id="round in circles"),
    ],
)
def test_what_is_no_whole_answer_is_a_reason_and_never_a_dump(server, house, source, answers, times, said):
    server.answer("/day/2026-01-10", *answers)
    with pytest.raises(FetchError, match=f"(?i)/day/2026-01-10.*{said}"):
        capture_day(house, source, DAY)
    assert kept(house) == {}
    assert times is None or server.asked["/day/2026-01-10"] == times


def test_nobody_there_is_a_reason(server, house, source):
    server.close()
    with pytest.raises(FetchError, match="gave no whole answer"):
        capture_day(house, source, DAY)
    assert kept(house) == {}


def test_what_passes_by_itself_is_asked_for_again(server, house, source):
    server.answer("/day/2026-01-10", 503, (429, {"Retry-After": "0"}, b"", -1), PAPERS)
    capture_day(house, source, DAY)
    assert kept(house) == {"2026-01-10.json": PAPERS}
    assert server.asked["/day/2026-01-10"] == 3


def test_pages_to_the_last_one_and_none_where_one_is_missing(server, house, source):
    paged = replace(source, address=f"{server.base}/day/{{day}}?page={{page}}", paging="page", first_page=0)
    server.answer("/day/2026-01-10?page=0", PAPERS)
    server.answer("/day/2026-01-10?page=1", 500)
    with pytest.raises(FetchError, match="page=1 answered 500"):
        capture_day(house, paged, DAY)
    assert kept(house) == {}
    server.answer("/day/2026-01-10?page=1", OTHERS)
    server.answer("/day/2026-01-10?page=2", b'{"papers": [], "total": 2}')
    capture_day(house, paged, DAY)
    assert kept(house) == {"2026-01-10.json": PAPERS, "2026-01-10.p2.json": OTHERS}
    server.answer("/day/2026-01-11?page=0", OTHERS)
    server.answer("/day/2026-01-11?page=1", OTHERS)  # the last page for ever
    assert capture_day(house, paged, NEXT).known_pages == 1


def test_pages_by_links_and_by_tokens(server, house, source):
    following = {"Link": '</day/2026-01-10/more>; rel="next"'}
    server.answer("/day/2026-01-10", (200, following, PAPERS, -1))
    server.answer("/day/2026-01-10/more", OTHERS)
    assert len(capture_day(house, replace(source, paging="link"), DAY).files) == 2
    first = b"<OAI><record/><resumptionToken>a/b c</resumptionToken></OAI>"
    server.answer("/oai?verb=ListRecords&from=2026-01-11", first)
    server.answer("/oai?verb=ListRecords&resumptionToken=a%2Fb%20c", b"<OAI><record/><resumptionToken/></OAI>")
    listing = Source(
        "listing", f"{server.base}/oai?verb=ListRecords&from={{day}}", format="xml", paging="resumption", pause=0
    )
    assert [file.name for file in capture_day(house, listing, NEXT).files] == ["2026-01-11.xml", "2026-01-11.p2.xml"]


def test_a_page_on_another_server_is_not_asked_for(server, house, source):
    elsewhere = {"Link": '<http://localhost:1/more>; rel="next"'}
    server.answer("/day/2026-01-10", (200, elsewhere, PAPERS, -1))
    with pytest.raises(FetchError, match="on another server"):
        capture_day(house, replace(source, paging="link"), DAY)
    assert kept(house) == {}


def test_an_entity_of_an_answer_is_not_followed(server, house, source, tmp_path):
    (tmp_path / "secret").write_text("a secret")
    bomb = f'<!DOCTYPE a [<!ENTITY s SYSTEM "file://{tmp_path}/secret">]><a>&s;</a>'.encode()
    server.answer("/day/2026-01-10", bomb)
    capture_day(house, replace(source, format="xml"), DAY)
    assert kept(house) == {"2026-01-10.xml": bomb}  # as it came


@pytest.mark.parametrize("body", [b"[]", b" {}\n", b"null", b'{"papers": [], "page": 3}'])
def test_a_day_without_anything_is_no_dump(server, house, source, body):
    server.answer("/day/2026-01-10", body)
    assert capture_day(house, source, DAY).empty_pages == 1
    assert kept(house) == {}
    assert not is_empty(PAPERS)


def test_sources_as_the_example_teaches_them(tmp_path):
    file = tmp_path / "warehouse.toml"
    assert read_sources(file) == CapturePlan()
    file.write_text(EXAMPLE)
    assert read_sources(file) == CapturePlan(date(2026, 1, 1), "UTC", ())
    assert read_columns(file) == read_columns(tmp_path / "none.toml")
    switched_on = "\n".join(
        line.removeprefix("# ") if line.startswith(("# [", "# address", "# format", "# paging", "# pause")) else line
        for line in EXAMPLE.splitlines()
    ).replace("# first_page", "first_page")
    file.write_text(switched_on)
    daily, archive, listing = sorted(read_sources(file).sources, key=lambda one: one.name != "daily_papers")
    assert daily.locate(DAY, 1).endswith("date=2026-01-10")
    assert archive.locate(DAY, 3).endswith("/2026/01/10?page=3")
    assert (listing.format, listing.paging, listing.pause) == ("xml", "resumption", 5.0)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('start = "soon"', "start = 'soon' cannot be used"),
        ("start = 2026-01-01T10:00:00", "cannot be used"),
        ('time_zone = "Mars/Olympus"', "no time zone 'Mars/Olympus'"),
        ("ending = 2026-01-01", "no setting 'ending'"),
        ('[capture.a]\naddress = "https://a.example/all"', "no {day}"),
        ('[capture.a]\naddress = "https://a.example/{days}"', "{days}"),
        ('[capture.a]\naddress = "https://a.example/{day"', "no template"),
        ('[capture.a]\naddress = "file:///etc/{day}"', "begins with neither"),
        ('[capture.a]\naddress = "https://me:secret@a.example/{day}"', "name or password"),
        ('[capture.a]\naddress = "https://a.example/{day}/{page}"', "{page}"),
        ('[capture.a]\naddress = "https://a.example/{day}"\nformat = "pdf"', "format of a may be"),
        ('[capture.a]\naddress = "https://a.example/{day}"\npause = -1', "pause of a"),
        ('[capture.a]\naddress = "https://a.example/{day}"\npauses = 1', "no setting 'pauses'"),
        ('[capture."../up"]\naddress = "https://a.example/{day}"', "no name of a source"),
    ],
)
def test_a_source_that_cannot_be_followed_is_named_with_its_line(tmp_path, line, said):
    file = tmp_path / "warehouse.toml"
    file.write_text(f"[capture]\n{line}\n")
    with pytest.raises(SettingsError, match=r"warehouse\.toml") as caught:
        read_sources(file)
    assert said in str(caught.value)


def test_the_sidecar_of_somebody_else_is_gone_on_with(server, house, source):
    folder = house.inbox / "captures" / "lanterns"
    folder.mkdir(parents=True)
    (folder / "dumps.csv").write_text("file_name,captured_on\nold.json,2025-12-31\n")
    server.answer("/day/2026-01-10", PAPERS)
    capture_day(house, source, DAY)
    before, _ = sidecar(house)
    assert (before["file_name"], before["captured_on"]) == ("old.json", "2025-12-31")
    assert json.loads(kept(house)["2026-01-10.json"])
