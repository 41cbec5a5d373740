"""Columns of releases: a break that CHANGELOG does not announce fails here.

`published_columns.json` holds the columns of the last schema that was announced. After a change of columns: raise
SCHEMA_VERSION, say in CHANGELOG what to do (naming each break as `table.column`), then
`PAPERHOUSE_WRITE_EXPECTED=1 pytest tests/unit/release/test_contract.py` renews it.
"""

import json
import os
import re
from pathlib import Path

import pytest

from paperhouse.release.contract import SCHEMA_VERSION, find_differences, read_contract
from paperhouse.release.dictionary import list_marts
from paperhouse.release.notes import _contract

LAST = Path(__file__).with_name("published_columns.json")
CHANGELOG = Path(__file__).parents[3] / "CHANGELOG.md"


def find_trouble(last, now, version, changelog) -> list[str]:
    """What is wrong with a change of columns: breaks that are not announced, and a number that does not say them."""
    found = find_differences(last["tables"], now)
    unreleased = re.split(r"(?m)^## ", changelog)[1]
    breaks = [one for one in found if one.is_break]
    trouble = [
        f"{one.name} {one.what}, and CHANGELOG's first section does not name `{one.name}`"
        for one in breaks
        if f"`{one.name}`" not in unreleased and f"`marts.{one.name}`" not in unreleased
    ]
    before, after = (tuple(map(int, text.split("."))) for text in (last["version"], version))
    if breaks and after[0] <= before[0]:
        trouble.append(f"SCHEMA_VERSION {version} must begin with {before[0] + 1}: {breaks[0].name} {breaks[0].what}")
    elif found and after <= before:
        trouble.append(f"SCHEMA_VERSION {version} must be higher than {last['version']}: {found[0].name} is new")
    return trouble


def columns_now():
    return {table: dict(entry.types) for table, entry in list_marts().items()}


def test_no_column_breaks_without_a_word_in_changelog():
    last = json.loads(LAST.read_text(encoding="utf-8"))
    now = columns_now()
    trouble = find_trouble(last, now, SCHEMA_VERSION, CHANGELOG.read_text(encoding="utf-8"))
    assert trouble == [], __doc__
    if os.environ.get("PAPERHOUSE_WRITE_EXPECTED"):
        LAST.write_text(json.dumps({"version": SCHEMA_VERSION, "tables": now}, indent=1) + "\n", encoding="utf-8")
        last = json.loads(LAST.read_text(encoding="utf-8"))
    assert (last["version"], last["tables"]) == (SCHEMA_VERSION, now), "the columns are not renewed: " + str(__doc__)


OLD = {"version": "1.2", "tables": {"papers": {"paper_id": "varchar", "upvotes": "integer"}}}
WORDS = "# Changelog\n\n## Unreleased\n\n{}\n\n## 0.1.0\n\n`papers.upvotes`\n"


@pytest.mark.parametrize(
    ("papers", "version", "said", "trouble"),
    [
        ({"paper_id": "VARCHAR", "upvotes": "INTEGER"}, "1.2", "", []),
        ({"upvotes": "integer", "paper_id": "varchar"}, "1.2", "", []),
        ({"paper_id": "varchar"}, "2.0", "`papers.upvotes` is gone.", []),
        ({"paper_id": "varchar"}, "2.0", "papers lost upvotes", ["papers.upvotes is gone, and CHANGELOG's first"]),
        ({"paper_id": "varchar"}, "1.3", "`marts.papers.upvotes`", ["SCHEMA_VERSION 1.3 must begin with 2"]),
        ({"paper_id": "varchar", "upvotes": "bigint"}, "2.0", "", ["papers.upvotes is BIGINT and was INTEGER"]),
        ({"paper_id": "varchar", "upvotes": "integer", "more": "date"}, "1.3", "", []),
        ({"paper_id": "varchar", "upvotes": "integer", "more": "date"}, "1.2", "", ["must be higher than 1.2"]),
        (None, "2.0", "", ["papers is gone"]),
    ],
)
def test_breaks_are_told_from_additions(papers, version, said, trouble):
    found = find_trouble(OLD, {"papers": papers} if papers else {}, version, WORDS.format(said))
    assert len(found) == len(trouble)
    assert all(part in line for part, line in zip(trouble, found, strict=True))


def test_a_manifest_that_does_not_say_its_columns_is_not_compared():
    assert read_contract({}) is None
    assert read_contract({"tables": {"papers": {"key": ["paper_id"], "rows": 1}}}) is None
    tables = {"papers": {"columns": {"paper_id": "VARCHAR"}}}
    assert read_contract({"tables": tables}) == {"papers": {"paper_id": "VARCHAR"}}


def test_release_notes_say_what_is_not_what_it_was():
    def make(columns):
        return {"schema_version": "2.0", "tables": {"papers": {"columns": columns}}}

    new, old = make({"paper_id": "VARCHAR", "more": "DATE"}), make({"paper_id": "VARCHAR", "upvotes": "INTEGER"})
    assert _contract(new, new) == _contract(new, None) == _contract(new, {"tables": {}}) == ""
    assert _contract(new, {**old, "schema_version": "1.2"}).splitlines()[2:] == [
        "Schema 2.0 (before: 1.2); CHANGELOG.md of the code says what to do.",
        "",
        "- `papers.more` is new.",
        "- Break: `papers.upvotes` is gone.",
    ]
