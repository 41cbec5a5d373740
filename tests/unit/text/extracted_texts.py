"""Texts of several cases, worked on in one call of the stage: it takes as long for one text as for a hundred."""

from collections.abc import Mapping
from types import SimpleNamespace

import polars as pl

from paperhouse.text import extract_texts
from paperhouse.text.extraction import TextFacts

INPUT = {"text_id": pl.String, "title": pl.String, "abstract": pl.String}
#: What says something of one text; counts of words are of all.
TABLES = [name for name in TextFacts.__dataclass_fields__ if name != "words"]


def extract_each(texts: Mapping[str, tuple[str, str | None]]) -> dict[str, SimpleNamespace]:
    """What the stage finds in each named text (title and abstract), the tables of TextFacts by their names."""
    rows = [(name, *text) for name, text in texts.items()]
    facts = extract_texts(pl.DataFrame(rows, schema=INPUT, orient="row"))
    return {
        name: SimpleNamespace(**{table: getattr(facts, table).filter(pl.col("text_id") == name) for table in TABLES})
        for name in texts
    }
