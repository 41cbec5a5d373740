import json
from pathlib import Path

import pytest

from benchmarks.keywords import BadRecordError, assign_keywords, format_dump, read_records


def test_records_keep_their_ids_and_lose_their_gold(tmp_path: Path):
    source = tmp_path / "gold.jsonl"
    lines = [
        {"id": "2501.00001", "title": "One", "abstract": "First\nline", "keywords": ["gold"]},
        {"id": 7, "title": "One", "abstract": "Second"},
    ]
    source.write_text("\n\n".join(json.dumps(line) for line in lines) + "\n")
    records = read_records(source)
    assert [record["id"] for record in records] == ["2501.00001", 7]
    dump = [json.loads(line) for line in format_dump(records).splitlines()]
    assert dump == [{"title": "One", "abstract": "First\nline"}, {"title": "One", "abstract": "Second"}]


@pytest.mark.parametrize("line", ["no json", '{"id": 1, "title": "x"}', "[1, 2]", "null"])
def test_a_line_that_is_no_record_is_named(tmp_path: Path, line: str):
    source = tmp_path / "gold.jsonl"
    source.write_text(f'{{"id": 1, "title": "x", "abstract": "y"}}\n{line}\n')
    with pytest.raises(BadRecordError, match=r"gold\.jsonl, line 2"):
        read_records(source)


def test_keywords_go_to_the_record_on_their_line_in_their_order():
    ranked = [(1, "best"), (1, "second"), (3, "only")]
    assert assign_keywords(["a", "b", "a"], ranked) == [
        {"id": "a", "keywords": ["best", "second"]},
        {"id": "b", "keywords": []},
        {"id": "a", "keywords": ["only"]},
    ]
