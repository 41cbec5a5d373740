"""The text stage through an engine's workers says what it says here."""

from __future__ import annotations

from dataclasses import fields

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from paperhouse.text import TEXT_VERSION, TextFacts, extract_texts
from paperhouse.text.packing import PACKED, extract_packed, name_version, unpack_facts

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
    assert [batch.to_pydict() for batch in name_version(TEXTS.to_arrow().to_batches())] == [
        {"text_version": [TEXT_VERSION]}
    ]
