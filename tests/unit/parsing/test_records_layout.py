"""Tables of records: JSON lines, CSV, Parquet; mapping of columns, damage, streaming."""

import gzip
import io
import json
from datetime import UTC, datetime

import polars as pl
import pytest
import zstandard
from invented_papers import invent
from parsed_tables import parse_paths

from paperhouse.parsing import columns, parser

PAPERS = invent(6)
RECORDS = [
    {"id": f"2503.{n:05}", "title": paper.title, "abstract": paper.abstract, "keywords": ["moss", "jar growth"]}
    for n, paper in enumerate(PAPERS)
]
PAIRS = [(paper.title, paper.abstract) for paper in PAPERS]


def as_json_lines(records):
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def as_csv(records):
    flat = [{k: "; ".join(v) if isinstance(v, list) else v for k, v in record.items()} for record in records]
    return pl.DataFrame(flat).write_csv().encode()


def as_parquet(records):
    buffer = io.BytesIO()
    pl.DataFrame(records).write_parquet(buffer)
    return buffer.getvalue()


def test_parquet_whose_names_are_no_text_is_rejected(parse):
    # From the fuzzer: a byte of a column's name changed.
    content = as_parquet(RECORDS)
    assert b"abstract" in content
    tables = parse(content.replace(b"abstract", b"abstrac\xac"))
    assert (tables.dump["status"], tables.reasons) == ("refused", ["damaged_table"])


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gz", "zst"])
@pytest.mark.parametrize(
    ("render", "layout"),
    [(as_json_lines, "records_jsonl"), (as_csv, "records_csv"), (as_parquet, "records_parquet")],
)
def test_same_papers_from_every_table(parse, render, layout, pack):
    tables = parse(pack(render(RECORDS)))
    assert tables.pairs == PAIRS
    assert tables.dump["layout"] == layout
    assert tables.entries["keywords"].to_list() == [["moss", "jar growth"]] * 6
    assert tables.entries["arxiv_id"].to_list() == [record["id"] for record in RECORDS]


def test_arxiv_metadata_snapshot(parse):
    record = {
        "id": "0704.0001",
        "submitter": "Ada Ash",
        "authors": "Ada Ash, Bo Birch and Cy Cedar",
        "title": "Moss in\n  Jars",
        "comments": "12 pages",
        "doi": None,
        "categories": "cs.LG",
        "abstract": "  We grow moss.\n",
        "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}],
        "update_date": "2008-11-26",
    }
    tables = parse(as_json_lines([record, record | {"id": "0704.0002"}]))
    entry = tables.entries.row(0, named=True)
    assert entry["authors"] == ["Ada Ash", "Bo Birch", "Cy Cedar"]
    assert entry["published_at"] == datetime(2007, 4, 2, 19, 18, 42, tzinfo=UTC)
    assert entry["submitter"] is None
    assert (entry["title"], entry["abstract"]) == ("Moss in\n  Jars", "We grow moss.")
    ignored = {item["field"]: item["count"] for item in tables.dump["ignored_fields"]}
    assert ignored == {"categories": 2, "comments": 2, "update_date": 2}


@pytest.mark.parametrize("name", ["summary", "abs", "Paper Abstract", "ABSTRACT"])
def test_other_names_of_the_abstract(parse, name):
    records = [{"Paper-Title": title, name: abstract} for title, abstract in PAIRS]
    assert parse(as_json_lines(records)).pairs == PAIRS
    assert parse({"page.txt": as_csv(records)}).pairs == PAIRS


def test_every_documented_column_name_is_read():
    samples = {
        "authors": "Ada",
        "keywords": "a, b",
        "venue": "Moss Letters",
        "ai_keywords": "a",
        "arxiv_id": "2503.01234",
        "published_year": "2025",
        "code_url": "https://moss.example/code",
        "project_url": "https://moss.example",
    }
    for field, names in columns.COLUMN_NAMES.items():
        if field == "author_details":  # says nothing without names: test_author_details
            continue
        sample = samples.get(field, "2025-03-01" if field.endswith("_at") else "7")
        for name in names:
            assert columns.read_record({name: sample})[field] is not None, (field, name)


def test_bad_lines_of_json(parse):
    lines = [json.dumps(RECORDS[0]), "not json", "", '{"abstract": "no title"}', "[1]", json.dumps(RECORDS[1])]
    tables = parse("\n".join(lines))
    assert tables.pairs == PAIRS[:2]
    assert tables.reasons == ["not_json", "no_title", "not_json"]
    assert tables.rejects["first_line"].to_list() == [2, 4, 5]
    assert tables.dump["blank_line_count"] == 1


def test_csv_values_over_several_lines(parse):
    tables = parse('title,abstract,x\n"Moss","We grow\n\nmoss.",1\nKites,"They ""fly"", mostly.",2\n')
    assert tables.pairs == [("Moss", "We grow\n\nmoss."), ("Kites", 'They "fly", mostly.')]
    assert tables.entries.select("first_line", "last_line").rows() == [(2, 4), (5, 5)]


def test_stray_quote_costs_one_row_of_csv(parse):
    rows = ["title,abstract"] + [f"Moss {n},We grow moss {n}." for n in range(6)]
    rows[3] = 'Moss 2,"We grow moss 2.'
    tables = parse("\n".join(rows))
    assert [title for title, _ in tables.pairs] == ["Moss 0", "Moss 1", "Moss 3", "Moss 4", "Moss 5"]
    assert tables.reasons == ["bad_row"]
    assert tables.rejects["first_line"].to_list() == [4]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(parse, delimiter):
    rows = [delimiter.join(("title", "abstract")), *(delimiter.join(("Moss", "We grow it")) for _ in range(2))]
    tables = parse("\n".join(rows))
    assert tables.pairs == [("Moss", "We grow it")] * 2


def test_damaged_parquet_is_rejected(parse):
    tables = parse(as_parquet(RECORDS)[:-20])
    assert (tables.dump["status"], tables.reasons) == ("refused", ["damaged_table"])


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gz", "zst"])
@pytest.mark.parametrize("render", [as_json_lines, as_csv, as_parquet])
def test_large_tables_are_streamed_to_the_same_tables(tmp_path, monkeypatch, render, pack):
    many = [{**RECORDS[n % 6], "title": f"{RECORDS[n % 6]['title']} {n}"} for n in range(50)]
    path = tmp_path / "table"
    path.write_bytes(pack(render(many)))
    whole = parse_paths(path)
    monkeypatch.setattr(parser, "STREAM_BYTES", 100)
    monkeypatch.setattr("paperhouse.parsing.layouts.records.STEP", 7)
    streamed = parse_paths(path)
    for name in ("dumps", "entries", "rejects", "line_spans"):
        assert getattr(streamed, name).equals(getattr(whole, name)), name
    assert whole.entries.height == 50


def test_what_cannot_be_streamed_and_is_too_large_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "page.txt"
    path.write_text("Moss\nWe grow moss.\n" * 10)
    monkeypatch.setattr(parser, "STREAM_BYTES", 100)
    monkeypatch.setattr(parser, "WHOLE_BYTES", 150)
    tables = parse_paths(path)
    assert (tables.dump["status"], tables.reasons) == ("refused", ["oversize"])
