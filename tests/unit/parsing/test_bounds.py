"""Values that no column can hold and no paper can have: nothing in their place, a flag, and the entry goes on."""

import io
import json
from datetime import date

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from parsed_tables import parse_each

from paperhouse.parsing import bounds, findings, lines
from paperhouse.parsing.assembly import assemble
from paperhouse.parsing.files import Source

A = "We wind a heron of brass at dawn and count how often it folds its wings. It folds them twice as often in rain."
TITLE = "Folding Wings of a Brass Heron in Rain"
COUNTS = ["author_count", "upvotes", "comment_count", "github_stars"]
NO_COUNTS = [2**31, 2**63, 2**64, 10**400, -1, 1e308, 7.5, True, "1e308", "many", "-3", "9" * 400, [1], {"a": 1}]
NO_DAYS = ["9999-12-31", "3000-01-01", "2200-06-01", "1900-01-01", "1970-01-01", "1970-01-01T00:00:00Z", "0001-01-01"]
NO_DAYS += ["1601-01-01", "1753-01-01", "2038-01-19", "2038-01-19T03:14:07Z", "2079-06-06"]
NO_DAYS += ["1969-12-31", "1904-01-01", "1582-10-15", "2036-02-07", "2099-12-31"]
NO_ADDRESSES = ["javascript:alert(1)", 'https://a.example/" onclick="x', "data:text/html,x", "Yes", "http://localhost/"]
SENTINELS = [
    *("Mon, 01 Jan 0001 00:00:00 GMT", "Mon, 01 Jan 1 00:00:00 GMT", "Mon Jan  1 00:00:00 0001"),
    *("Wed, 31 Dec 1969 16:00:00 -0800", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 +0000"),
    *("1/1/1900 12:00:00 AM", "12/30/1899 0:00:00", "1970-01-01T01:00:00+01:00"),
]
NO_YEARS = ["9999", "3000", "0001", "0", "-1", "20240", "2101", "999"]
#: Ways in which a record is written with a day, and with a year.
WITH_DAY = {
    "json": lambda day: write_json(publishedAt=day),
    "api": lambda day: write_api(publishedAt=day),
    "csv": lambda day: f'title,abstract,published\n"{TITLE}","{A}",{day}\n',
    "yaml": lambda day: f"- title: {TITLE}\n  abstract: {A}\n  date: {day}\n",
    "toml": lambda day: f'[[papers]]\ntitle = "{TITLE}"\nabstract = "{A}"\ndate = {day}\n',
    "ris": lambda day: f"TY  - JOUR\nTI  - {TITLE}\nAB  - {A}\nDA  - {day[:10].replace('-', '/')}\nER  - \n",
    "bibtex": lambda day: f"@article{{k,\n title={{{TITLE}}},\n abstract={{{A}}},\n date={{{day[:10]}}}\n}}\n",
    "labelled": lambda day: f"Title: {TITLE}\nAbstract: {A}\nDate: {day}\n",
}
WITH_YEAR = {
    "bibtex": lambda year: f"@article{{k,\n title={{{TITLE}}},\n abstract={{{A}}},\n year={{{year}}}\n}}\n",
    "ris": lambda year: f"TY  - JOUR\nTI  - {TITLE}\nAB  - {A}\nPY  - {year}\nER  - \n",
    "medline": lambda year: f"PMID- 1\nTI  - {TITLE}\nAB  - {A}\nDP  - {year}\n",
    "labelled": lambda year: f"Title: {TITLE}\nAbstract: {A}\nYear: {year}\n",
    "csv": lambda year: f'title,abstract,year\n"{TITLE}","{A}",{year}\n',
}
DAY_KEYS = {"listed_at": "submittedOnDailyAt", "published_at": "publishedAt"}
ADDRESS_KEYS = {"code_url": "githubRepo", "project_url": "projectPage"}


def write_json(**values):
    return json.dumps([{"title": TITLE, "abstract": A, **values}])


def write_api(**values):
    return json.dumps([{"paper": {"id": "2601.01234", "title": TITLE, "summary": A, **values}}])


def write_count(field, value):
    """A list of one record, and a line of one."""
    return write_json(**{field: value}), json.dumps({"title": TITLE, "abstract": A, field: value}) + "\n" + "\n"


def write_sentinel(text):
    return (
        write_json(publishedAt=text),
        f"Title: {TITLE}\nAbstract: {A}\nDate: {text}\n",
        f"TY  - JOUR\nTI  - {TITLE}\nAB  - {A}\nDA  - {text}\nER  - \n",
    )


@pytest.fixture(scope="module")
def parsed(tmp_path_factory):
    """Content -> what is read of it, of all that the tests with many cases are about: parsed in one go."""
    contents = [content for field in COUNTS for value in NO_COUNTS for content in write_count(field, value)]
    contents += [write(day) for write in WITH_DAY.values() for day in NO_DAYS]
    contents += [write(year) for write in WITH_YEAR.values() for year in NO_YEARS]
    contents += [content for text in SENTINELS for content in write_sentinel(text)]
    contents += [write_api(**{key: day}) for key in DAY_KEYS.values() for day in NO_DAYS]
    for field, key in ADDRESS_KEYS.items():
        contents += [write_json(**{field: value}) for value in NO_ADDRESSES]
        contents += [write_api(**{key: value}) for value in NO_ADDRESSES]
    return parse_each(tmp_path_factory.mktemp("bounds"), contents)


def read(parse, content):
    """The only entry of a content, whatever became of its values."""
    return check(parse(content))


def check(tables):
    """The only entry of a content that was parsed."""
    assert tables.reasons == []
    [entry] = tables.entries.iter_rows(named=True)
    assert entry["title"] == TITLE
    return entry


@pytest.mark.parametrize("field", COUNTS)
@pytest.mark.parametrize("value", NO_COUNTS, ids=lambda value: str(value)[:9])
def test_counts_in_json(parsed, field, value):
    for content in write_count(field, value):
        entry = check(parsed[content])
        assert (entry[field], entry["flags"]) == (None, [f"unread_{field}"])


@pytest.mark.parametrize("value", ["Infinity", "-Infinity", "1e999", "9" * 5_000])
def test_numbers_that_no_number_holds(parse, value):
    for content in (
        f'[{{"title": "{TITLE}", "abstract": "{A}", "upvotes": {value}}}]',
        f'{{"title": "{TITLE}", "abstract": "{A}", "upvotes": {value}}}\n\n',
    ):
        entry = read(parse, content)
        assert (entry["upvotes"], entry["flags"]) == (None, ["unread_upvotes"])


def test_counts_that_can_be(parse):
    record = {"title": TITLE, "abstract": A, "upvotes": "1,234", "comments": 0, "stars": 2**31 - 1, "num_comments": 7.0}
    entry = read(parse, json.dumps([record]))
    assert [entry[field] for field in COUNTS[1:]] == [1234, 7, 2**31 - 1]
    assert entry["flags"] == []


@pytest.mark.parametrize("value", NO_DAYS)
@pytest.mark.parametrize("form", WITH_DAY)
def test_days_that_no_paper_is_of(parsed, value, form):
    entry = check(parsed[WITH_DAY[form](value)])
    assert [entry[name] for name in ("published_at", "published_on", "published_precision")] == [None] * 3
    assert entry["published_year"] is None


@pytest.mark.parametrize("year", NO_YEARS)
@pytest.mark.parametrize("form", WITH_YEAR)
def test_years_that_no_paper_is_of_are_flagged(parsed, year, form):
    entry = check(parsed[WITH_YEAR[form](year)])
    assert [entry[name] for name in ("published_at", "published_on", "published_year")] == [None] * 3
    assert [flag for flag in entry["flags"] if flag.startswith("unread_published")]


@pytest.mark.parametrize("text", SENTINELS)
def test_sentinels_in_the_words_of_mails_and_spreadsheets(parsed, text):
    for content in write_sentinel(text):
        entry = check(parsed[content])
        assert [entry[name] for name in ("published_at", "published_on", "published_year")] == [None] * 3
        assert entry["flags"] == ["unread_published_at"]


@pytest.mark.parametrize(("text", "day"), [("Mon, 4 Jan 99 00:00:00 GMT", "1999-01-04"), ("1/2/1900", None)])
def test_short_years_of_mails_and_days_beside_sentinels(parse, text, day):
    entry = read(parse, write_json(publishedAt=text))
    assert (str(entry["published_on"]) if entry["published_on"] else None) == day


@pytest.mark.parametrize("field", DAY_KEYS)
@pytest.mark.parametrize("value", NO_DAYS)
def test_days_in_json_are_flagged(parsed, field, value):
    entry = check(parsed[write_api(**{DAY_KEYS[field]: value})])
    assert (entry[field], entry["flags"]) == (None, [f"unread_{field}"])


@pytest.mark.parametrize("field", ADDRESS_KEYS)
@pytest.mark.parametrize("value", NO_ADDRESSES)
def test_addresses(parsed, field, value):
    for content in (write_json(**{field: value}), write_api(**{ADDRESS_KEYS[field]: value})):
        entry = check(parsed[content])
        assert (entry[field], entry["flags"]) == (None, [f"unread_{field}"])


def test_the_first_name_that_holds_an_address_counts(parse):
    record = {"title": TITLE, "abstract": A, "code": "yes", "github": [{"url": "https://github.com/moss/heron"}]}
    entry = read(parse, json.dumps([record]))
    assert (entry["code_url"], entry["flags"]) == ("https://github.com/moss/heron", [])


def keep(**values):
    """What is left of an entry whose layout gave it these values."""
    recorder = findings.Recorder()
    source = Source(dump_id="0" * 64, path="p", file_names=["p"], folder_name=None, byte_count=0)
    recorder.entries.append({"source": 0, "title": TITLE, "flags": [], "first_line": 1, "last_line": 1, **values})
    recorder.add_dump(0, source, lines.LineLedger(b""), "toy", "")
    return assemble([source], recorder.findings()).entries.row(0, named=True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, value) for field in COUNTS for value in (2**31, 2**63 - 1, -1)),
        *(("arxiv_version", value) for value in (0, -1, 1_000)),
        *(("published_year", value) for value in (0, 1, 1499, 2101, 3000, 9999, -5)),
        *(("code_url", value) for value in NO_ADDRESSES),
        *(("project_url", value) for value in NO_ADDRESSES),
        *(("section_on", value) for value in (date(1, 1, 1), date(1970, 1, 1), date(1900, 1, 1), date(9999, 12, 31))),
    ],
)
def test_no_layout_gets_by(field, value):
    entry = keep(**{field: value})
    assert (entry[field], entry["flags"]) == (None, [f"unread_{field}"])


