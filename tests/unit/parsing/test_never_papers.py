"""Files that people keep beside their dumps and that hold no paper: nothing is made of them."""

from pathlib import Path

import polars as pl
import pytest
from parsed_tables import parse_paths

NEVER = Path(__file__).parents[2] / "pages" / "never"
FILES = sorted(path.name for path in NEVER.iterdir())


@pytest.fixture(scope="module")
def tables():
    """All of them, parsed in one go."""
    return parse_paths(NEVER)


def test_there_are_many_kinds():
    assert len(FILES) >= 60


@pytest.mark.parametrize("name", FILES)
def test_no_paper_is_made_of_it(tables, name):
    dump = tables.dumps.filter(file_names=[name]).row(0, named=True)
    made = tables.entries.filter(dump_id=dump["dump_id"])
    assert made["title"].to_list() == []
    assert dump["entry_count"] == 0


def test_structured_files_are_refused_whole_and_said_what_they_look_like(tables):
    rejects = tables.rejects.join(tables.dumps.select("dump_id", "file_names", "line_count"), on="dump_id")
    told = {row["file_names"][0]: row["detail"] for row in rejects.filter(reason="unknown_layout").to_dicts()}
    expected = {
        "Gate.java": "source code",
        "server.log": "a log",
        "settings.yaml": "settings",
        "style.css": "a style sheet",
        "sitemap.xml": "XML",
        "schema.sql": "SQL",
        "passages.tsv": "a table",
        "mail_of_a_friend.eml": "a mail",
        "CHANGELOG.md": "Markdown without papers",
    }
    assert {name: told[name].split(", of which")[0] for name in expected} == {
        name: f"looks like {kind}" for name, kind in expected.items()
    }
    whole = rejects.filter(pl.col("file_names").list.first().is_in(list(expected)))
    assert whole.height == len(expected)
