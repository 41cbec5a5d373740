"""Which texts meet which keys: in whatever steps both come, every key has been looked for in every text, once."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest

from paperhouse.loading import mentions
from paperhouse.loading.mentions import forget_searched, search_texts
from paperhouse.processes import Worker

TEXTS = {
    "t1": ("Kettle lamps", "A kettle-lamp and teapot memory."),
    "t2": ("Teapot memory", None),
    "t3": ("Nothing of all this", "But kettles, and a kettle lamp."),
    "t4": ("Pre-training", "Pretraining a teapot with pre training."),
}
KEYS = ("kettle", "kettle lamp", "teapot memory", "pre training", "pretraining", "memory")
ALL = "select * from texts"
#: Texts and keys that are kept; forms are only named.
COUNT = "select count(*) from kept where form is null"


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute("create table texts (text_id varchar, title varchar, abstract varchar)")
        connection.execute("create table keys (phrase_key varchar)")
        yield connection


def search(connection, texts, keys, folder=None):
    """One build: the texts and keys that there are now, and what is kept added to."""
    if folder is None:
        with TemporaryDirectory() as folder:
            return search(connection, texts, keys, Path(folder))
    connection.execute("delete from texts")
    connection.executemany("insert into texts values (?, ?, ?)", [(name, *TEXTS[name]) for name in texts])
    connection.execute("delete from keys")
    connection.execute("insert into keys select unnest(?::varchar[])", [list(keys)])
    (is_there,) = connection.execute("select count(*) > 0 from duckdb_tables() where table_name = 'kept'").fetchone()
    if is_there:
        forget_searched(connection, ALL, "kept")
    earlier = "kept" if is_there else None
    connection.register("found", search_texts(connection.cursor(), ALL, "select * from keys", earlier, folder))
    before = connection.execute(COUNT).fetchone()[0] if is_there else 0
    connection.execute(("insert into kept" if is_there else "create table kept as") + " select * from found")
    connection.unregister("found")
    return connection.execute(COUNT).fetchone()[0] - before


def kept(connection, keys):
    """Every place that is kept of the given keys, with how often it is kept."""
    rows = connection.execute(
        """
        with forms as (select form_number, form, phrase_key from kept where form is not null),
        found as (
            select
                text_id,
                unnest(form_numbers) as form_number, unnest(starts) as starts, unnest(title_counts) as titles
            from kept
        )
        select text_id, form, phrase_key, starts, titles from found left join forms using (form_number)
        """
    ).fetchall()
    wanted = {key.replace(" ", "") for key in keys}
    return sorted(
        (text_id, form, start, number < title_count)
        for text_id, form, key, starts, title_count in rows
        if key.replace(" ", "") in wanted
        for number, start in enumerate(starts)
    )


@pytest.fixture
def started(monkeypatch, tell_started):
    """The processes that were started: for more texts than one."""
    monkeypatch.setattr(mentions, "BATCH_SIZE", 1)
    return tell_started(mentions)


def test_another_process_finds_the_same(connection, tmp_path, request):
    """New texts meet all keys (first and second step), known ones the new keys (second and third)."""
    steps = [(["t1", "t2"], KEYS[:2]), (["t1", "t2", "t3", "t4"], KEYS[:3]), (["t1", "t2", "t3", "t4"], KEYS)]

    def search_in_steps(folder):
        counts = [search(connection, texts, keys, folder) for texts, keys in steps]
        found = kept(connection, KEYS)
        connection.execute("drop table kept")
        return counts, found

    here = search_in_steps(tmp_path)
    started = request.getfixturevalue("started")
    assert search_in_steps(tmp_path) == here
    assert [process.lives() for process in started] == [False] * 3
    assert list(tmp_path.iterdir()) == []


def test_where_that_process_ends_it_is_told_and_nothing_left(connection, tmp_path, started, monkeypatch):
    monkeypatch.setattr(Worker, "ask", lambda worker, *question: worker._process.kill())
    with pytest.raises(duckdb.Error, match="ended the process in which mentions are searched, as"):
        search(connection, TEXTS, KEYS, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seed", range(12))
def test_steps_find_what_one_search_finds(connection, seed):
    """Texts and keys that come, go and come again; what is left is found once."""
    chance = random.Random(seed)
    for _ in range(4):
        texts = chance.sample(sorted(TEXTS), chance.randint(1, len(TEXTS)))
        keys = chance.sample(KEYS, chance.randint(1, len(KEYS)))
        search(connection, texts, keys)
        in_steps = kept(connection, keys)
        with duckdb.connect() as other:
            other.execute("create table texts (text_id varchar, title varchar, abstract varchar)")
            other.execute("create table keys (phrase_key varchar)")
            search(other, texts, keys)
            assert in_steps == kept(other, keys)


def test_nothing_new_adds_nothing(connection):
    assert search(connection, TEXTS, KEYS) == len(TEXTS) + len(KEYS)
    assert search(connection, TEXTS, KEYS) == 0
    # Without two keys nothing is looked for, and with them again nothing either.
    assert search(connection, TEXTS, KEYS[2:]) == 0
    assert search(connection, TEXTS, KEYS) == 0


def test_a_new_key_adds_itself_and_the_texts_that_have_it(connection):
    search(connection, TEXTS, KEYS[2:])
    assert search(connection, TEXTS, KEYS[1:]) == 1 + 2  # kettle lamp: t1, t3
    assert search(connection, TEXTS, [*KEYS[1:], "samovar"]) == 1


def test_other_rules_begin_anew(connection):
    search(connection, TEXTS, KEYS)
    before = kept(connection, KEYS)
    connection.execute("update kept set text_version = 'other', form_numbers = []")
    assert search(connection, TEXTS, KEYS) == len(TEXTS) + len(KEYS)
    assert kept(connection, KEYS) == before


def test_texts_that_are_gone_are_forgotten(connection):
    search(connection, TEXTS, KEYS)
    search(connection, ["t1"], KEYS)
    assert connection.execute("select distinct text_id from kept where text_id is not null").fetchall() == [("t1",)]
    forms = connection.execute("select distinct form from kept where form is not null order by form").fetchall()
    assert forms == [("Kettle",), ("Kettle lamps",), ("kettle",), ("kettle-lamp",), ("memory",), ("teapot memory",)]


def test_a_table_of_another_shape_begins_anew(connection):
    search(connection, TEXTS, KEYS)
    before = kept(connection, KEYS)
    connection.execute("alter table kept drop column form_numbers")
    connection.execute("alter table kept add column forms varchar[]")
    assert search(connection, TEXTS, KEYS) == len(TEXTS) + len(KEYS)
    assert kept(connection, KEYS) == before


def test_no_keys_find_nothing_and_are_no_error(connection):
    search(connection, TEXTS, [])
    assert kept(connection, KEYS) == []
    search(connection, TEXTS, KEYS)
    assert kept(connection, KEYS) != []