@pytest.mark.parametrize(
    "day", [date(9999, 12, 31), date(1, 1, 1), date(1900, 1, 1), date(1970, 1, 1), date(1899, 12, 30)]
)
def test_a_day_takes_its_year_with_it(day):
    entry = keep(published_on=day, published_precision="day", published_year=day.year)
    assert [entry[name] for name in ("published_at", "published_on", "published_precision", "published_year")] == [
        None
    ] * 4
    assert entry["flags"] == ["unread_published_at"]


def test_the_year_of_a_sentinel_is_a_year():
    entry = keep(published_on=date(1970, 1, 1), published_precision="year", published_year=1970)
    assert (entry["published_on"], entry["published_year"], entry["flags"]) == (date(1970, 1, 1), 1970, [])


def test_every_number_day_and_address_has_its_range():
    numbers = {
        name
        for name, dtype in findings.ENTRY_FIELDS.items()
        if (dtype.is_numeric() or dtype.is_temporal() or name.endswith("_url")) and not name.endswith("_line")
    }
    assert numbers == {*bounds.CHECKED, *bounds.ADDRESSES, "published_on"}


@pytest.mark.parametrize("name", ["1970-01-01.json", "1900-01-01.json"])
def test_no_page_was_saved_before_the_web(parse, name):
    tables = parse({name: json.dumps([{"title": TITLE, "abstract": A, "id": "2601.01234"}])})
    assert (tables.dump["listed_on"], tables.dump["captured_on"]) == (None, None)


