import numpy as np
import pytest

from paperhouse.sample import draws


def test_draws_are_the_same_numbers_for_ever():
    # Splitmix64's published first output for seed 0, and ours for a named draw: a change gives every sample new papers.
    assert draws.mix(np.array([0], dtype=np.uint64), 0).tolist() == [0xE220A8397B1DCDAF]
    assert draws.draw(np.arange(5), "votes", 1_000).tolist() == [485, 821, 716, 32, 240]


@pytest.mark.parametrize("limit", [1, 2, 10, 2**31])
def test_draws_stay_below_their_limit(limit: int):
    drawn = draws.draw(np.arange(10_000), "limit", limit)
    assert drawn.min() >= 0
    assert drawn.max() < limit


def test_draws_are_spread_evenly():
    counts = np.bincount(draws.draw(np.arange(100_000), "even", 10), minlength=10)
    # Five standard deviations of a count of 10,000 are about 475.
    assert abs(counts - 10_000).max() < 475


def test_draws_of_other_names_are_unrelated():
    keys = np.arange(10_000)
    agreeing = (draws.draw(keys, "one", 100) == draws.draw(keys, "two", 100)).mean()
    assert agreeing < 0.02
