"""JSON of any outer shape: the records are found by what they hold, and the reason says where."""

import json
from datetime import date

import pytest

from paperhouse.parsing import columns
from paperhouse.parsing.layouts import json_shapes

A = "We wind a heron of brass at dawn and count how often it folds its wings. It folds them twice as often in rain."
B = "A cellar of cheeses is weighed each night by a beam that never tires. Its error is two days in a year of nights."
TITLES = ["Folding Wings of a Brass Heron in Rain", "Weighing Cheeses at Night by a Tireless Beam"]
PAIRS = list(zip(TITLES, (A, B), strict=True))
RECORDS = [{"title": title, "abstract": abstract} for title, abstract in PAIRS]

SHAPES = {
    "an envelope with a title": ({"title": "Papers of the day", "papers": RECORDS}, "papers[]"),
    "GraphQL": (
        {"data": {"search": {"edges": [{"cursor": "a", "node": r} for r in RECORDS]}}},
        "data.search.edges[].node",
    ),
    "a search engine": ({"hits": {"hits": [{"_id": "1", "_source": r} for r in RECORDS]}}, "hits.hits[]._source"),
    "datasets-server": (
        {"features": [{"name": "title"}], "rows": [{"row_idx": n, "row": r} for n, r in enumerate(RECORDS)]},
        "rows[].row",
    ),
    "Crossref": (
        {"status": "ok", "message": {"items": [{"title": [t], "abstract": f"<jats:p>{a}</jats:p>"} for t, a in PAIRS]}},
        "message.items[]",
    ),
    "OpenReview": ({"notes": [{"content": {k: {"value": v} for k, v in r.items()}} for r in RECORDS]}, "notes[]"),
    "split": (
        {"columns": ["title", "abstract"], "index": [0, 1], "data": [list(pair) for pair in PAIRS]},
        "by columns",
    ),
    "columns": ({"title": dict(enumerate(TITLES)), "abstract": {0: A, 1: B}}, "by columns"),
    "rows under a header": ({"values": [["Title", "Abstract"], *map(list, PAIRS)]}, "values[]"),
    "by id": ({"2601.01234": RECORDS[0], "2601.01235": RECORDS[1]}, "{id}"),
    "parts": ({"oral": RECORDS[:1], "poster": RECORDS[1:]}, "poster[]"),
    "null among them": ([None, RECORDS[0], None, RECORDS[1]], ""),
}


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(parse, shape, indent):
    value, path = SHAPES[shape]
    tables = parse(json.dumps(value, indent=indent))
    assert tables.pairs == PAIRS
    assert tables.reasons == []
    assert path in tables.dump["layout_reason"]


def test_records_deep_inside_stand_on_their_own_lines(parse):
    rows = json.dumps({"data": {"list": {"rows": [{"row": record} for record in RECORDS]}}}, indent=1)
    tables = parse(rows)
    spans = tables.entries.select("first_line", "last_line").rows()
    assert spans[0][1] < spans[1][0]


def test_days_as_keys(parse):
    tables = parse(json.dumps({"2026-01-13": RECORDS[:1], "January 14, 2026": {"papers": RECORDS[1:]}}))
    assert tables.pairs == PAIRS
    assert tables.entries["section_on"].to_list() == [date(2026, 1, 13), date(2026, 1, 14)]


@pytest.mark.parametrize(
    "wrap", [lambda r: [r], lambda r: {"date": "2026-01-13", "papers": [r]}], ids=["list", "envelope"]
)
def test_one_list_or_envelope_a_line(parse, wrap):
    tables = parse("".join(json.dumps(wrap(record)) + "\n" for record in RECORDS))
    assert tables.pairs == PAIRS
    assert tables.entries["first_line"].to_list() == [1, 2]


