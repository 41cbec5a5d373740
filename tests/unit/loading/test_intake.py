"""Which files are taken, which are known, which are left for the next run; the raw stage around them."""

import os

import pytest

from paperhouse.loading import dumps, inputs, intake
from paperhouse.loading.dumps import choose_folder, forget_dumps
from paperhouse.showing import progress
from paperhouse.warehouse.tables import RAW_TABLES


def test_a_file_written_to_while_it_is_hashed_is_left_and_taken_next_time(house, api_day, monkeypatch):
    growing, still = house.write("growing.json", api_day(3)), house.write("still.json", api_day(2, start=50))
    hash_files = intake.hash_files

    def hash_and_write(files):
        frame = hash_files(files)
        growing.write_text(api_day(4))
        return frame

    monkeypatch.setattr(intake, "hash_files", hash_and_write)
    notes = house.load()
    assert house.ask("select file_names[1] from raw.dumps") == [(still.name,)]
    assert len(notes) == 1
    assert str(growing) in notes[0]
    assert "changed" in notes[0]
    monkeypatch.setattr(intake, "hash_files", hash_files)
    assert house.load() == []
    assert house.ask("select file_names[1], entry_count from raw.dumps order by 1") == [
        ("growing.json", 4),
        ("still.json", 2),
    ]


@pytest.mark.parametrize("fate", ["changed", "gone"])
def test_a_file_that_moves_while_it_is_parsed_leaves_no_row(house, api_day, monkeypatch, fate):
    moving = house.write("moving.json", api_day(3))
    house.write("still.json", api_day(2, start=50))
    read_dumps = dumps.read_dumps

    def parse_and_move(dumps, **options):
        yield from read_dumps(dumps, **options)
        if moving.exists():
            moving.unlink()
            if fate == "changed":
                moving.write_text(api_day(9))

    monkeypatch.setattr(dumps, "read_dumps", parse_and_move)
    notes = house.load()
    assert [note for note in notes if fate in note and str(moving) in note] == notes != []
    for table in ("raw.dumps", "raw.entries", "raw.files", "raw.dump_dates"):
        assert house.ask(f"select count(distinct dump_id) from {table}") == [(1,)], table
    assert progress.counts["new dumps"] == 1


def test_a_file_that_vanishes_before_it_is_looked_at_is_said(house, api_day):
    gone = house.write("gone.json", api_day(1))
    files = [gone, house.write("still.json", api_day(2))]
    gone.unlink()
    dumps.load_dumps(house.warehouse, files)
    assert house.ask("select file_names[1] from raw.dumps") == [("still.json",)]
    assert any(str(gone) in note for note in progress.notes)


def test_a_file_being_written_is_seen_at_the_second_look(house, api_day, monkeypatch):
    monkeypatch.setattr(intake, "SETTLE_SECONDS", 3600.0)
    growing = house.write("growing.json", api_day(3))
    monkeypatch.setattr(intake.time, "sleep", lambda seconds: growing.write_text(api_day(5)))
    assert "still being written" in house.load()[0]
    assert house.ask("select count(*) from raw.dumps") == [(0,)]


def test_known_files_are_not_read_again(house, api_day, monkeypatch):
    monkeypatch.setattr(intake, "RACY_SECONDS", -60.0)  # as if the files had been lying there for long
    for number in range(5):
        house.write(f"{number}.json", api_day(2, start=10 * number))
    house.load()
    assert progress.counts["hashed files"] == 5
    house.write("new.json", api_day(2, start=90))
    house.load()
    assert (progress.counts["hashed files"], progress.counts["new dumps"]) == (1, 1)
    house.load()
    assert (progress.counts["hashed files"], progress.counts["unchanged dumps"]) == (0, 6)


def test_files_are_known_by_their_looks_alone(house, api_day, monkeypatch):
    monkeypatch.setattr(intake, "RACY_SECONDS", -60.0)
    first, second = (house.write(f"{number}.json", api_day(2, start=10 * number)) for number in range(2))
    house.load()

    def are_known(*paths):
        with house.warehouse.connect() as connection:
            return intake.are_known(paths, connection.execute("select * from raw.files").pl())

    assert are_known(first, second)
    assert are_known()
    assert not are_known(first, house.write("new.json", api_day(2, start=90)))
    assert not are_known(first, second.with_name("gone.json"))
    second.write_text(api_day(2, start=10, votes=7))
    assert are_known(first)
    assert not are_known(first, second)


def test_a_rewrite_of_equal_size_with_its_times_put_back_is_noticed(house, api_day, monkeypatch):
    """A copying program may set back every time but the one the kernel keeps."""
    monkeypatch.setattr(intake, "RACY_SECONDS", -60.0)
    path = house.write("day.json", api_day(2, votes=1))
    before = path.stat()
    house.load()
    path.write_text(api_day(2, votes=2))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    house.load()
    assert progress.counts["new dumps"] == 1


def test_a_look_right_after_a_change_is_not_remembered(house, api_day):
    house.write("day.json", api_day(2))
    house.load()
    assert house.ask("select stamp from raw.files") == [(None,)]
    house.load()
    assert progress.counts["hashed files"] == 1


