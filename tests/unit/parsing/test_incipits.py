"""Records with an abstract and no title."""

import json

import pytest

ABSTRACT = "We count heron patterns for nine weeks beside a mill. Patient sensors see what hurried ones miss."
INCIPIT = "We count heron patterns for nine weeks beside a mill ..."
TITLED = {"id": "b", "title": "Kites Without Strings", "abstract": "They fly."}


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(map(json.dumps, [{"id": "a", "abstract": ABSTRACT}, TITLED])),
        # What is the same in all of them.
        "\n".join(map(json.dumps, [{"id": "a", "abstract": ABSTRACT}, {**TITLED, "abstract": ""}])),
    ],
)
def test_its_first_words_stand_for_the_title(parse, content):
    entry, other = parse(content).entries.select("title", "abstract", "flags").rows()
    assert entry == (INCIPIT, ABSTRACT, ["title_from_abstract"])
    assert other[0] == TITLED["title"]
    assert "title_from_abstract" not in other[2]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([{"id": "a", "abstract": ABSTRACT, "title": None}, TITLED]),
        f'id,title,abstract\na,,"{ABSTRACT}"\nb,{TITLED["title"]},{TITLED["abstract"]}\n',
    ],
)
def test_a_title_that_says_nothing_is_lost(parse, content):
    tables = parse(content)
    assert tables.entries["title"].to_list() == [TITLED["title"]]
    assert tables.reasons == ["no_title"]


def test_a_file_of_nothing_else(parse):
    tables = parse("\n".join(json.dumps({"id": f"r{n}", "abstract": f"Heron {n}. {ABSTRACT}"}) for n in range(3)))
    assert tables.entries["title"].to_list() == [
        f"Heron {n}. We count heron patterns for nine weeks beside ..." for n in range(3)
    ]
    assert tables.reasons == []


@pytest.mark.parametrize(
    "record",
    [
        {"id": "a", "abstract": "Too short to be one."},
        {"id": "a", "description": ABSTRACT},
        {"id": "a", "summary": ABSTRACT},
        {"id": "a", "abstract": None},
        {"id": "a", "abstract": ABSTRACT, "replyto": "b"},
    ],
)
def test_nothing_else_does(parse, record):
    tables = parse("\n".join(map(json.dumps, [record, TITLED])))
    assert tables.entries["title"].to_list() == [TITLED["title"]]
    assert tables.reasons == ["no_title"]
