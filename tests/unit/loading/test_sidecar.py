"""What `dumps.csv` beside dumps may say, what of it is used, and what is said of the rest."""

import datetime

import pytest

from paperhouse.loading.sidecars import split_sidecars

DESCRIBED = "select file_names[1], captured_on::varchar, captured_on_source, source, note from raw.dumps order by 1"


def test_date_source_and_note_land_in_raw_dumps(house, api_day):
    house.write("a.json", api_day(2))
    house.write("b.json", api_day(2, start=50))
    house.write("dumps.csv", 'file name,captured_on,source,note\na.json,2025-03-11,saved by hand,"with, comma"\n')
    assert house.load() == []
    assert house.ask(DESCRIBED) == [
        ("a.json", "2025-03-11", "sidecar", "saved by hand", "with, comma"),
        ("b.json", None, None, None, None),
    ]
    assert house.ask("select captured_on_precision from raw.dumps where source is not null") == [("day",)]


def test_a_sidecar_outranks_the_date_of_the_file_and_gives_it_back(house):
    page = "title,abstract\n" + "Vole Census: Counting,We count voles in hedges and find many of them there. \n"
    house.write("2025-03-01.csv", page)
    house.load()
    own = house.ask(DESCRIBED)
    assert own[0][1:3] == ("2025-03-01", "file_name")
    for day in ("2025-03-11", "2025-03-12"):  # a changed sidecar changes a dump that is loaded already
        house.write("dumps.csv", f"file_name,captured_on\n2025-03-01.csv,{day}\n")
        house.load()
        assert house.ask(DESCRIBED)[0][1:3] == (day, "sidecar")
    (house.dumps / "dumps.csv").unlink()
    house.load()
    assert house.ask(DESCRIBED) == own


def test_a_sidecar_for_a_file_named_alone_counts(house, api_day):
    path = house.write("a.json", api_day(2))
    house.write("dumps.csv", "file_name,captured_on\na.json,2025-03-11\n")
    house.load(path)
    assert house.ask(DESCRIBED)[0][1] == "2025-03-11"


def test_two_sidecars_on_one_dump_give_the_earlier_day_in_either_order(house, api_day):
    for order in (("x", "y"), ("y", "x")):
        with house.warehouse.connect() as connection:
            for table in ("raw.dumps", "raw.sidecars", "raw.files", "raw.dump_dates"):
                connection.execute(f"delete from {table}")
        for folder in order:
            house.write(f"{folder}/a.json", api_day(2))
            day = "2025-03-11" if folder == "x" else "2025-03-10"
            house.write(f"{folder}/dumps.csv", f"file_name,captured_on,source\na.json,{day},{folder}\n")
            house.load(house.dumps / folder)
        assert house.ask(DESCRIBED)[0][1:4] == ("2025-03-10", "sidecar", "y")


@pytest.mark.parametrize(
    ("sidecar", "line", "said"),
    [
        ("file_name,captured_on\nnope.json,2025-03-11\n", 2, "there is no dump 'nope.json'"),
        ("file_name,captured_on\na.json,2025-02-30\n", 2, "no day of the calendar"),
        ("file_name,captured_on\na.json,Mar 11\n", 2, "no day of the calendar"),
        ("file_name,captured_on\na.json,2025-03-11\na.json,2025-03-12\n", 3, "described on line 2 already"),
        ("name of it,captured_on\na.json,2025-03-11\n", 1, "no column file_name"),
        ("file_name,source\na.json,me\n", 1, "no column captured_on"),
        ("file_name,captured_on\n,2025-03-11\n", 2, "names no file"),
        ("file_name,captured_on\n../a.json,2025-03-11\n", 2, "outside"),
        ("file_name,captured_on\n/etc/passwd,2025-03-11\n", 2, "outside"),
        ("file_name,captured_on\na.json,2025-03-11,x,y\n", 2, "more cells"),
        ("file_name,captured_on\ndumps.csv,2025-03-11\n", 2, "there is no dump"),
        (b"file_name,captured_on\n\xff\xfea.json,2025-03-11\n", 1, "not UTF-8"),
        ("", 1, "no column file_name"),
    ],
)
def test_a_row_that_cannot_be_used_is_said_with_line_and_remedy_and_stops_nothing(house, api_day, sidecar, line, said):
    house.write("a.json", api_day(2))
    house.write("dumps.csv", sidecar)
    notes = house.load()
    assert len(notes) == 1
    assert f"dumps/dumps.csv, line {line}: " in notes[0]
    assert said in notes[0]
    assert house.ask("select count(*) from raw.dumps") == [(1,)]
    assert house.ask("select line from raw.sidecars where problem is not null") == [(line,)]


def test_a_wrong_date_keeps_source_and_note(house, api_day):
    house.write("a.json", api_day(2))
    house.write("dumps.csv", "file_name,captured_on,source,note\na.json,2025-02-30,me,mine\n")
    house.load()
    assert house.ask(DESCRIBED) == [("a.json", None, None, "me", "mine")]


def test_spreadsheets_write_semicolons_and_a_mark(house, api_day):
    house.write("a.json", api_day(2))
    house.write("dumps.csv", "\ufefffile_name;captured_on;note\r\na.json;2025-03-11;a, b\r\n")
    assert house.load() == []
    assert house.ask(DESCRIBED)[0][1:] == ("2025-03-11", "sidecar", None, "a, b")


def test_a_table_of_papers_called_dumps_csv_is_a_dump(house):
    path = house.write("dumps.csv", "title,abstract\nVole Census,We count voles in hedges and find many there.\n")
    assert split_sidecars([path]) == ([path], [])
    house.load()
    assert house.ask("select layout, entry_count from raw.dumps")[0][1] == 1


def test_nothing_of_a_sidecar_is_run(house, api_day):
    house.write("a.json", api_day(2))
    house.write("dumps.csv", "file_name,captured_on,source,note\na.json,2025-03-11,'); drop table raw.dumps; --,=1+1\n")
    house.load()
    assert house.ask("select captured_on, source, note from raw.dumps") == [
        (datetime.date(2025, 3, 11), "'); drop table raw.dumps; --", "=1+1")
    ]