#: What services answer, one record a line: the first line opens the envelope and the last one closes it.
ENVELOPES = {
    "results": ('{"results": [', "]}", "results[]"),
    "a page": ('{"count": 2, "next": null, "results": [', "]}", "results[]"),
    "more behind": ('{"papers": [', '], "total": 2, "page": 1}', "papers[]"),
    "two deep": ('{"data": {"papers": [', "]}}", "data.papers[]"),
    "Solr": ('{"response": {"numFound": 2, "docs": [', "]}}", "response.docs[]"),
}


@pytest.mark.parametrize("around", ENVELOPES)
def test_records_a_line_within_an_envelope(parse, around):
    first, last, path = ENVELOPES[around]
    rows = [json.dumps(record) for record in RECORDS * 2]
    tables = parse("\n".join([first, *(f"{row}," for row in rows[:-1]), rows[-1], last]) + "\n")
    assert tables.pairs == PAIRS * 2
    assert tables.entries["first_line"].to_list() == [2, 3, 4, 5]
    assert tables.reasons == []
    assert path in tables.dump["layout_reason"]


def test_records_a_line_in_lists_by_day(parse):
    first, second = (json.dumps(record) for record in RECORDS)
    rows = ['{"2026-01-13": [', f"{first},", second, '], "2026-01-14": [', f"{second},", first, "]}"]
    tables = parse("\n".join(rows))
    assert tables.pairs == [*PAIRS, *reversed(PAIRS)]
    assert tables.entries["section_on"].to_list() == [date(2026, 1, 13)] * 2 + [date(2026, 1, 14)] * 2
    assert tables.reasons == []


def test_brackets_without_end_beside_records_are_a_reject(parse):
    rows = [json.dumps(record) for record in RECORDS]
    tables = parse("\n".join(['{"a": ' + "[" * 3_000 + ', "papers": [', *rows, *rows]))
    assert tables.pairs == PAIRS * 2
    assert "not_json" in tables.reasons


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ('{"results": [', True),
        ('{"results" : [', True),
        (']}, "2026-01-14": {"papers": [', True),
        ("]}", True),
        ('{"title": "Weighing Cheeses at Night", "authors": [', False),  # a record over several lines
        ('{"title": "Weighing Cheeses at Night", "papers": [', False),
        ('], "title": "Weighing Cheeses at Night"}', False),
        ('{"authors": [', False),
        ('{"results": [1, [', False),
        ('"results": [', False),
        ("]", False),  # of a list alone, which is told before
        pytest.param('{"results": [' + " " * 5_000, False, id="long"),
        pytest.param('{"a": ' + "[" * 3_000 + ', "papers": [', False, id="deeper than Python's JSON goes"),
    ],
)
def test_a_line_that_is_around_records_is_told(line, is_one):
    assert json_shapes.is_frame(line) is is_one


def test_a_record_with_references_is_one_record(parse):
    tables = parse(json.dumps({**RECORDS[0], "references": RECORDS[1:], "citations": [{"title": "Another"}]}))
    assert tables.pairs == PAIRS[:1]


def test_numbers_that_json_has_not(parse):
    records = [{**RECORDS[0], "upvotes": float("nan"), "year": 2026.0}, {**RECORDS[1], "upvotes": float("inf")}]
    entries = parse(json.dumps(records)).entries
    assert entries["upvotes"].to_list() == [None, None]
    assert entries["flags"].to_list() == [[], ["unread_upvotes"]]


def test_dblp_and_openalex(parse):
    hit = {
        "authors": {"author": [{"@pid": "1", "text": "Ada Heron"}]},
        "title": TITLES[0],
        "doi": "10.48550/ARXIV.2601.01234",
    }
    entry = parse(json.dumps({"result": {"hits": {"hit": [{"@id": "1", "info": hit}]}}})).entries.row(0, named=True)
    assert (entry["authors"], entry["arxiv_id"]) == (["Ada Heron"], "2601.01234")
    work = {
        "title": TITLES[0],
        "primary_location": {"landing_page_url": "http://arxiv.org/abs/2601.01234"},
        "authorships": [{"author": {"display_name": "Ada Heron"}}],
        "abstract_inverted_index": {"We": [0], "wind.": [1]},
    }
    entry = parse(json.dumps({"meta": {"count": 1}, "results": [work]})).entries.row(0, named=True)
    assert (entry["authors"], entry["arxiv_id"], entry["abstract"]) == (["Ada Heron"], "2601.01234", "We wind.")


