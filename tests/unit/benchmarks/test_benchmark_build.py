import pytest

from benchmarks.build import (
    OURS,
    OUTSIDE,
    SCRIPT,
    WORDS,
    Goal,
    complete_stages,
    compute_slope,
    format_goals,
    format_slopes,
    format_stages,
    format_usages,
    judge,
)
from benchmarks.measure import Usage

MEBIBYTE = 2**20
USAGES = {
    OURS: {10_000: Usage(14.0, 15.0, 800 * MEBIBYTE), 100_000: Usage(23.0, 30.0, 1_000 * MEBIBYTE)},
    SCRIPT: {10_000: Usage(7.0, 7.0, 600 * MEBIBYTE), 100_000: Usage(67.0, 66.0, 4_000 * MEBIBYTE)},
    WORDS: {10_000: Usage(0.07, 0.07, 2 * MEBIBYTE), 100_000: Usage(0.67, 0.67, 2 * MEBIBYTE)},
}


def test_a_slope_leaves_the_fixed_start_out():
    assert compute_slope(USAGES[OURS]) == pytest.approx(9.0 / 90_000)
    shifted = {size: Usage(used.wall_seconds + 100, 0, 0) for size, used in USAGES[OURS].items()}
    assert compute_slope(shifted) == pytest.approx(compute_slope(USAGES[OURS]))


def test_one_size_has_no_slope():
    with pytest.raises(ValueError, match="two sizes"):
        compute_slope({10_000: Usage(1, 1, 1)})


def test_goals_are_judged_at_the_largest_size_and_by_slope():
    goals = judge(USAGES, Usage(3.0, 3.0, 1), noop=Usage(2.0, 2.0, 1), bare_start=Usage(5.0, 5.0, 1))
    assert [goal.observed for goal in goals] == [
        pytest.approx(23 / 67),
        pytest.approx(9 / 60),
        pytest.approx(9 / 0.6),
        pytest.approx(1_000 / 4_000),
        pytest.approx(14 / 5),
        pytest.approx(3 / 23),
        pytest.approx(2 / 5),
    ]
    assert [goal.limit for goal in goals] == [1.0, 0.6, 25.0, 0.3, 1.5, 0.15, 0.4]
    assert [goal.verdict for goal in goals if goal.verdict != "met"] == ["MISSED"]


@pytest.mark.parametrize(("observed", "verdict"), [(0.3, "met"), (0.31, "MISSED"), (None, "unclear: use larger sizes")])
def test_a_goal_is_met_up_to_its_limit(observed: float | None, verdict: str):
    assert Goal("memory", observed, 0.3).verdict == verdict


def test_a_slope_lost_in_noise_is_unclear_not_met():
    noisy = {**USAGES, WORDS: {10_000: Usage(0.07, 0, 1), 100_000: Usage(0.06, 0, 1)}}
    goals = judge(noisy, Usage(1, 1, 1), Usage(1, 1, 1), Usage(10, 10, 1))
    assert [goal.verdict for goal in goals] == ["met", "met", "unclear: use larger sizes", *["met"] * 4]
    assert format_slopes(noisy).splitlines()[-1].endswith("unclear")
    assert "unclear" in format_goals(goals)


def test_usages_are_printed_with_our_ratio_to_each():
    lines = format_usages(USAGES).splitlines()
    assert lines[-2].split() == [
        "pandas",
        "script",
        "100,000",
        "67.0",
        "s",
        "66.0",
        "s",
        "3.91",
        "GiB",
        "1,493",
        "0.34x",
        "0.25x",
    ]
    assert len(lines) == 2 + 6


def test_slopes_are_printed_per_paper():
    assert format_slopes(USAGES).splitlines()[-3:] == [
        "paperhouse build         100.0           1.00x",
        "pandas script            666.7           0.15x",
        "wc -w                      6.7           15.0x",
    ]


def test_stages_add_up_to_the_wall_time_and_are_printed_by_size():
    small = complete_stages({"start": 2.0, "dbt": 5.0}, USAGES[OURS][10_000])
    large = complete_stages({"start": 2.0, "dbt": 9.5, "publish": 1.0}, USAGES[OURS][100_000])
    assert sum(small.values()) == pytest.approx(14.0)
    assert large[OUTSIDE] == pytest.approx(10.5)
    lines = format_stages({10_000: small, 100_000: large}).splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["start", "dbt", "publish", "outside"]
    assert lines[3].split() == ["dbt", "5.00", "s", "9.50", "s", "50.0"]
