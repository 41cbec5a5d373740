"""Reading dumps again: what differs, what is accepted, what cannot be read."""

import pytest

from paperhouse.loading import intake, replay
from paperhouse.loading.replay import replay_dumps
from paperhouse.loading.texts import extract_new_texts
from paperhouse.parsing import assembly
from paperhouse.warehouse.settings_file import read_columns
from paperhouse.warehouse.tables import RAW_TABLES

CONTENT = "select dump_id, position, title, abstract, text_id from raw.entries order by all"


@pytest.fixture
def run(house):
    def call(ids=None, reason=None, every=False, accept=False):
        return replay_dumps(house.warehouse, ids, reason, every, accept, lambda name, done, total: None)

    return call


@pytest.fixture
def loaded(house, rows_of, api_day):
    """A table with rejects and a day without; the table was read by another version, badly."""
    house.write("table.jsonl", rows_of(6, 3))
    house.write("day.json", api_day(3))
    house.load()
    with house.warehouse.connect() as connection:
        connection.execute("update raw.dumps set parser_version = '0' where file_names[1] = 'table.jsonl'")
        table = "dump_id = (select dump_id from raw.dumps where file_names[1] = 'table.jsonl')"
        connection.execute(f"delete from raw.entries where {table} and position = 2")
        connection.execute(f"update raw.entries set title = 'Wrong', text_id = 'wrong' where {table} and position = 3")
        connection.execute(
            "insert into raw.entries by name "
            f"select * replace ('Ghost' as title, 999 as first_line, 99 as position) from raw.entries "
            f"where {table} and position = 4"
        )
        connection.execute(f"delete from raw.rejects where {table} and reject_number = 1")
        connection.execute(f"update raw.rejects set text = 'other' where {table} and reject_number = 2")
        connection.execute(f"update raw.dumps set layout = 'odd', entry_count = 6 where {table}")
    extract_new_texts(house.warehouse)
    return house


def test_the_difference_is_shown_and_nothing_changes(loaded, run):
    before = loaded.ask(CONTENT), loaded.ask("select * exclude (loaded_at) from raw.dumps order by 1")
    result = run()
    assert result.chosen_count == 1
    [change] = result.changes
    assert change.file_name == "table.jsonl"
    # One entry was missing, one was a ghost, one was wrong; one reject was wrong and one missing.
    assert change.counts == (1, 1, 1, 1, 2)
    assert change.other == "layout"
    assert not result.is_accepted
    assert (loaded.ask(CONTENT), loaded.ask("select * exclude (loaded_at) from raw.dumps order by 1")) == before


def test_what_is_accepted_equals_a_fresh_load(loaded, run, tmp_path):
    assert run(accept=True).is_accepted
    accepted = loaded.ask(CONTENT)
    assert loaded.ask("select count(*), min(parser_version) from raw.dumps") == [(2, assembly.PARSER_VERSION)]
    assert loaded.ask("select count(*) from extracted.texts") == [(0,)]  # a text of the old reading is gone: start over
    again = run(every=True)
    assert [change.is_difference for change in again.changes] == [False, False]
    with loaded.warehouse.connect() as connection:
        for table in RAW_TABLES:
            connection.execute(f"delete from {table}")
    loaded.load()
    assert loaded.ask(CONTENT) == accepted


def test_texts_stay_where_the_new_reading_only_adds(loaded, run):
    with loaded.warehouse.connect() as connection:
        connection.execute("delete from raw.entries where title in ('Wrong', 'Ghost')")
        connection.execute("delete from extracted.texts where text_id not in (select text_id from raw.entries)")
        kept = connection.execute("select count(*) from extracted.texts").fetchall()[0][0]
    run(accept=True)
    assert loaded.ask("select count(*) from extracted.texts") == [(kept,)] != [(0,)]


def test_dumps_are_chosen_by_id_reason_and_all(loaded, run):
    day = loaded.ask("select dump_id from raw.dumps where file_names[1] = 'day.json'")[0][0]
    assert run(ids=[day]).chosen_count == 1
    assert run(every=True).chosen_count == 2
    assert run(reason="truncated_feed").chosen_count == 0
    reason = loaded.ask("select min(reason) from raw.rejects")[0][0]
    assert run(reason=reason).chosen_count == 1
    assert run(ids=[day], reason=reason).chosen_count == 0


