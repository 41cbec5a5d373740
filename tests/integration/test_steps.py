"""Whatever befalls a warehouse, in whatever order: it ends in the bytes that one build of what is left makes."""

import pytest

from benchmarks.corpora import list_files
from benchmarks.steps import House, format_walk, walk
from paperhouse.sample import write_sample

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("walks")]


@pytest.mark.parametrize("seed", [3])
def test_random_steps_end_where_one_build_ends(seed, tmp_path):
    write_sample(tmp_path / "dumps", papers=60, days=24, seed=seed, page_size=20)
    house = House(tmp_path / "warehouse", list_files(tmp_path / "dumps"), seed)
    made = walk(house, steps=20, build_every=10, compare_every=20)
    assert {step.split(" ")[0] for step in made.steps} >= {"add", "forget", "replay", "override", "redeliver"}
    assert not made.differing, format_walk(made)


def test_a_row_that_no_build_would_make_is_seen(tmp_path, monkeypatch):
    """Where something kept were not what would be made anew, the walk says in which file."""
    write_sample(tmp_path / "dumps", papers=60, days=12, seed=5)
    house = House(tmp_path / "warehouse", list_files(tmp_path / "dumps"), 5)
    house.build()
    with house.warehouse.connect() as connection:
        connection.execute("update intermediate.int_texts__searched set starts = [[s + 1 for s in t] for t in starts]")
    made = walk(house, steps=1, build_every=1, compare_every=1)
    assert "keyword_mentions.parquet" in made.differing