def test_a_file_without_permission_is_said_and_is_no_dump(house, api_day, monkeypatch):
    secret = house.write("secret.json", api_day(2))
    opened = os.open

    def refuse(path, *arguments, **options):
        if str(path) == str(secret):
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **options)

    monkeypatch.setattr(intake.os, "open", refuse)  # as root, who runs some test machines, may read anything
    assert "permission denied; make it readable" in house.load()[0]
    assert house.ask("select count(*) from raw.dumps") == [(0,)]
    monkeypatch.undo()
    house.load()
    assert house.ask("select count(*) from raw.dumps") == [(1,)]


def test_a_folder_that_cannot_be_read_is_said_and_stops_no_other_file(house, api_day, monkeypatch):
    house.write("locked/day.json", api_day(2))
    house.write("open/day.json", api_day(1))
    listed = os.scandir

    def refuse(path):
        if str(path) == str(house.dumps / "locked"):
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)  # as root may list anything
    assert "locked: the folder cannot be read" in house.load()[0]
    assert house.ask("select count(*) from raw.dumps") == [(1,)]
    monkeypatch.undo()
    house.load()
    assert house.ask("select count(*) from raw.dumps") == [(2,)]


def test_pipes_and_files_that_became_links_since_they_were_found_are_not_taken(house, api_day):
    outside = house.write("../outside.json", api_day(2))
    link, pipe = house.dumps / "link.json", house.dumps / "pipe.json"
    link.symlink_to(outside)
    os.mkfifo(pipe)
    dumps.load_dumps(house.warehouse, [link, pipe])
    assert house.ask("select count(*) from raw.dumps") == [(0,)]
    assert sum("no regular file" in note for note in progress.notes) == 2


def test_a_file_name_that_is_not_utf8_is_said(house, api_day):
    path = house.dumps.joinpath(os.fsdecode(b"caf\xe9.json"))
    path.write_text(api_day(1))
    assert "not UTF-8" in house.load()[0]


def test_forgotten_dumps_are_read_again(house, api_day, monkeypatch):
    monkeypatch.setattr(intake, "RACY_SECONDS", -60.0)
    house.write("day.json", api_day(2))
    house.load()
    forget_dumps(house.warehouse, [row[0] for row in house.ask("select dump_id from raw.dumps")])
    house.load()
    assert progress.counts["new dumps"] == 1


def test_a_date_in_a_later_name_counts_as_in_the_first(house, api_day, monkeypatch):
    """The same bytes under a dated and an undated name: the date is known, whichever came first."""
    house.write("page.json", api_day(2))
    house.load()
    assert house.ask("select listed_on, captured_on from raw.dumps") == [(None, None)]
    house.write("2025-03-05.json", api_day(2))
    house.load()
    both = "select file_names, captured_on::varchar, captured_on_source, listed_on::varchar from raw.dumps"
    late = house.ask(both)
    assert "2025-03-05" in late[0]
    with house.warehouse.connect() as connection:
        for table in RAW_TABLES:
            connection.execute(f"delete from {table}")
    house.load()
    assert house.ask(both) == late


@pytest.mark.parametrize(
    ("folders", "chosen"),
    [
        ([], None),
        (["b"], "b"),
        (["b", "a"], "a"),
        (["zoo", "1-Apr-2025"], "1-Apr-2025"),
        (["2025-04-01", "1-Apr-2025"], "1-Apr-2025"),  # the same day twice
        (["2025-04-02", "1-Apr-2025"], None),  # two days are no evidence for either
    ],
)
def test_folder_that_dates_a_dump(folders, chosen):
    assert choose_folder(folders) == choose_folder(folders[::-1]) == chosen


def test_a_warehouse_of_an_earlier_version_gains_the_new_columns(house, api_day):
    house.write("day.json", api_day(2))
    house.load()
    with house.warehouse.connect() as connection:
        connection.execute("drop table raw.files")
        connection.execute("drop table raw.dump_dates")
        connection.execute("drop table quality.formats")
        for column in ("source", "note", "held_reason"):
            connection.execute(f"alter table raw.dumps drop column {column}")
    house.write("more.json", api_day(2, start=30))
    house.load()
    assert house.ask("select count(*), count(held_reason) from raw.dumps") == [(2, 0)]
    assert house.ask("select count(*) from raw.dump_dates") == [(2,)]


def test_a_sample_of_an_earlier_generator_leaves_nothing_behind(house):
    assert inputs.choose_inputs(house.warehouse, []) == [house.warehouse.sample]
    (house.warehouse.sample / "page of before.txt").write_text(
        "Counting Voles in Hedges\n\n" + "We count voles and find that they prefer the shade. " * 5
    )
    house.load(house.warehouse.sample)
    assert house.ask("select count(*) > 0 from raw.dumps where file_names[1] = 'page of before.txt'") == [(True,)]
    inputs.choose_inputs(house.warehouse, [])
    assert house.ask("select count(*) from raw.dumps") == [(0,)]
    assert not (house.warehouse.sample / "page of before.txt").exists()


def test_fields_that_nothing_takes_are_told_once(house):
    row = '{{"title": "Vole Census {0}: Counting Small Mammals", "abstract": "We count voles.", "shoe_size": {0}}}\n'
    house.write("a.jsonl", "".join(row.format(number) for number in range(1, 4)))
    [note] = house.load()
    assert "shoe_size (3)" in note
    house.write("b.jsonl", "".join(row.format(number) for number in range(4, 6)))
    assert house.load() == []
    assert house.ask("select sum(i.count) from raw.dumps, unnest(ignored_fields) as t (i)") == [(5,)]