def test_a_build_says_which_dumps_another_version_read(loaded):
    [note] = loaded.load()
    assert "1 by version 0" in note
    assert "paperhouse replay" in note


@pytest.mark.parametrize(("fate", "said"), [("gone", "is gone"), ("changed", "has changed"), ("unknown", "not known")])
def test_bytes_that_are_not_there_are_said_and_nothing_is_lost(loaded, run, fate, said):
    path = loaded.dumps / "table.jsonl"
    if fate == "gone":
        path.unlink()
    elif fate == "changed":
        path.write_text(path.read_text() + "more\n")
    else:
        with loaded.warehouse.connect() as connection:
            connection.execute("delete from raw.files")
    before = loaded.ask(CONTENT)
    result = run(accept=True)
    assert (result.changes, result.is_accepted) == ([], False)
    assert said in result.problems[0]
    assert loaded.ask(CONTENT) == before


def test_a_file_that_moves_while_it_is_read_again_is_left_out(loaded, run, monkeypatch):
    read_dumps = replay.read_dumps

    def parse_and_unlink(dumps, **options):
        yield from read_dumps(dumps, **options)
        (loaded.dumps / "table.jsonl").unlink()

    monkeypatch.setattr(replay, "read_dumps", parse_and_unlink)
    before = loaded.ask(CONTENT)
    result = run(accept=True)
    assert result.changes == []
    assert "gone" in result.problems[0]
    assert loaded.ask(CONTENT) == before


def test_a_sidecar_survives_a_replay(loaded, run):
    loaded.write("dumps.csv", "file_name,captured_on,note\ntable.jsonl,2025-03-11,mine\n")
    loaded.load()
    result = run(accept=True)
    assert "capture date" not in result.changes[0].other
    assert loaded.ask("select captured_on::varchar, note from raw.dumps where note is not null") == [
        ("2025-03-11", "mine")
    ]


def test_a_new_version_of_the_parser_reads_known_files_again(house, api_day, monkeypatch):
    """What a content is called may change with the parser (archives gained members), so no look of an older counts."""
    monkeypatch.setattr(intake, "RACY_SECONDS", -60.0)
    house.write("day.json", api_day(2))
    house.load()
    monkeypatch.setattr(intake, "PARSER_VERSION", "next")
    house.load()
    from paperhouse.showing import progress

    assert progress.counts["hashed files"] == 1


def test_other_column_names_replay_like_another_version_of_the_parser(house, run):
    """A changed mapping reads nothing by itself: the build says so, and replay shows what it would change."""
    house.write(
        "day.csv", "Papiertitel,title,abstract\n" + "Own Voles,Voles of Hedges,We count voles in the shade.\n" * 2
    )
    house.write("page.csv", "title,abstract\nOnly Voles of Hedges,We count voles in the sun.\n")
    house.load()
    settings = house.warehouse.settings_file
    settings.write_text('[columns]\ntitle = ["Papiertitel"]\n')
    version = assembly.name_version(read_columns(settings))
    [note] = house.load()
    assert f"or by other column names (now {version}): 2 by version {assembly.PARSER_VERSION}." in note
    shown = run()
    assert [(change.file_name, change.is_difference) for change in shown.changes if change.is_difference] == [
        ("day.csv", True)
    ]
    assert house.ask("select distinct title from raw.entries order by 1")[-1] == ("Voles of Hedges",)
    assert run(accept=True).is_accepted
    assert house.ask("select distinct title from raw.entries order by 1") == [("Only Voles of Hedges",), ("Own Voles",)]
    assert house.ask("select distinct parser_version from raw.dumps") == [(version,)]
    assert house.load() == []
    assert run(accept=True).chosen_count == 0
    settings.unlink()
    assert f"(now {assembly.PARSER_VERSION}): 2 by version {version}" in house.load()[0]
