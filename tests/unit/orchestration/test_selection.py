"""Parts of a build by name: stages and tables, with what they need or what follows."""

from __future__ import annotations

import pytest
from dagster import AssetsDefinition

from paperhouse.orchestration.graph import defs
from paperhouse.orchestration.selection import STAGES, select_assets
from paperhouse.warehouse.errors import UnknownSelectionError

ASSETS = [asset for asset in defs.assets if isinstance(asset, AssetsDefinition)]


def select(words: str) -> set[str]:
    return {".".join(key.path) for key in select_assets(ASSETS, words)}


def test_every_asset_is_in_one_stage_and_all_of_them_are_the_build():
    stages = [select(stage) for stage in STAGES]
    assert set().union(*stages) == select("raw+")
    assert sum(map(len, stages)) == len(select("raw+"))


def test_a_table_is_named_with_or_without_its_schema_and_of_two_the_published_one_is_meant():
    assert select("keywords") == select("marts.keywords") == {"marts.keywords"}
    assert select("dumps") == {"marts.dumps"}
    assert select("raw.dumps, keywords") == {"raw.dumps", "marts.keywords"}


def test_a_plus_adds_what_is_needed_or_what_follows():
    assert {"raw.entries", "extracted.phrases", "marts.keywords"} <= select("+keywords")
    assert "release" not in select("+keywords")
    assert {"marts.keywords", "marts.keyword_trends_by_month", "release"} <= select("keywords+")
    assert "raw.entries" not in select("keywords+")


def test_what_follows_a_stage_are_the_stages_after_it_seeds_among_them():
    assert select("extracted+") == select("raw+") - select("raw")
    assert "staging.keyword_stops" in select("extracted+")


@pytest.mark.parametrize(
    ("words", "said"), [("", "Nothing is selected"), ("paper", "near it is papers"), ("x?", "raw")]
)
def test_what_there_is_not_is_said(words, said):
    with pytest.raises(UnknownSelectionError, match=said):
        select(words)
