"""Values of records: dates, people, ids, keywords, counts; what cannot be read is null with a flag."""

import json
from datetime import UTC, date, datetime

import pytest

from paperhouse.parsing import authors, columns, fields

ABSTRACT = "We wind a heron of brass at dawn and count how often it folds its wings."


def read(**record):
    return columns.read_record({"title": "Folding wings of a brass heron", "abstract": ABSTRACT, **record})


@pytest.mark.parametrize("word", ["nan", "NaN", "NaT", "None", "NA", "null", "N/A", float("nan"), ""])
def test_words_for_nothing_are_nothing(word):
    entry = read(authors=word, upvotes=word, published=word, arxiv_id=word, doi=word, keywords=word)
    assert {entry[name] for name in ("authors", "upvotes", "published_at", "arxiv_id", "doi", "keywords")} == {None}
    assert "flags" not in entry
    assert columns.read_record({"title": word})["title"] is None


DAYS = [
    "2026-01-10",
    "2026/01/10",
    "2026/1/10",
    "January 10, 2026",
    "10 Jan 2026",
    "10. Januar 2026",
    "10 janvier 2026",
    "2026 Jan 10",
    "2026年1月10日",
    "20260110",
    20260110,
    [[2026, 1, 10]],
    {"date-parts": [["2026", 1, "10"]]},
    {"year": 2026, "month": "Jan", "day": 10},
    {"value": "2026-01-10"},
    date(2026, 1, 10),
    "2026-01-10T00:00:00+09:00",
    "2026-01-10 00:00:00-05:00",
    "Sat, 10 Jan 2026 00:00:00 +0100",
]


@pytest.mark.parametrize("value", DAYS, ids=str)
def test_a_day_is_that_day(value):
    entry = read(published=value)
    assert entry["published_at"] == datetime(2026, 1, 10, tzinfo=UTC)
    assert (entry["published_on"], entry["published_precision"]) == (date(2026, 1, 10), "day")
    assert entry["published_year"] == 2026


@pytest.mark.parametrize(
    "value",
    ["/Date(1768050000000)/", 1768050000, 1768050000.0, 1768050000000, "1768050000", "2026-01-10T22:00:00+09:00"],
)
def test_instants(value):
    entry = read(published=value)
    assert entry["published_at"] == datetime(2026, 1, 10, 13, tzinfo=UTC)
    assert entry["published_on"] == date(2026, 1, 10)


def test_the_day_of_an_instant_is_the_one_written():
    entry = read(published="2026-01-09T23:00:00-05:00")
    assert entry["published_at"] == datetime(2026, 1, 10, 4, tzinfo=UTC)
    assert entry["published_on"] == date(2026, 1, 9)


@pytest.mark.parametrize(
    "value", ["01/2026", "2026-01", "2026/1", "Jan 2026", "janvier 2026", 202601, [2026, 1], "2026-01-00"]
)
def test_a_month(value):
    entry = read(published=value)
    assert (entry["published_on"], entry["published_precision"]) == (date(2026, 1, 1), "month")


def test_a_year_and_the_most_precise_of_several():
    assert read(published="2026")["published_precision"] == "year"
    entry = read(published="2026", issued={"date-parts": [[2026, 3]]}, date="2026-03-09")
    assert (entry["published_on"], entry["published_precision"]) == (date(2026, 3, 9), "day")


@pytest.mark.parametrize(
    "value",
    [
        "9999-12-31",
        "3000-01-01",
        "1900-01-01",
        "1970-01-01T00:00:00Z",
        "0001-01-01",
        "soon",
        "2026-02-30",
        "3/4/2026",
        -5,
    ],
)
def test_what_is_no_date_is_flagged(value):
    entry = read(published=value)
    assert entry["published_at"] is None
    assert entry["flags"] == ["unread_published_at"]


@pytest.mark.parametrize(
    ("value", "names", "count"),
    [
        ("Heron, Ada and Beam, Bo", ["Heron, Ada", "Beam, Bo"], 2),
        ("Heron, A.; Beam, B.", ["Heron, A.", "Beam, B."], 2),
        ("Heron, A., Beam, B.", ["Heron, A.", "Beam, B."], 2),
        ("Ada Heron, Bo Beam and Cy Cork", ["Ada Heron", "Bo Beam", "Cy Cork"], 3),
        ("Ada Heron et al.", ["Ada Heron"], None),
        ("Ada Heron, Bo Beam, ... (12 more)", ["Ada Heron", "Bo Beam"], None),
        ("Ada Heron and 5 others", ["Ada Heron"], None),
        ("Ada Heron and 5 other authors", ["Ada Heron"], None),
        (["Ada Heron", "et al."], ["Ada Heron"], None),
        ([{"given": "Ada", "family": "Heron"}], ["Ada Heron"], 1),
        ({"name": "Ada Heron"}, ["Ada Heron"], 1),
        ([{"author": {"display_name": "Ada Heron"}}], ["Ada Heron"], 1),
        ("['Ada Heron', \"Bo O'Beam\"]", ["Ada Heron", "Bo O'Beam"], 2),
    ],
)
def test_people(value, names, count):
    entry = read(authors=value)
    assert (entry["authors"], entry["author_count"]) == (names, count)


