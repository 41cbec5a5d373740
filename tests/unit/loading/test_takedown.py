"""Papers that are taken down: their entries lose their text, and come back by no way of reading."""

from __future__ import annotations

import json

import pytest

from paperhouse.loading.replay import replay_dumps
from paperhouse.loading.takedown import UnknownPaperError, find_papers, take_down

TITLE = "Vole Census {}: Counting Small Mammals in Hedges"
ABSTRACT = "We count voles in hedge number {0} and find that they prefer the shade of old oaks. " * 3


def write(rows) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def paper(number, title=None, **more):
    return {"title": title or TITLE.format(number), "abstract": ABSTRACT.format(number), **more}


@pytest.fixture
def told(house):
    """Two papers with ids and one without, read, and told apart as a build would."""
    house.write("a.jsonl", write([paper(1, arxiv_id="2503.00001"), paper(2, doi="10.1000/two"), paper(3)]))
    house.load()
    tell_apart(house)
    return house


def tell_apart(house):
    with house.warehouse.connect() as connection:
        connection.execute("create schema if not exists marts")
        connection.execute(
            "create or replace table marts.entries as select dump_id, position, 'p' || position as paper_id "
            "from raw.entries"
        )
        connection.execute(
            "create or replace table marts.papers as select 'p' || position as paper_id, title, arxiv_id, doi "
            "from raw.entries"
        )
        connection.execute(
            "create or replace table marts.paper_redirects as select 'old' as old_paper_id, 'p1' as paper_id"
        )


def remove(house, *names) -> int:
    with house.warehouse.connect() as connection:
        return take_down(connection, find_papers(connection, names))


def titles(house):
    return [title for (title,) in house.ask("select title from raw.entries order by title")]


def test_entries_become_rejects_without_their_text_and_all_lines_are_accounted_for(told):
    before = told.ask("select line_count, blank_line_count, entry_line_count, rejected_line_count from raw.dumps")
    assert remove(told, "2503.00001") == 1
    assert titles(told) == [TITLE.format(2), TITLE.format(3)]
    assert told.ask("select reason, first_line, last_line, text from raw.rejects") == [("taken_down", 1, 1, "")]
    assert told.ask("select entry_count, reject_count, status from raw.dumps") == [(2, 1, "loaded")]
    after = told.ask("select line_count, blank_line_count, entry_line_count, rejected_line_count from raw.dumps")
    assert after == before


def test_nothing_that_is_remembered_says_what_it_was(told):
    remove(told, "2503.00001", "10.1000/TWO", "p3")
    for table in ("quality.taken_down", "raw.rejects", "raw.dumps"):
        for row in told.ask(f"select cast(t as varchar) from {table} as t"):
            assert not any(word in row[0] for word in ("Vole", "voles", "2503.00001", "10.1000"))
    assert told.ask("select distinct paper_id from quality.taken_down order by 1") == [
        ("old",),
        ("p1",),
        ("p2",),
        ("p3",),
    ]


@pytest.mark.parametrize(
    ("name", "row", "stays"),
    [
        ("2503.00001", paper(7, arxiv_id="2503.00001v3"), False),
        ("2503.00001", paper(7, arxiv_id="2503.00007"), True),
        ("2503.00001", paper(1), False),
        ("2503.00001", paper(7, title="VOLE  census 1 — counting small mammals in hedges!"), False),
        # Its title alone is not it, where ids say otherwise.
        ("2503.00001", paper(7, title=TITLE.format(1), arxiv_id="2503.00007"), True),
        ("10.1000/two", paper(7, doi="https://doi.org/10.1000/TWO"), False),
        ("10.1000/two", paper(2, arxiv_id="2503.00002"), False),
        # A paper without an id is known by its title wherever it comes.
        ("p3", paper(7, title=TITLE.format(3), arxiv_id="2503.00003"), False),
        ("p3", paper(7), True),
    ],
)
def test_what_comes_again_is_known_and_what_is_another_is_not(told, name, row, stays):
    remove(told, name)
    kept = len(titles(told))
    told.write("b.jsonl", write([row, paper(9, arxiv_id="2503.00009")]))
    notes = told.load()
    assert len(titles(told)) == kept + 1 + stays
    assert any("Entries of papers that were taken down: 1" in note for note in notes) is not stays


def test_reading_old_dumps_again_brings_nothing_back(told):
    remove(told, "p1")
    result = replay_dumps(told.warehouse, None, None, True, True, lambda name, done, total: None)
    assert result.is_accepted
    assert titles(told) == [TITLE.format(2), TITLE.format(3)]
    assert told.ask("select reason, text from raw.rejects") == [("taken_down", "")]


def test_what_was_forgotten_does_not_come_back_with_it(told):
    from paperhouse.loading.forgotten import bring_back, forget

    told.write("b.jsonl", write([paper(1, arxiv_id="2503.00001", upvotes=3), paper(8)]))
    told.load()
    with told.warehouse.connect() as connection:
        [again] = connection.execute(
            "select dump_id from raw.dumps where list_contains(file_names, 'b.jsonl')"
        ).fetchone()
        forget(connection, [again])
    remove(told, "p1")
    with told.warehouse.connect() as connection:
        assert bring_back(connection) == []


@pytest.mark.parametrize("name", ["2503", "", "p", "Vole Census 1", "%", "2503.0000_"])
def test_a_part_of_a_name_takes_nothing_down(told, name):
    with pytest.raises(UnknownPaperError):
        remove(told, name)
    assert len(titles(told)) == 3


def test_before_a_build_there_are_no_papers_to_name(house):
    house.write("a.jsonl", write([paper(1)]))
    house.load()
    with pytest.raises(UnknownPaperError, match="No build has told papers apart yet"):
        remove(house, "p1")