def test_answers_to_a_paper_are_no_papers(parse):
    paper = {"id": "a", "forum": "a", "content": {k: {"value": v} for k, v in RECORDS[0].items()}}
    review = {"id": "b", "forum": "a", "replyto": "a", "content": {"title": {"value": "Official Review of Paper 12"}}}
    for value in (json.dumps({"notes": [paper, review], "count": 2}), "\n".join(map(json.dumps, (paper, review)))):
        tables = parse(value)
        assert tables.pairs == PAIRS[:1]
        assert tables.rejects["reason"].to_list() == ["no_title"]


def test_what_a_record_lacks_is_found_in_objects_about_the_same_paper(parse):
    title, abstract = PAIRS[0]
    inside = {"title": f" {title.upper()}", "abstract": abstract, "arxiv_page_url": "https://arxiv.org/abs/2601.01234"}
    same = {"title": title, "stars": 7, "details": inside}
    nameless = {"title": title, "meta": {"info": {"abstract": abstract, "arxiv_id": "2601.01234", "summary": "none"}}}
    for record in (same, nameless):
        for text in (json.dumps([record]), json.dumps(record) + "\n" + json.dumps(record)):
            entry = parse(text).entries.row(0, named=True)
            assert (entry["title"], entry["abstract"]) == (title, abstract)
    assert parse(json.dumps([nameless])).entries["arxiv_id"].to_list() == ["2601.01234"]


def test_an_object_about_another_paper_gives_nothing(parse):
    record = {"title": TITLES[0], "doi": "10.5555/heron", "next_paper": {"title": TITLES[1], "abstract": B}}
    assert parse(json.dumps([record])).pairs == [(TITLES[0], None)]


def test_full_stops_and_numbers_of_namesakes_are_dblp_s_own(parse):
    hits = [
        {"info": {"title": f"{TITLES[0]}.", "year": "2026", "authors": {"author": [{"text": "Ada Heron 0002"}]}}},
        {"info": {"title": f"{TITLES[1]}..", "year": "2026", "authors": {"author": {"text": "Bo Beam"}}}},
    ]
    entries = parse(json.dumps({"result": {"hits": {"hit": hits}}})).entries
    assert entries["title"].to_list() == [TITLES[0], f"{TITLES[1]}.."]
    assert entries["authors"].to_list() == [["Ada Heron"], ["Bo Beam"]]


def test_records_of_hal_and_europe_pmc_are_read_by_their_own_names(parse):
    paper = "Moss Grows Back After Rain"
    hal = {
        "title_s": [paper],
        "abstract_s": ["We count fronds on three slopes and find that they double."],
        "authFullName_s": ["Ada Quill", "Bo Reed"],
        "producedDate_s": "2024-03-02",
        "doiId_s": "10.1234/moss.1",
        "arxivId_s": "2403.00001",
    }
    tables = parse({"hal.json": json.dumps({"response": {"numFound": 1, "docs": [hal]}})})
    wanted = (paper, ["Ada Quill", "Bo Reed"], "10.1234/moss.1", "2403.00001", 2024)
    read = tables.entries.select("title", "authors", "doi", "arxiv_id", "published_year").rows()
    assert read == [wanted]
    europe = {"title": paper, "authorString": "Quill A, Reed B", "keywordList": {"keyword": ["moss", "rain"]}}
    assert columns.read_record(europe)["keywords"] == ["moss", "rain"]
