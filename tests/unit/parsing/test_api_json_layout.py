"""The API's JSON: shapes, fields, oddities and every way it breaks."""

import json
from datetime import UTC, date, datetime

import pytest
from invented_papers import invent

PAPERS = invent(4)


def element(paper, **more):
    return {"paper": {"id": "2503.01234", "title": paper.title, "summary": paper.abstract, **more}}


def pairs(papers):
    return [(paper.title, paper.abstract) for paper in papers]


FULL = {
    "paper": {
        "id": "2503.01234v2",
        "title": "Moss in Jars:\n  A Study",
        "summary": "We grow moss.\nIt grows.",
        "authors": [{"name": "Ada Ash", "hidden": False}, {"name": "Bo Birch"}],
        "publishedAt": "2025-03-01T17:59:03.000Z",
        "submittedOnDailyAt": "2025-03-05T00:44:54.555Z",
        "submittedOnDailyBy": {"fullname": "Cy Cedar", "user": "cy"},
        "upvotes": 32,
        "githubRepo": "https://github.com/example/moss",
        "githubStars": 7,
        "projectPage": "https://example.org/moss",
        "ai_summary": "Moss grows.",
        "ai_keywords": ["moss", "jars"],
        "organization": {"name": "jarlab", "fullname": "Jar Lab"},
    },
    "publishedAt": "2025-03-01T13:59:03.000Z",
    "numComments": 2,
    "submittedBy": {"fullname": "Somebody Else"},
}


def test_every_field_of_an_entry(parse):
    entry = parse(json.dumps([FULL])).entries.row(0, named=True)
    read = {name: value for name, value in entry.items() if name not in ("entry_id", "dump_id")}
    assert read == {
        "position": 1,
        "first_line": 1,
        "last_line": 1,
        "title": "Moss in Jars:\n  A Study",
        "abstract": "We grow moss.\nIt grows.",
        "section_on": None,
        "section_on_text": None,
        "flags": [],
        "arxiv_id": "2503.01234",
        "arxiv_version": 2,
        "authors": ["Ada Ash", "Bo Birch"],
        "author_count": 2,
        "author_details": None,
        "doi": None,
        "published_at": datetime(2025, 3, 1, 17, 59, 3, tzinfo=UTC),
        "published_on": date(2025, 3, 1),
        "published_precision": "day",
        "published_year": 2025,
        "listed_at": datetime(2025, 3, 5, 0, 44, 54, 555000, tzinfo=UTC),
        "upvotes": 32,
        "comment_count": 2,
        "submitter": "Cy Cedar",
        "organization": "Jar Lab",
        "venue": None,
        "code_url": "https://github.com/example/moss",
        "github_stars": 7,
        "project_url": "https://example.org/moss",
        "ai_summary": "Moss grows.",
        "ai_keywords": ["moss", "jars"],
        "keywords": None,
    }


def test_pretty_printed_lines_belong_to_their_entry(parse):
    content = json.dumps([element(paper) for paper in PAPERS], indent=2)
    tables = parse(content)
    rows = content.split("\n")
    assert tables.pairs == pairs(PAPERS)
    for paper, first, last in zip(PAPERS, tables.entries["first_line"], tables.entries["last_line"], strict=True):
        assert rows[first - 1] == "  {"
        assert rows[last - 1] in ("  },", "  }")
        assert json.dumps(paper.title) in "\n".join(rows[first - 1 : last])
    assert (tables.dump["boilerplate_line_count"], tables.dump["entry_line_count"]) == (2, len(rows) - 2)


def test_on_one_line_every_entry_is_on_line_1(parse):
    tables = parse(json.dumps([element(paper) for paper in PAPERS]))
    assert tables.entries.select("first_line", "last_line").unique().row(0) == (1, 1)
    assert (tables.dump["line_count"], tables.dump["entry_line_count"]) == (1, 1)


def test_dict_reprs_inside_strings_are_read_and_flagged(parse):
    content = json.dumps([str(element(PAPERS[0])), element(PAPERS[1]), "{'paper': open('x')}", "no dict"])
    tables = parse(content)
    assert tables.pairs == pairs(PAPERS[:2])
    assert tables.entries["flags"].to_list() == [["dict_repr"], []]
    assert tables.reasons == ["not_json", "not_json"]


def test_dict_reprs_on_lines_of_their_own(parse):
    tables = parse("\n".join(str(element(paper)) for paper in PAPERS))
    assert tables.pairs == pairs(PAPERS)
    assert tables.entries["flags"].to_list() == [["dict_repr"]] * 4


def test_envelope_is_unwrapped_and_its_date_taken(parse):
    envelope = {"status": "success", "date": "2025-01-10", "count": 3, "data": [element(PAPERS[0])]}
    dump = parse({"2025-01-11.json": json.dumps(envelope, indent=1)}).dump
    assert (dump["listed_on"], dump["listed_on_source"]) == (date(2025, 1, 10), "content")
    assert dump["captured_on"] is None
    assert "announces 3, 1 read here" in dump["layout_reason"]


