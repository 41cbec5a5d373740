"""What the benchmark of the vocabulary hides, looks for and calls missing."""

from pathlib import Path

import duckdb
import pytest

from benchmarks.vocabulary import find_misses, format_vocabulary, hide_keywords, split_forms


def test_given_keywords_are_taken_out_wherever_they_are():
    content = [
        {"paper": {"id": "1", "title": "Kettles", "ai_keywords": ["kettle", "whistle"]}, "title": "Kettles"},
        {"id": "2", "title": "Spouts", "ai_keywords": None},
    ]
    assert list(hide_keywords(content)) == [("1", "kettle"), ("1", "whistle")]
    assert content == [{"paper": {"id": "1", "title": "Kettles"}, "title": "Kettles"}, {"id": "2", "title": "Spouts"}]


@pytest.mark.parametrize(
    ("keyword", "forms"),
    [
        ("Large Kettle Models (LKMs)", {"largekettlemodel", "lkm"}),
        ("chain-of-kettles (CoK) boiling", {"chainofkettleboiling", "cok"}),
        ("pass@1", {"pass@1"}),
        ("(lid)", {"lid"}),
    ],
)
def test_long_and_short_form_are_looked_for_by_themselves(keyword: str, forms: set[str]):
    assert split_forms(keyword) == forms


def test_a_miss_says_why(tmp_path: Path):
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(
            """
            create schema marts; create schema staging; create schema extracted;
            create table marts.keyword_forms as select 'Kettles' as form;
            create table marts.keywords as select 'title' as evidence, 1 as paper_count;
            create table staging.keyword_stops as select 'hot water' as term;
            create table extracted.phrases as
            select 'copper lid' as phrase_key, unnest(['a', 'b']) as text_id, unnest([1, 0]) as alone_count;
            create table extracted.further_phrases as
            select 'c' as text_id, ['copper lid', 'tin'] as phrase_keys, [true, false] as are_alone
            """
        )
    wanted = {"kettle": 9, "hotwater": 5, "copperlid": 4, "spout": 6}
    found = find_misses(tmp_path / "warehouse.duckdb", wanted)
    assert [(miss.keyword, miss.paper_count, miss.reason) for miss in found.misses] == [
        ("spout", 6, "no text proposes it"),
        ("hotwater", 5, "a stop of the project"),
        ("copperlid", 4, "proposed by 3 texts, alone in 2"),
    ]
    assert found.share == 0.25
    shown = format_vocabulary(found, [("old kettle", "place", "kettle"), ("lid", "title", None)])
    assert "1 of 4 (25.0%)" in shown
    assert "2 place 1, title 1" in shown
    assert [line.split()[-1] for line in shown.splitlines() if "parts that lead" in line] == ["1"]