@pytest.mark.parametrize("day", ["Jan 1, 9999", "9999-12-31", "1 January 0001", "Jan 1, 1970"])
def test_a_page_of_no_day(parse, day):
    dump = parse(f"{day}\n\n{TITLE}\n\n{A * 3}\n\nKites Without Strings Return by Evening\n\n{A * 4}\n").dump
    assert (dump["captured_on"], dump["entry_count"]) == (None, 2)


def test_dates_that_overflow_in_parquet_and_yaml(parse):
    days = [pl.Series([4_000_000], dtype=pl.Date), pl.Series([-(2**62)], dtype=pl.Datetime("us", "UTC"))]
    for day in [*days, pl.Series([2**62], dtype=pl.Datetime("ms"))]:
        packed = io.BytesIO()
        pl.DataFrame({"title": [TITLE], "abstract": [A], "published": day}).write_parquet(packed)
        entry = read(parse, packed.getvalue())
        assert (entry["published_on"], entry["flags"]) == (None, ["unread_published_at"])
    read(parse, f"- title: {TITLE}\n  abstract: {A}\n  date: 0001-01-01T00:00:00+14:00\n")


# From the fuzzer: bytes changed inside a Parquet file. Polars panics on each of them, which is no Exception.
DAMAGED_COLUMNS = {
    "a time of no Python inside a list": pa.ListArray.from_arrays(
        [0, 1], pa.array([2**62], pa.int64()).view(pa.timestamp("us"))
    ),
    "a day of no Python inside a struct": pa.StructArray.from_arrays(
        [pa.array([2**30], pa.int32()).view(pa.date32())], ["day"]
    ),
    "a string that is no UTF-8": pa.StringArray.from_buffers(
        1, pa.py_buffer(b"\0\0\0\0\5\0\0\0"), pa.py_buffer(b"M\xf6ss\xff")
    ),
    "a time of a zone that is none": pa.array([5], pa.int64()).view(pa.timestamp("us", "Nowhere/Land")),
}


@pytest.mark.parametrize("column", DAMAGED_COLUMNS.values(), ids=DAMAGED_COLUMNS)
def test_a_value_of_parquet_that_python_cannot_hold_costs_nothing_else(parse, column, capfd):
    packed = io.BytesIO()
    pq.write_table(pa.table({"title": [TITLE], "abstract": [A], "published": column}), packed)
    assert read(parse, packed.getvalue())["published_on"] is None
    packed = io.BytesIO()
    pq.write_table(pa.table({"title": [TITLE], "abstract": [A], "authors": column}), packed)
    assert read(parse, packed.getvalue())["title"] == TITLE
    assert capfd.readouterr().err == ""
