"""One fixture pair per layout: tests/pages/<page> and <page>.expected.json, all that a parse must say of it.

A new layout adds its pair here by adding two files; `PAPERHOUSE_WRITE_EXPECTED=1` writes the second from the first, to
be read through before it is kept.
"""

import json
import os
from pathlib import Path

import pytest
from parsed_tables import Tables, parse_paths

from paperhouse.parsing.layouts import LAYOUTS

FOLDER = Path(__file__).parents[2] / "pages"
PAGES = sorted(path for path in FOLDER.iterdir() if path.is_file() and not path.name.endswith(".expected.json"))


def say(tables: Tables) -> dict:
    """What was found, without ids (they hang on every byte) and without what is null."""
    skipped = ("dump_id", "entry_id", "byte_count", "parser_version", "file_names")
    return {
        name: [
            {column: value for column, value in row.items() if value is not None and column not in skipped}
            for row in getattr(tables, name).to_dicts()
        ]
        for name in ("dumps", "entries", "rejects", "line_spans")
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_gives_what_is_expected(page):
    said = json.loads(json.dumps(say(parse_paths(page)), default=str))
    expected = page.with_name(page.name + ".expected.json")
    if os.environ.get("PAPERHOUSE_WRITE_EXPECTED"):
        expected.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    assert said == json.loads(expected.read_text())


@pytest.mark.parametrize("found", sorted((FOLDER / "found").iterdir()), ids=lambda found: found.stem)
def test_what_the_fuzzer_found_is_read(found):
    """Inputs, made as small as possible, that once made the parser raise or lose a line."""
    assert parse_paths(found).dumps.height == 1


def test_every_layout_has_a_page():
    # What `structured` refuses lies in tests/pages/never.
    modules = {layout.__name__.rsplit(".", 1)[-1] for layout in LAYOUTS} - {"structured"}
    found = {page.stem.split("__")[0] for page in PAGES}
    assert found == modules