def test_a_long_list_of_people_takes_no_time():
    assert len(authors.read_people(", ".join(f"Ada{n} Heron" for n in range(5_000)))[0]) == 5_000
    assert authors.read_people(" and" * 20_000)[1]


@pytest.mark.parametrize(
    ("value", "arxiv_id"),
    [
        ("2601.01234v2", "2601.01234"),
        ("https://arxiv.org/pdf/2601.01234v3.pdf", "2601.01234"),
        ("https://export.arxiv.org/abs/math.GT/0309136v1", "math.GT/0309136"),
        ("10.48550/arXiv.2601.01234", "2601.01234"),
        ("arXiv:hep-th/9901001 [hep-th]", "hep-th/9901001"),
        (2601.1234, "2601.12340"),
        ("2601.1234", "2601.12340"),
        (1412.1234, "1412.1234"),
        ("2613.01234", None),
        ("hep-th/9913001", None),
        (1412.123, None),
        ("1412.12345", None),
    ],
)
def test_arxiv_ids(value, arxiv_id):
    entry = read(arxiv_id=value)
    assert entry["arxiv_id"] == arxiv_id
    assert entry.get("flags", []) == ([] if arxiv_id else ["unread_arxiv_id"])


def test_ids_of_other_things_are_no_unread_ids():
    entry = read(id="q17", url="https://hill.example/17", externalIds={"ArXiv": "2601.01234", "DOI": "10.1000/Q"})
    assert (entry["arxiv_id"], entry["doi"]) == ("2601.01234", "10.1000/q")
    assert "flags" not in read(id="q17", url="https://hill.example/17")


@pytest.mark.parametrize("value", ["10.1000/AbC.1", "https://doi.org/10.1000/AbC.1", "doi:10.1000/abc.1."])
def test_dois(value):
    assert read(DOI=value)["doi"] == "10.1000/abc.1"


@pytest.mark.parametrize(
    "value", ["brass|rain at dawn", "brass; rain at dawn", "brass\nrain at dawn", "brass · rain at dawn"]
)
def test_keywords(value):
    assert read(keywords=value)["keywords"] == ["brass", "rain at dawn"]


@pytest.mark.parametrize("value", [2**31, -1, "many", 7.5, True])
def test_counts_that_no_column_holds(value):
    entry = read(upvotes=value)
    assert (entry["upvotes"], entry["flags"]) == (None, ["unread_upvotes"])


def test_wording_in_markup_and_by_places():
    assert fields.read_wording(["<i>Brass</i> &amp; rain"]) == "Brass & rain"
    assert fields.read_wording("a < b </ c") == "a < b </ c"
    jats = "<jats:title>Abstract</jats:title><jats:p>We wind.</jats:p><jats:p>We count.</jats:p>"
    assert read(abstract=jats)["abstract"] == "We wind.\nWe count."
    places = {"wind": [1], "We": [0, 2], "count": [3]}
    assert columns.read_record({"title": "T", "abstract_inverted_index": places})["abstract"] == "We wind We count"


def test_flags_reach_the_entry_and_what_nobody_takes_is_counted(parse):
    records = [{"title": "Brass herons", "summary": ABSTRACT, "votes": -1, "shelf": "Hill", "pages": None}] * 2
    for content in (json.dumps(records), "".join(json.dumps(record) + "\n" for record in records)):
        tables = parse(content)
        assert tables.entries["flags"].to_list() == [["unread_upvotes"]] * 2
        assert tables.dump["ignored_fields"] == [{"field": "shelf", "count": 2}]


def test_a_particle_that_the_family_name_has_already_stands_once():
    person = {"family": "van der Beam", "given": "Bo", "non-dropping-particle": "van der"}
    assert authors.read_person(person) == "Bo van der Beam"
    assert authors.read_person({**person, "family": "Beam"}) == "Bo van der Beam"
