"""Links to dumps on their way into the raw tables: names, changes meanwhile, sidecars, the warehouse's own files."""

import os

import pytest

from paperhouse.loading import dumps, inputs, intake
from paperhouse.loading.replay import replay_dumps
from paperhouse.parsing import MissingInputError

NAMES = "select file_names, captured_on::varchar from raw.dumps order by 1"


def test_a_link_is_known_by_its_name_and_its_content(house, api_day):
    blob = house.write("../blob", api_day(2))
    link = house.dumps / "2025-03-11.json"
    link.symlink_to(blob)
    assert house.load(link) == []
    assert house.ask("select file_names, listed_on::varchar from raw.dumps") == [(["2025-03-11.json"], "2025-03-11")]
    assert house.ask("select path from raw.files") == [(str(link),)]
    house.load(blob)  # the same content is the same dump
    assert house.ask("select file_names from raw.dumps") == [(["2025-03-11.json", "blob"],)]


def test_links_in_a_folder_are_named_and_taken_with_the_option(house, api_day):
    blob = house.write("../blob", api_day(2))
    house.write("own.json", api_day(1, start=50))
    (house.dumps / "day.json").symlink_to(blob)
    [note] = house.load()
    assert note.startswith(f"Left: {house.dumps / 'day.json'}: it is a link to {blob}; ")
    assert house.ask(NAMES) == [(["own.json"], None)]
    assert house.load(follow_links=True) == []
    assert house.ask(NAMES) == [(["day.json"], None), (["own.json"], None)]


def test_many_left_links_are_counted(house, api_day):
    for number in range(dumps.SHOWN_LINKS + 3):
        (house.dumps / f"{number}.json").symlink_to("nowhere")
    notes = house.load()
    assert len(notes) == dumps.SHOWN_LINKS + 1
    assert notes[-1] == "Left: 3 more links."


@pytest.mark.parametrize("moment", ["looked", "parsed"])
def test_a_link_that_is_turned_meanwhile_is_left(house, api_day, monkeypatch, moment):
    house.write("../one", api_day(2))
    house.write("../two", api_day(3, start=50))
    link = house.dumps / "day.json"
    link.symlink_to("../one")

    def turn():
        link.unlink()
        link.symlink_to("../two")

    if moment == "looked":
        hash_files = intake.hash_files
        monkeypatch.setattr(intake, "hash_files", lambda files: (hash_files(files), turn())[0])
    else:
        read_dumps = dumps.read_dumps

        def parse_and_turn(new, **options):
            yield from read_dumps(new, **options)
            if new.height:
                turn()

        monkeypatch.setattr(dumps, "read_dumps", parse_and_turn)
    [note] = house.load(link)
    assert "it changed while it was being read" in note
    assert house.ask("select count(*) from raw.dumps") == [(0,)]
    monkeypatch.undo()
    assert house.load(link) == []
    assert house.ask("select entry_count from raw.dumps") == [(3,)]


def test_a_turned_link_is_read_again_although_it_is_known(house, api_day, monkeypatch):
    monkeypatch.setattr(intake, "RACY_SECONDS", -60.0)
    for number in (1, 2):
        os.utime(house.write(f"../{number}", api_day(2, start=10 * number)), (1, 1))
    link = house.dumps / "day.json"
    for number in (1, 2):
        link.unlink(missing_ok=True)
        link.symlink_to(f"../{number}")
        house.load(link)
    assert house.ask("select count(*) from raw.dumps") == [(2,)]


def test_a_link_replays(house, api_day):
    house.write("../blob", api_day(2))
    link = house.dumps / "day.json"
    link.symlink_to("../blob")
    house.load(link)
    with house.warehouse.lock():
        result = replay_dumps(house.warehouse, None, None, True, False, lambda name, done, total: None)
    assert (result.chosen_count, result.problems) == (1, [])


def test_a_sidecar_that_is_a_link_counts_only_where_links_are_followed(house, api_day):
    told = house.write("../told.csv", "file_name,captured_on\nday.json,2025-03-11\n")
    day = house.write("day.json", api_day(2))
    (house.dumps / "dumps.csv").symlink_to(told)
    for paths in ((), (day,)):
        [note] = house.load(*paths)
        assert "dumps.csv: it is a link to" in note
        assert house.ask(NAMES) == [(["day.json"], None)]
        assert house.load(*paths, follow_links=True) == []
        assert house.ask(NAMES) == [(["day.json"], "2025-03-11")]
    assert house.load(day, house.dumps / "dumps.csv") == []
    assert house.ask(NAMES) == [(["day.json"], "2025-03-11")]


def test_a_sidecar_tells_of_a_link_by_the_link_s_name(house, api_day):
    house.write("../blob", api_day(2))
    (house.dumps / "day.json").symlink_to("../blob")
    house.write("dumps.csv", "file_name,captured_on\nday.json,2025-03-11\n")
    assert house.load(follow_links=True) == []
    assert house.ask(NAMES) == [(["day.json"], "2025-03-11")]


@pytest.mark.parametrize("target", ["warehouse", "parent", "release"])
def test_links_never_lead_to_what_a_build_has_written(house, api_day, target):
    house.write("own.json", api_day(1))
    release = house.warehouse.releases / "1"
    release.mkdir()
    (release / "papers.jsonl").write_text(api_day(3, start=50))
    (house.warehouse.inbox / "page.json").write_text(api_day(2, start=70))
    ends = {"warehouse": house.warehouse.folder, "parent": house.warehouse.folder.parent, "release": release}
    (house.dumps / "loop").symlink_to(ends[target])
    notes = house.load(follow_links=True)
    assert any("lies in the warehouse itself" in note for note in notes)
    taken = [["own.json"]] if target == "release" else [["own.json"], ["page.json"]]
    assert [names for names, _ in house.ask(NAMES)] == taken
    named = house.dumps / "named.jsonl"
    named.symlink_to(release / "papers.jsonl")
    [note] = house.load(named)
    assert "lies in the warehouse itself" in note


def test_an_inbox_may_be_a_link(house, api_day):
    house.warehouse.inbox.rmdir()
    house.write("day.json", api_day(2))
    house.warehouse.inbox.symlink_to(house.dumps)
    (house.dumps / "again.json").symlink_to("day.json")
    for follow, names in ((False, ["day.json"]), (True, ["again.json", "day.json"])):
        files, _ = inputs.find_inputs(house.warehouse, [], follow)
        assert [path.name for path in files] == names


def test_an_inbox_of_links_alone_is_not_taken_for_an_empty_one(house, api_day, monkeypatch):
    (house.warehouse.inbox / "day.json").symlink_to(house.write("day.json", api_day(2)))
    with pytest.raises(MissingInputError, match=r"1 link. .*day.json.*--follow-links"):
        inputs.find_inputs(house.warehouse, [])
    assert not house.warehouse.sample.exists()
    monkeypatch.setenv("PAPERHOUSE_FOLLOW_LINKS", "yes")
    assert [path.name for path in inputs.find_inputs(house.warehouse, [])[0]] == ["day.json"]
    with pytest.raises(MissingInputError):
        inputs.find_inputs(house.warehouse, [], follow_links=False)
