"""The data dictionary: complete, and the same in the yml and on its page."""

import pytest

from paperhouse.release.database import SEARCH_KEYS
from paperhouse.release.dictionary import DICTIONARY_FILE, find_references, list_marts, load_dictionary, to_markdown
from paperhouse.release.publication import MART_KEYS, OPERATIONAL_TABLES
from paperhouse.warehouse.tables import TABLES


def test_the_page_is_what_the_yml_says():
    assert DICTIONARY_FILE.read_text() == to_markdown(load_dictionary()), "run `make docs`"


@pytest.mark.parametrize(
    "table",
    [*(f"marts.{mart}" for mart in MART_KEYS), *OPERATIONAL_TABLES, *(f"search.{name}" for name in SEARCH_KEYS)],
)
def test_every_published_table_and_column_is_described(table):
    entry = load_dictionary()[table]
    assert entry.description
    assert entry.columns
    assert [name for name, text in entry.columns.items() if not text] == []


@pytest.mark.parametrize("table", TABLES)
def test_every_column_the_pipeline_writes_is_described(table):
    assert set(load_dictionary()[table].columns) == set(TABLES[table])


def test_every_mart_has_a_key():
    """The release is compared, described and verified by keys."""
    assert [mart for mart, entry in list_marts().items() if not entry.key] == []
    assert set(list_marts()) == set(MART_KEYS)


def test_columns_named_after_a_key_refer_to_its_table():
    references = find_references(list_marts())
    assert references["dumps"] == {"superseded_by_dump_id": "dumps"}
    assert references["paper_redirects"] == {"paper_id": "papers"}
    assert references["method_names"] == {"paper_id": "papers"}
    assert references["papers"] == {}


def test_descriptions_of_marts_begin_with_the_grain():
    entries = load_dictionary()
    assert [mart for mart in MART_KEYS if not entries[f"marts.{mart}"].description.startswith("One row per")] == []
