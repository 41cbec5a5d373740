"""Texts beyond a batch: in another process, with the same facts."""

import pytest

from paperhouse.loading import texts
from paperhouse.loading.texts import extract_new_texts, forget_texts
from paperhouse.processes import Worker, WorkerEndedError
from paperhouse.warehouse.tables import EXTRACTED_TABLES


@pytest.fixture
def started(monkeypatch, tell_started):
    """The processes that were started, and batches of two texts, three of them in a file."""
    monkeypatch.setattr(texts, "BATCH_SIZE", 2)
    monkeypatch.setattr(texts, "READ_SIZE", 3)
    return tell_started(texts)


def test_another_process_finds_the_same(house, rows_of, request):
    house.write("table.jsonl", rows_of(7, 0))
    house.load()
    assert extract_new_texts(house.warehouse) == 7
    tables = [name for name in EXTRACTED_TABLES if name != "extracted.words"]
    before = {name: house.ask(f"from {name} order by all") for name in tables}
    with house.warehouse.connect() as connection:
        forget_texts(connection)
    started = request.getfixturevalue("started")
    assert extract_new_texts(house.warehouse) == 7
    assert {name: house.ask(f"from {name} order by all") for name in tables} == before
    assert [process.lives() for process in started] == [False]
    assert not (house.warehouse.folder / ".texts.new").exists()
    assert extract_new_texts(house.warehouse) == 0
    assert len(started) == 1


def test_where_that_process_ends_nothing_is_loaded_and_nothing_left(house, rows_of, started, monkeypatch):
    house.write("table.jsonl", rows_of(7, 0))
    house.load()
    monkeypatch.setattr(Worker, "ask", lambda worker, *question: worker._process.kill())
    with pytest.raises(WorkerEndedError, match="ended the process in which texts are worked on, as"):
        extract_new_texts(house.warehouse)
    assert house.ask("select count(*) from extracted.texts") == [(0,)]
    assert not (house.warehouse.folder / ".texts.new").exists()