def test_day_in_the_file_name_is_the_day_of_the_list_not_of_the_capture(parse):
    dump = parse({"2025-03-05.json": json.dumps([FULL])}).dump
    assert (dump["listed_on"], dump["listed_on_source"]) == (date(2025, 3, 5), "file_name")
    assert (dump["captured_on"], dump["captured_on_precision"]) == (None, None)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([element(paper) for paper in PAPERS[:2]]) + json.dumps([element(paper) for paper in PAPERS[2:]]),
        json.dumps([[element(paper)] for paper in PAPERS]),
        json.dumps([{"page": 1, "papers": [element(paper) for paper in PAPERS]}]),
        json.dumps({"papers": [element(paper) for paper in PAPERS], "next": 2}),
        json.dumps([{"title": paper.title, "summary": paper.abstract} for paper in PAPERS]),
        "\ufeff" + json.dumps([element(paper) for paper in PAPERS], indent=4),
    ],
    ids=["pages one after another", "list of lists", "list of pages", "paged object", "flat", "byte order mark"],
)
def test_shapes(parse, content):
    tables = parse(content)
    assert tables.pairs == pairs(PAPERS)
    assert tables.dump["layout"] == "api_json"


@pytest.mark.parametrize("indent", [None, 2])
def test_truncated_keeps_what_was_read(parse, indent):
    whole = json.dumps([element(paper) for paper in PAPERS], indent=indent)
    tables = parse(whole[: whole.index(PAPERS[2].title) + 5])
    assert tables.pairs == pairs(PAPERS[:2])
    assert tables.reasons == ["truncated_json"]
    assert PAPERS[2].title[:5] in tables.rejects["text"][0]


@pytest.mark.parametrize("indent", [None, 2])
def test_broken_in_the_middle_costs_one_entry(parse, indent):
    whole = json.dumps([element(paper) for paper in PAPERS], indent=indent)
    tables = parse(whole.replace(f'"{PAPERS[1].title}"', "NaN NaN"))
    assert tables.pairs == pairs([PAPERS[0], *PAPERS[2:]])
    assert tables.reasons == ["not_json"]


def test_error_object_is_no_list(parse):
    tables = parse('{"error": "Too many requests"}')
    assert (tables.dump["status"], tables.reasons) == ("rejected", ["api_error"])
    assert "Too many requests" in tables.rejects["detail"][0]


def test_empty_list_is_empty(parse):
    dump = parse("[]\n").dump
    assert (dump["status"], dump["layout"], dump["reject_count"]) == ("empty", "api_json", 0)


def test_missing_title_and_abstract(parse):
    tables = parse(json.dumps([{"paper": {"id": "2503.1", "summary": "x"}}, {"paper": {"title": "Moss"}}, 5]))
    assert tables.pairs == [("Moss", None)]
    assert tables.entries["flags"].to_list() == [["no_abstract"]]
    assert tables.reasons == ["no_title", "not_json"]


def test_values_of_the_wrong_type_are_null_not_errors(parse):
    odd = {"title": "Moss", "summary": ["x"], "upvotes": "many", "authors": "Ada", "publishedAt": 5, "id": None}
    odd |= {"githubStars": 10**30, "ai_keywords": [1, "jar", None], "submittedOnDailyBy": []}
    entry = parse(json.dumps([{"paper": odd, "numComments": True}])).entries.row(0, named=True)
    assert entry["ai_keywords"] == ["jar"]
    empty = ("abstract", "upvotes", "authors", "published_at", "arxiv_id", "github_stars", "comment_count", "submitter")
    assert {name: entry[name] for name in empty} == dict.fromkeys(empty)


def test_deep_nesting_is_rejected_not_a_crash(parse):
    tables = parse("[" * 100_000)
    assert tables.reasons == ["truncated_json"]
    tables = parse({"page.txt": "[" + json.dumps("{'a': " + "[" * 5_000 + "]" * 5_000 + "}") + "]"})
    assert tables.reasons == ["not_json"]


def test_objects_in_objects_without_end_are_refused(parse):
    tables = parse('{"a":{"b":1,"c":' * 5_000)
    assert (tables.dump["status"], tables.reasons) == ("rejected", ["truncated_json"])


def test_a_name_with_half_a_surrogate_pair_is_counted(parse):
    # From the fuzzer: a key of an entry's paper, and one beside it.
    found = {**element(PAPERS[0]), "shelf\ud800": "Hill"}
    found["paper"] = {**found["paper"], "row\ud800": "Dale"}
    tables = parse(json.dumps([found]))
    assert tables.entries.height == 1
    names = {item["field"] for item in tables.dump["ignored_fields"]}
    assert {"shelf?", "paper.row?"} <= names
