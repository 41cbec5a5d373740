"""The card of a release: its YAML, and words that stay words, in each of the three descriptions."""

import json
from datetime import UTC, datetime

import pyromark
import pytest
import yaml

from paperhouse.release.card import escape, write_card
from paperhouse.release.descriptions import Contents, describe_croissant, describe_package
from paperhouse.release.dictionary import TableEntry
from paperhouse.release.imprint import Imprint
from paperhouse.release.parquet import TableFile

TABLES = {
    "papers": {"paper_id": "VARCHAR", "authors": "VARCHAR[]", "upvotes": "INTEGER", "published_on": "DATE"},
    "keywords": {"keyword_id": "VARCHAR", "by_year": 'STRUCT("year" INTEGER, paper_count INTEGER)[]'},
    "links": {"paper_id": "VARCHAR"},
}
HOSTILE = "a: b # --- | `x` *y* <script>alert(1)</script> [l](javascript:x) ![i](z) &amp; $m$ ~~s~~"


def make_contents(imprint=Imprint(), parts=("papers.parquet",), rows=3):  # noqa: B008
    marts = {
        table: TableEntry(f"One row per {table}. More.", dict.fromkeys(columns, "What."), {}, (next(iter(columns)),))
        for table, columns in TABLES.items()
    }
    files = [TableFile("papers", path, 10, "ab" * 32, rows, "") for path in parts]
    files += [TableFile(table, f"{table}.parquet", 10, "ab" * 32, 0, "") for table in ("keywords", "links")]
    files[-2] = TableFile("keywords", "keywords.parquet", 10, "ab" * 32, 7, "")
    return Contents("20260101T000000Z-0a", datetime(2026, 1, 1, tzinfo=UTC), TABLES, files, marts, imprint)


def read_yaml(card):
    _, facts, text = card.split("---\n", 2)
    return yaml.safe_load(facts), text


def test_each_table_with_rows_is_a_configuration_with_its_features():
    facts, _ = read_yaml(write_card(make_contents(), False))
    assert [(config["config_name"], config.get("default")) for config in facts["configs"]] == [
        ("papers", True),
        ("keywords", None),
    ]
    papers, keywords = facts["dataset_info"]
    assert papers["features"] == [
        {"name": "paper_id", "dtype": "string"},
        {"name": "authors", "list": "string"},
        {"name": "upvotes", "dtype": "int32"},
        {"name": "published_on", "dtype": "date32"},
    ]
    assert papers["splits"] == [{"name": "train", "num_bytes": 10, "num_examples": 3}]
    assert keywords["features"][1]["list"] == [
        {"name": "year", "dtype": "int32"},
        {"name": "paper_count", "dtype": "int32"},
    ]


def test_a_table_in_parts_is_one_configuration_and_no_reference_leads_to_it():
    contents = make_contents(parts=("papers/2025-01.parquet", "papers/undated.parquet"))
    facts, _ = read_yaml(write_card(contents, False))
    assert facts["configs"][0]["data_files"] == [{"split": "train", "path": "papers/*.parquet"}]
    assert facts["dataset_info"][0]["splits"][0]["num_examples"] == 6
    package = describe_package(contents)
    tables = {resource["name"]: resource for resource in package["resources"]}
    assert tables["links"]["schema"]["foreignKeys"] == []
    assert "reads the first" in tables["papers"]["readerNotes"]
    assert "file-papers-2025-01" in tables


@pytest.mark.parametrize(
    ("license", "url", "said"),
    [
        ("", "", {"license": "unknown"}),
        ("CC-BY-4.0", "", {"license": "cc-by-4.0"}),
        ("ODbL-1.0", "", {"license": "odbl"}),
        (
            "0BSD",
            "",
            {"license": "other", "license_name": "0bsd", "license_link": "https://spdx.org/licenses/0BSD.html"},
        ),
        (
            "LicenseRef-Ours",
            "https://example.org/terms",
            {"license": "other", "license_name": "licenseref-ours", "license_link": "https://example.org/terms"},
        ),
        (
            "LicenseRef-Ours",
            "",
            {"license": "other", "license_name": "licenseref-ours", "license_link": "README.md"},
        ),
    ],
)
def test_the_licence_is_said_in_the_words_of_each_format(license, url, said):
    contents = make_contents(Imprint(license=license, license_url=url))
    facts, text = read_yaml(write_card(contents, False))
    assert {name: value for name, value in facts.items() if name.startswith("license")} == said
    assert f"Licence: `{license}`" in text or "Licence: unknown." in text
    [package] = describe_package(contents)["licenses"]
    assert package["name"] == (license or "unknown")
    assert describe_croissant(contents)["license"]


def test_what_nobody_has_said_is_said_to_be_unknown():
    contents = make_contents()
    _, text = read_yaml(write_card(contents, True))
    assert "Licence: unknown." in text
    assert "How to cite it: unknown." in text
    assert "generated sample: no paper in it exists" in text
    assert describe_package(contents)["citation"] == describe_croissant(contents)["citeAs"] == "unknown"
    assert describe_croissant(contents)["license"] == "unknown"


def test_the_operator_s_words_stay_words_in_yaml_and_markdown():
    words = {"title": HOSTILE, "creators": (HOSTILE,), "contact": HOSTILE, "citation": f"````\n---\n{HOSTILE}"}
    card = write_card(make_contents(Imprint(**words, description=f"{HOSTILE}\n---\n# no\n1. list\n\n- item")), False)
    facts, text = read_yaml(card)
    assert facts["pretty_name"] == HOSTILE
    page = pyromark.html(text, options=pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH)
    for markup in ("<script", "<em>", "<del>", "<img", 'javascript:x"', "<li>", "<hr", "<ol"):
        assert markup not in page
    assert page.count("<h1>") == 1
    assert "&lt;script&gt;" in page
    assert words["citation"] in text
    assert page.count("<pre>") == 2


@pytest.mark.parametrize(
    "text", ["# a", "- a", "+ a", "1. a", "12) a", "=====", "a\n===", "> a", "| a | b |\n|---|---|"]
)
def test_a_beginning_of_a_line_that_would_be_markup_is_escaped(text):
    page = pyromark.html(escape(text), options=pyromark.Options.ENABLE_TABLES)
    assert page.startswith("<p>")
    assert page.count("<") == 2


def test_the_descriptions_are_json_and_the_same_each_time():
    contents = make_contents(Imprint(title=HOSTILE))
    assert json.dumps(describe_package(contents)) == json.dumps(describe_package(contents))
    assert write_card(contents, False) == write_card(contents, False)


def test_lists_are_said_to_be_lists_where_a_reader_cannot_tell():
    [papers, *_] = describe_package(make_contents())["resources"]
    fields = {field["name"]: field for field in papers["schema"]["fields"]}
    assert (fields["authors"]["type"], fields["authors"]["duckdbType"]) == ("any", "VARCHAR[]")
    assert "nan" in fields["upvotes"]["missingValues"]
    assert "missingValues" not in fields["paper_id"]
