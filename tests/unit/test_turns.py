"""Deep tests by turns: each group has one, and the longest are not all of one turn."""

from tests.conftest import FIRST, share_out


def test_every_group_has_one_turn():
    groups = {*FIRST, "upgrade", "takedown", "test_report"}
    turns = [share_out(groups, f"{part}/3") for part in (1, 2, 3)]
    assert set().union(*turns) == groups
    assert sum(map(len, turns)) == len(groups)
    assert all(turn & set(FIRST[:3]) for turn in turns)


def test_without_turns_all_are_run():
    assert share_out({"verify", "grown"}, "1/1") == {"verify", "grown"}
