"""Whatever befalls a warehouse, in whatever order: it ends in the bytes that one build of what is left makes."""

import pytest

from benchmarks.corpora import list_files
from benchmarks.steps import House, format_walk, walk
from paperhouse.sample import write_sample

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("walks")]


def test_random_steps_end_where_one_build_ends_and_what_no_build_would_make_is_seen(tmp_path):
    write_sample(tmp_path / "dumps", papers=60, days=24, seed=3, page_size=20)
    house = House(tmp_path / "warehouse", list_files(tmp_path / "dumps"), seed=3)
    made = walk(house, steps=20, build_every=10, compare_every=20)
    assert {step.split(" ")[0] for step in made.steps} >= {"add", "forget", "replay", "override", "redeliver"}
    assert not made.differing, format_walk(made)

    # Where something kept is not what would be made anew, the walk says in which file.
    with house.warehouse.connect() as connection:
        connection.execute("update intermediate.int_texts__searched set starts = [[s + 1 for s in t] for t in starts]")
    house.redeliver()
    house.build()
    assert "keyword_mentions.parquet" in house.compare().differing
