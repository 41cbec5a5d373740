"""Text stage and parser through an engine's workers say what they say here."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from paperhouse.engines.packing import (
    PACKED,
    extract_packed,
    find_unseen,
    name_versions,
    read_packed,
    unpack_dumps,
    unpack_facts,
)
from paperhouse.parsing import NO_MAPPING, PARSER_VERSION, Parsed, find_files, hash_files, parse_dumps
from paperhouse.sample import write_sample
from paperhouse.text import TEXT_VERSION, TextFacts, extract_texts

TEXTS = pl.DataFrame(
    {
        "text_id": ["t3", "t1", "t2"],
        "title": ["KITE: Kites Without Strings", "Moss Grows Back", "Fronds on Slopes"],
        "abstract": [
            "We train KITE, a recurrent kite model (RKM), on three slopes. RKM reaches 71.3 on WindBench. "
            "Code: https://example.org/kite",
            None,
            "We count fronds of moss on three slopes and find that they double within a year.",
        ],
    }
)


def test_facts_come_out_as_they_went_in():
    batches = TEXTS.to_arrow().to_batches(max_chunksize=2)
    assert len(batches) == 2
    [packed] = list(extract_packed(batches))
    [row] = packed.to_pylist()
    facts, expected = unpack_facts(row), extract_texts(TEXTS)
    for field in fields(TextFacts):
        assert_frame_equal(getattr(facts, field.name), getattr(expected, field.name))
    assert facts.links.height == 1
    assert packed.schema.names == list(PACKED)


@pytest.mark.parametrize("batches", [[], TEXTS.clear().to_arrow().to_batches()])
def test_a_partition_without_texts_gives_no_row(batches):
    assert list(extract_packed(batches)) == []


def test_a_worker_names_its_rules():
    assert [batch.to_pydict() for batch in name_versions(TEXTS.to_arrow().to_batches())] == [
        {"text rules": [TEXT_VERSION], "parser": [PARSER_VERSION]}
    ]


@pytest.fixture
def dumps(tmp_path):
    """A few dumps, as workers are given them, and a file that is none."""
    write_sample(tmp_path, papers=12, days=3)
    (tmp_path / "none.bin").write_bytes(bytes(range(32)) * 9)
    files = hash_files(find_files([tmp_path])).unique("dump_id", maintain_order=True)
    return files.with_columns(file_names=pl.concat_list("file_name")).with_row_index("number")


def read(dumps: pl.DataFrame) -> list[Parsed | str]:
    packed = read_packed(dumps.to_arrow().to_batches(), NO_MAPPING)
    return [unpack_dumps(row) for batch in packed for row in batch.to_pylist()]


def test_dumps_are_read_there_as_here_whatever_their_order(dumps):
    [found], [expected] = read(dumps.reverse()), list(parse_dumps(dumps))
    assert isinstance(found, Parsed)
    for field in fields(Parsed):
        assert_frame_equal(getattr(found, field.name), getattr(expected, field.name))
    assert found.entries.height > 12
    assert "binary" in found.rejects["reason"].to_list()


def test_a_file_that_is_another_one_there_is_named_and_the_others_are_read(dumps):
    changed, gone = (Path(path) for path in dumps["path"][:2])
    changed.write_text("Something else.")
    gone.unlink()
    *unseen, found = read(dumps)
    assert unseen == find_unseen(dumps) == [str(changed), str(gone)]
    assert isinstance(found, Parsed)
    assert found.dumps["dump_id"].to_list() == dumps["dump_id"].to_list()[2:]


def test_no_dumps_give_no_row(dumps):
    assert read(dumps.clear()) == []
